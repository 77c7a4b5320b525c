"""`run.py check` and the digests it stands on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from _runtime import code_digest, code_text
from conftest import Written, notebook

ALIKE = [
    ("x = 1", "x = 1  # one\n\n"),
    ("f(a, b)", "f(\n    a,\n    b\n)"),
    ("if x:\n    y = 1\n", "if x:\n\n        # why\n        y  =  1"),
    ("x = f'{a:>3} {b!r}'", "x =   f'{a:>3} {b!r}'  # f"),
    ("a = 1\r\nb = 2", "a = 1\nb = 2"),
]
APART = [
    ("x = 1", "x = 2"),
    ("x = 'a'", 'x = "a"'),
    ("f(a, b)", "f(a, b,)"),
    ("x = 1", "x = 1;"),
    ("if x:\n    y = 1\nz = 2", "if x:\n    y = 1\n    z = 2"),
    ("x = f'{a} '", "x = f'{a}'"),
    ("x = f'''\na'''", "x = f'''\n\na'''"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_does_not_count(one: str, other: str) -> None:
    assert code_text(one) == code_text(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_counts(one: str, other: str) -> None:
    assert code_digest(one) != code_digest(other)


def test_the_words_for_structure() -> None:
    text = "def f(x):\n    return f'{x}' 'a'\n\n\ny = f(  1 )  # c\n"
    assert code_text(text).split("\n") == [
        *"def f ( x ) : <NEWLINE> <INDENT> return".split(),
        *("f'{x}'", "'a'", "<NEWLINE>", "<DEDENT>"),
        *"y = f ( 1 ) <NEWLINE>".split(),
    ]


@pytest.mark.parametrize("source", ["%matplotlib inline\n\nx = 1  ", "!ls\nx = 1", "df?", "x = !ls", "x = = 1", "'open", "x = (1"])
def test_what_is_not_python_counts_as_text(source: str) -> None:
    assert code_text(source) == "\n".join(line.rstrip() for line in source.split("\n") if line.strip())


def locked(written: Written, document: dict[str, Any], to: dict[str, list[str]]) -> Written:
    codes = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
    cells = {
        cell["id"]: {"first line": cell["source"], "to": to.get(cell["id"], []), "code": code_digest(cell["source"]), "index": at}
        for at, cell in enumerate(codes)
    }
    (written.root / "pipeline.lock.json").write_text(json.dumps({"cells": cells}), "utf-8")
    (written.notebooks / "demo.ipynb").write_text(json.dumps(document), "utf-8")
    return written.manifest("steps: {}\n".replace("{}", "{ load: { component: components/load.py:load } }"))


def test_check(written: Written) -> None:
    document = notebook("a = 1", "b = 2", "c = 3")
    locked(written, document, {"a": ["load"], "b": ["load", "score"]})
    outcome = written.run("check")
    assert (outcome.code, outcome.out) == (0, "the components match demo.ipynb\n")

    cells = document["cells"]
    cells[1].update(source="a = 1  # the same", outputs=[{"output_type": "stream", "name": "stdout", "text": "x"}])
    cells[2]["source"] = "b = 3"
    cells[3] = {**cells[3], "id": "new", "source": "import x\nd = 4"}
    (written.notebooks / "demo.ipynb").write_text(json.dumps(document), "utf-8")
    outcome = written.run("check")
    assert outcome.code == 1
    assert outcome.out.splitlines() == [
        "cell 3 has changed, look at load, score: b = 2",
        "a cell is gone, it was left out: c = 3",
        "cell 4 is new and in no step: import x",
    ]


def test_cells_without_ids_are_known_by_their_code(written: Written) -> None:
    script = "# %% [markdown]\n# # Title\n\n# %%\nx = 1\n\n# %% second\n\nx = 1\n"
    written.manifest("steps: { load: { component: components/load.py:load } }\n")
    manifest = (written.root / "pipeline.yaml").read_text("utf-8").replace("demo.ipynb", "demo.py")
    (written.root / "pipeline.yaml").write_text(manifest, "utf-8")
    (written.notebooks / "demo.py").write_text(script, "utf-8")
    digest = code_digest("x = 1")
    entry = {"first line": "x = 1", "to": ["load"], "code": digest, "index": 0}
    cells = {f"digest:{digest[:16]}": entry, f"digest:{digest[:16]}#2": entry}
    (written.root / "pipeline.lock.json").write_text(json.dumps({"cells": cells}), "utf-8")
    assert written.run("check").code == 0
    (written.notebooks / "demo.py").write_text(script.replace("x = 1\n", "x = 2\n", 1), "utf-8")
    assert written.run("check").out.splitlines() == [
        "a cell is gone, look at load: x = 1",
        "cell 2 is new and in no step: x = 2",
    ]


def test_nothing_to_compare_with(written: Written) -> None:
    written.manifest("steps: { load: { component: components/load.py:load } }\n")
    outcome = written.run("check")
    assert outcome.code == 2 and outcome.err.startswith("run.py: cannot compare with the notebook: ")
