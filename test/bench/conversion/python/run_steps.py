"""Runs the steps that another converter made: each in a fresh process, its inputs read from disk, as such tools' runtimes do.

    run_steps.py RUNTIME STEPS RECORD

STEPS is JSON: [{name, code: [cells], ins: [names], outs: [names]}], in order. RECORD as run_notebook.py writes it, one cell a step.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from run_notebook import by_ours

LOAD = "import dill as _dill\nwith open({path!r}, 'rb') as _file:\n    {name} = _dill.load(_file)\ndel _dill, _file"
SAVE = "import dill as _dill\nwith open({path!r}, 'wb') as _file:\n    _dill.dump({name}, _file)"


def notebook_of(step: dict[str, Any]) -> dict[str, Any]:
    os.makedirs(".values", exist_ok=True)
    loads = [LOAD.format(name=name, path=f".values/{name}") for name in step["ins"]]
    saves = [SAVE.format(name=name, path=f".values/{name}") for name in step["outs"]]
    cells = [
        {"cell_type": "code", "id": f"c{at}", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for at, source in enumerate([*loads, *step["code"], *saves])
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def joined(record: dict[str, Any]) -> dict[str, Any]:
    cells = record["cells"]
    return {
        "stdout": "".join(cell["stdout"] for cell in cells),
        "texts": [text for cell in cells for text in cell["texts"]],
        "images": [image for cell in cells for image in cell["images"]],
    }


def main(runtime: str, source: str, target: str) -> int:
    done: list[dict[str, Any]] = []
    result: dict[str, Any] = {"cells": done}
    for step in json.loads(Path(source).read_text("utf-8")):
        path, record = os.path.abspath("step.ipynb"), Path("step.json")
        Path(path).write_text(json.dumps(notebook_of(step)), encoding="utf-8")
        record.write_text("{}", encoding="utf-8")
        child = os.fork()
        if child == 0:
            record.write_text(json.dumps(by_ours(runtime, path)), encoding="utf-8")
            sys.stdout.flush()
            os._exit(0)
        os.waitpid(child, 0)
        one = json.loads(record.read_text("utf-8"))
        if "cells" not in one:
            result = {"failed": f"{step['name']}: {one.get('failed', 'its process died')}"}
            break
        done.append(joined(one))
    Path(target).write_text(json.dumps(result), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
