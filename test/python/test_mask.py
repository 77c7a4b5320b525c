"""Signatures held to: what a step does not declare is hidden, what it does not return is taken back."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from conftest import RUNTIME, Written, python

SHARES = """
steps:
  make:
    component: components/make.py:make
    outputs: { rows: { format: json } }
  grow:
    component: components/grow.py:grow
    inputs: { rows: make.rows }
    outputs: { rows: { format: json } }
  look:
    component: components/look.py:look
    inputs: { rows: grow.rows }
    outputs: { total: { format: json } }
metrics: { total: { from: look.total } }
"""
MAKE = "def make():\n    return [1, 2]\n"
GROW = "def grow(rows):\n    rows.append(4)\n    return rows\n"
LOOK = "def look(rows):\n    total = sum(rows)\n    print(total)\n    return total\n"
SILENT = "def grow(rows):\n    rows.append(4)\n"  # changes rows and does not say so


def record(written: Written, mode: str = "masked", drop: str = "") -> Any:
    """What verify.py writes down of a run; None where the pipeline stops."""
    scratch = written.workspace / "check"
    scratch.mkdir(exist_ok=True)
    spec = {
        **{"steps": {}, "metrics": {}, "params": [], "left out": [], "basis": "run", "agreed": ["all"], "protect": []},
        **{"scratch": str(written.workspace), "lane": str(written.workspace), "workdir": str(written.notebooks)},
        "effects": str(scratch / "effects.jsonl"),
    }
    (scratch / "spec.json").write_text(json.dumps(spec))
    target = scratch / "record"
    target.unlink(missing_ok=True)
    words = ["pipeline", written.root / "run.py", scratch / "spec.json", target, mode, drop]
    outcome = python(RUNTIME / "verify.py", *words, cwd=written.notebooks)
    assert (outcome.code == 0) == target.exists(), outcome.err
    return pickle.loads(target.read_bytes()) if target.exists() else None


def test_what_is_declared_is_enough(written: Written) -> None:
    written.manifest(SHARES).steps(make=MAKE, grow=GROW, look=LOOK)
    plain, masked, apart = (record(written, mode) for mode in ("in-process", "masked", "isolated"))
    assert plain["values"] == masked["values"] == apart["values"]
    assert masked["steps"]["look"]["stdout"] == apart["steps"]["look"]["stdout"] == "7\n"


def test_a_change_that_no_step_returns_is_taken_back(written: Written) -> None:
    manifest = SHARES.replace("    outputs: { rows: { format: json } }\n  look", "  look").replace("grow.rows", "make.rows")
    written.manifest(manifest).steps(make=MAKE, grow=SILENT, look=LOOK)
    assert record(written, "in-process")["values"]["look.total"] == ("plain", 7)
    assert record(written, "masked")["values"]["look.total"] == ("plain", 3)


def test_what_modules_remember_is_hidden(written: Written) -> None:
    shared = "seen = []\n"
    make = "from .shared import seen\n\n\ndef make():\n    seen.append(1)\n    return [1, 2]\n"
    look = "from .shared import seen\n\n\ndef look(rows):\n    return len(seen)\n"
    written.manifest(SHARES).steps(shared=shared, make=make, grow=GROW, look=look)
    assert record(written, "in-process")["values"]["look.total"] == ("plain", 1)
    assert record(written, "masked")["values"]["look.total"] == ("plain", 0)


def test_what_cannot_be_copied_is_named(written: Written) -> None:
    make = "def make():\n    return iter([1, 2, 4]) and (row for row in [1, 2, 4])\n"
    written.manifest(SHARES).steps(make=make, grow="def grow(rows):\n    return rows\n", look=LOOK)
    found = record(written)
    assert found["values"]["look.total"] == ("plain", 7)
    assert found["not masked"] == ["make.rows", "grow.rows"]


@pytest.mark.parametrize("drop", ["in:grow.rows", "in:look.rows", "out:make.rows", "out:grow.rows", "out:look.total"])
def test_each_name_that_is_dropped_is_noticed(written: Written, drop: str) -> None:
    written.manifest(SHARES).steps(make=MAKE, grow=GROW, look=LOOK)
    whole, without = record(written), record(written, drop=drop)
    end = ["metrics" if drop == "out:look.total" else "values"]
    assert without is None or end == ["metrics"] or without["values"] != whole["values"]
