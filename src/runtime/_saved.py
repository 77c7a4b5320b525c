"""What a notebook's file says that it printed and showed when somebody last ran it. Nothing is run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ._record import told_by
from ._runtime import Problem, code_cells


def saved_record(path: str) -> dict[str, Any]:
    """A record without values. Cells that were never run, or whose outputs were cleared, are not in it."""
    name = Path(path).name
    if not path.endswith(".ipynb"):
        raise Problem(f"{name} keeps no outputs; check it by running it")
    raw = [cell for cell in json.loads(Path(path).read_text("utf-8-sig"))["cells"] if cell["cell_type"] == "code"]
    cells: dict[str, Any] = {}
    for (identity, _, source), cell in zip(code_cells(Path(path)), raw):
        outputs = [dict(output, text="".join(output.get("text", ""))) for output in cell.get("outputs", [])]
        if outputs or cell.get("execution_count") is not None:
            cells[identity] = told_by(source, [joined(output) for output in outputs])
    if not any(cell["stdout"] or cell["displays"] or cell["images"] for cell in cells.values()):
        raise Problem(f"{name} has no saved outputs; run it in Jupyter and save it, or check it by running it")
    failed = [output for cell in raw for output in cell.get("outputs", []) if output.get("output_type") == "error"]
    if failed:
        raise Problem(f"the saved outputs of {name} end with an error: {failed[0].get('ename')}: {failed[0].get('evalue')}")
    return {"cells": cells, "values": {}, "same": {}, "files": None, "with": ["saved outputs"]}


def joined(output: dict[str, Any]) -> dict[str, Any]:
    """With texts in one piece; a picture that is not an explicit result was drawn by pyplot."""
    if "data" not in output:
        return output
    data = {kind: "".join(text) if isinstance(text, list) else text for kind, text in output["data"].items()}
    return {**output, "data": data}
