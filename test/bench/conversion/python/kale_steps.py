"""Kale's own notebook processor, called directly: without a cluster, its compiled pipeline cannot be run.

    kale_steps.py NOTEBOOK STEPS       cells carry kale's tags; STEPS is JSON as run_steps.py reads it
"""

import json
import sys
from pathlib import Path

from kale.common import utils
from kale.processors.nbprocessor import NotebookProcessor


def main(notebook: str, target: str) -> int:
    processor = NotebookProcessor(notebook)
    processor.to_pipeline()
    steps = [
        {
            "name": step.name,
            "code": [utils.comment_magic_commands(part) for part in step.source],
            "ins": sorted(step.ins),
            "outs": sorted(step.outs),
        }
        for step in processor.pipeline.steps
    ]
    Path(target).write_text(json.dumps(steps), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
