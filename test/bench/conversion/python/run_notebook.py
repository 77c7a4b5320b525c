"""Runs a notebook and writes down what it showed: the text printed, results and the digests of figures, cell by cell.

    run_notebook.py ours RUNTIME NOTEBOOK RECORD       by Cellsmith's own runtime, as a check runs it
    run_notebook.py nbclient - NOTEBOOK RECORD         by Jupyter's client, as an independent judge

RECORD is JSON: {cells: [{stdout, texts, images}]} or {failed: "Error: words"}. Addresses of objects are masked.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
TIMED = re.compile(r"^\s*%%?time\b", re.MULTILINE)


def masked(text: str) -> str:
    return ADDRESS.sub("0x", text)


def seen(source: str, outputs: list[dict[str, Any]]) -> dict[str, Any]:
    """What one cell showed, from its outputs as nbformat has them."""
    printed = "".join(joined(one["text"]) for one in outputs if one.get("name") == "stdout")
    if TIMED.search(source):
        times = ("CPU times: ", "Wall time: ")
        printed = "".join(line for line in printed.splitlines(True) if not line.startswith(times))
    shown = [one["data"] for one in outputs if "data" in one]
    pictures = [one["image/png"] for one in shown if "image/png" in one]
    texts = [masked(joined(one.get("text/plain", ""))) for one in shown if "image/png" not in one]
    images = [hashlib.sha256(base64.b64decode(joined(one))).hexdigest()[:16] for one in pictures]
    return {"stdout": masked(printed), "texts": texts, "images": images}


def joined(text: Any) -> str:
    return "".join(text) if isinstance(text, list) else str(text)


def by_ours(runtime: str, path: str) -> dict[str, Any]:
    package = ModuleType("_cellsmith")
    package.__path__ = [runtime]
    sys.modules["_cellsmith"] = package
    from _cellsmith import _notebook, _runtime  # type: ignore[import-not-found]

    cells: list[dict[str, Any]] = []
    failed: list[str] = []
    fail = _notebook.Notebook.fail

    def heard(self: Any, error: BaseException, lines: list[str]) -> None:
        failed.append(f"{type(error).__name__}: {error}")
        fail(self, error, lines)

    def done(cell: Any, outputs: list[dict[str, Any]], names: dict[str, Any]) -> None:
        cells.append(seen(cell.source, outputs))

    _notebook.Notebook.fail = heard
    code = _notebook.run(path, _runtime.Journal("bench"), None, done)
    if code:
        return {"failed": failed[0] if failed else f"ended with {code}"}
    return {"cells": cells}


def by_nbclient(path: str) -> dict[str, Any]:
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = nbformat.read(path, as_version=4)
    folder = os.path.dirname(os.path.abspath(path))
    client = NotebookClient(notebook, kernel_name="python3", timeout=None, resources={"metadata": {"path": folder}})
    try:
        client.execute()
    except CellExecutionError as error:
        return {"failed": f"{error.ename}: {error.evalue}"}
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    return {"cells": [seen(cell.source, cell.outputs) for cell in code]}


def main(argv: list[str]) -> int:
    who, runtime, path, target = argv
    record = by_ours(runtime, path) if who == "ours" else by_nbclient(path)
    Path(target).write_text(json.dumps(record), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
