"""Reads the tasks that `soorgeon refactor --file-format py` wrote into this folder, as Ploomber would give them to a kernel.

    soorgeon_steps.py STEPS       JSON as run_steps.py reads it
"""

import json
import sys
from pathlib import Path

import jupytext
import yaml


def main(target: str) -> int:
    tasks = yaml.safe_load(Path("pipeline.yaml").read_text("utf-8"))["tasks"]
    products = {Path(task["source"]).stem: task["product"] for task in tasks}
    steps = []
    for task in tasks:
        notebook = jupytext.read(task["source"])
        code = []
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            code.append(cell.source)
            if "parameters" in cell.metadata.get("tags", []):  # Ploomber's own cell comes right after it
                code.append(f"upstream = {products!r}\nproduct = {task['product']!r}")
        steps.append({"name": Path(task["source"]).stem, "code": code, "ins": [], "outs": []})
    Path(target).write_text(json.dumps(steps), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
