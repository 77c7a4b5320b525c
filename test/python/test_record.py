"""What a check writes down of a run, and how two of them are told apart."""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from conftest import RUNTIME, notebook, python

package = ModuleType("_cellsmith")
package.__path__ = [str(RUNTIME)]
sys.modules.setdefault("_cellsmith", package)

from _cellsmith._identity import pairs_in  # noqa: E402
from _cellsmith._report import report  # noqa: E402
from _cellsmith._sample import cut  # noqa: E402
from _cellsmith._saved import saved_record  # noqa: E402

STEP = {"cells": ["a"], "inputs": [], "outputs": [], "dropped": []}


def spec(folder: Path, **more: Any) -> dict[str, Any]:
    return {
        **{"steps": {"s": STEP}, "metrics": {}, "params": [], "left out": [], "basis": "run", "agreed": ["all"], "protect": []},
        **{"scratch": str(folder), "lane": str(folder / "lane"), "workdir": str(folder / "lane")},
        "effects": str(folder / "effects.jsonl"),
        **more,
    }


def run(tmp_path: Path, *cells: str, **more: Any) -> tuple[Any, Any]:
    """The outcome and the record of a notebook."""
    lane = tmp_path / "lane"
    lane.mkdir(exist_ok=True)
    (lane / "n.ipynb").write_text(json.dumps(notebook(*cells)), "utf-8")
    (tmp_path / "spec.json").write_text(json.dumps(spec(tmp_path, **more)))
    target = tmp_path / "record"
    (tmp_path / "tmp").mkdir(exist_ok=True)
    words = ["notebook", lane / "n.ipynb", tmp_path / "spec.json", target]
    outcome = python(RUNTIME / "verify.py", *words, cwd=lane, TMPDIR=str(tmp_path / "tmp"))
    return outcome, pickle.loads(target.read_bytes()) if target.exists() else None


def effects(tmp_path: Path) -> list[dict[str, Any]]:
    file = tmp_path / "effects.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_what_was_cleared_counts_all_the_same(tmp_path: Path) -> None:
    pytest.importorskip("IPython")
    text = "from IPython.display import clear_output\nfor i in range(2):\n    clear_output()\n    print(i)"
    assert run(tmp_path, text)[1]["cells"]["a"]["stdout"] == "0\n1\n"


def test_a_figure_is_drawn_once_whatever_the_notebook_asks_for(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib_inline")
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"
    plain = run(tmp_path, plot)[1]["cells"]["a"]["images"]
    sharp = run(tmp_path, "%config InlineBackend.figure_format = 'retina'", plot)[1]["cells"]["b"]["images"]
    assert plain == sharp and [by for by, _ in plain] == ["pyplot"]


def test_displays_go_with_what_showed_them(tmp_path: Path) -> None:
    record = run(tmp_path, "display(1)\n2")[1]
    assert [(by, forms["text/plain"]) for by, forms in record["cells"]["a"]["displays"]] == [("display", "1"), ("the last line", "2")]


def test_files_that_native_code_writes_count(tmp_path: Path) -> None:
    native = "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.close(libc.creat(b'native.bin', 0o644))"
    record = run(tmp_path, native + "\nopen('plain.txt', 'w').write('x')")[1]
    assert record["files"] == {"native.bin": b"", "plain.txt": b"x"}


OUTSIDE = {
    "network": ("import socket\nsocket.create_connection(('no-such-host.invalid', 80))", "no-such-host.invalid"),
    "shell": ("import subprocess\nsubprocess.run(['true', 'x'])", "true x"),
    "database": ("import sqlite3\nsqlite3.connect('/var/no-such-folder/x.db')", "/var/no-such-folder/x.db"),
    "file": ("open('/var/no-such-folder', 'w')", "/var/no-such-folder"),
}


@pytest.mark.parametrize("kind", OUTSIDE)
def test_what_nobody_agreed_to_is_stopped(tmp_path: Path, kind: str) -> None:
    code, what = OUTSIDE[kind]
    swallowed = "try:\n    " + code.replace("\n", "\n    ") + "\nexcept OSError:\n    pass"
    run(tmp_path, "x = 1", swallowed, agreed=[])
    assert effects(tmp_path) == [{"kind": kind, "what": what, "cell": 3, "stopped": True, "own": False}]


def test_what_was_agreed_to_is_told_and_goes_on(tmp_path: Path) -> None:
    outcome, _ = run(tmp_path, OUTSIDE["shell"][0], agreed=["shell"])
    assert outcome.code == 0
    assert effects(tmp_path) == [{"kind": "shell", "what": "true x", "cell": 2, "stopped": False, "own": False}]


def test_the_users_own_folder_is_never_written(tmp_path: Path, tmp_path_factory: Any) -> None:
    own = tmp_path_factory.mktemp("own")
    write = f"open({str(own / 'x')!r}, 'w')"
    for agreed in ([], ["all"]):
        outcome, _ = run(tmp_path, write, agreed=agreed, protect=[str(own)])
        assert outcome.code == 1 and "a check writes nothing to" in outcome.err
    assert list(own.iterdir()) == []


def test_nor_by_native_code_and_other_programs_where_the_kernel_can_hold_it(tmp_path: Path, tmp_path_factory: Any) -> None:
    import ctypes

    holds = sys.platform == "linux" and ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1) >= 2
    own = tmp_path_factory.mktemp("own")
    native = f"import ctypes\nctypes.CDLL(None).creat({str(own / 'x').encode()!r}, 0o644)\n"
    program = f"import os\nif os.fork() == 0:\n    os.closerange(3, 9)\n    open('inside', 'w')\n    ctypes.CDLL(None).creat({str(own / 'y').encode()!r}, 0o644)\n    os._exit(0)\nos.wait()"
    outcome, record = run(tmp_path, native + program, agreed=[], protect=[str(own)])
    assert outcome.code == 0, outcome.err
    assert list(record["files"]) == ["inside"]
    assert list(own.iterdir()) == ([] if holds else [own / "x", own / "y"])


def test_names_of_one_object() -> None:
    rows, other = [1], [1]
    assert pairs_in({"a": rows, "b": rows, "c": other}) == {("a", "b"): True, ("a", "c"): False, ("b", "c"): False}
    assert pairs_in({"a": "text", "b": "text"}) == {("a", "b"): False}


def a_run(**more: Any) -> dict[str, Any]:
    cell = {"stdout": "", "images": [], "displays": [], "draws": {}}
    return {"cells": {"a": cell}, "values": {}, "same": {}, "files": {}, "with": [], **more}


def a_pipeline(**more: Any) -> dict[str, Any]:
    step = {"stdout": "", "images": [], "displays": []}
    return {"steps": {"s": step}, "values": {}, "same": {}, "files": {}, "with": [], **more}


def told(tmp_path: Path, runs: list[Any], piped: Any, **more: Any) -> Any:
    return report(spec(tmp_path, **more), runs, piped)


def with_displays(*shown: tuple[str, str]) -> dict[str, Any]:
    displays = [(by, {"text/plain": text}) for by, text in shown]
    return a_run(cells={"a": {"stdout": "", "images": [], "displays": displays, "draws": {}}})


@pytest.mark.parametrize(
    ("shown", "piped", "dropped", "same"),
    [
        ([("display", "1")], ["1"], [], [True]),
        ([("display", "1")], ["2"], [], [False]),
        ([("display", "1")], [], [], [False]),
        ([("display", "1")], [], ["a"], []),
        ([("the last line", "1")], [], [], []),
        ([("display", "1"), ("the last line", "2")], ["1"], [], [True]),
        ([("the last line", "1"), ("display", "2")], ["2"], [], [True]),
        ([("display", "1")], ["1", "2"], [], [True, False]),
        ([], ["1"], [], [False]),
        ([("display", "<A at 0x7f00deadbeef>")], ["<A at 0x7f00deadbee0>"], [], [True]),
    ],
)
def test_displays(tmp_path: Path, shown: Any, piped: list[str], dropped: list[str], same: list[bool]) -> None:
    step = {"stdout": "", "images": [], "displays": [{"text/plain": text} for text in piped]}
    first = with_displays(*shown)
    found = told(tmp_path, [first, first], a_pipeline(steps={"s": step}), steps={"s": {**STEP, "dropped": dropped}})
    assert [one["same"] for one in found["compared"]] == same


def test_ids_that_html_gives_itself_do_not_count(tmp_path: Path) -> None:
    html = '<div id="sk-container-id-{}"><style>#T_{} td</style></div>'
    first = a_run(cells={"a": {"stdout": "", "images": [], "displays": [("display", {"text/html": html.format(1, "0a1b2")})], "draws": {}}})
    step = {"stdout": "", "images": [], "displays": [{"text/html": html.format(7, "fffff")}]}
    assert told(tmp_path, [first, first], a_pipeline(steps={"s": step}))["compared"][0]["same"] is True


def test_one_object_in_the_notebook_is_one_in_the_pipeline(tmp_path: Path) -> None:
    first = a_run(same={("s", "out"): {("a", "b"): True, ("a", "c"): False}})
    for piped, same in (({("a", "b"): True, ("a", "c"): False}, [True]), ({("a", "b"): False, ("a", "c"): True}, [False, False])):
        found = told(tmp_path, [first, first], a_pipeline(same={("s", "out"): piped}))
        assert [one["same"] for one in found["compared"]] == same


def test_files_of_a_cell_that_was_left_out_are_not_held_to_it(tmp_path: Path) -> None:
    first, second = a_run(files={"x.txt": b"1\n"}), a_run(files={"x.txt": b"2\n"})
    assert told(tmp_path, [first, first], a_pipeline())["compared"][0]["same"] is False
    assert told(tmp_path, [first, first], a_pipeline(), **{"left out": ["b"]})["compared"] == []
    assert told(tmp_path, [first, first], a_pipeline(files={"x.txt": b"1\n", "y.txt": b""}))["compared"][1]["same"] is False
    assert told(tmp_path, [first, second], a_pipeline(files={"x.txt": b"3\n"}))["nondeterministic"][0]["name"] == "x.txt"


def test_chance_agreement_is_no_difference_once_another_run_disagrees(tmp_path: Path) -> None:
    runs = [a_run(values={"s.x": ("plain", value)}) for value in (1, 1, 2)]
    step = {"s": {**STEP, "outputs": ["x"]}}
    piped = a_pipeline(values={"s.x": ("plain", 3)})
    assert told(tmp_path, runs[:2], piped, steps=step)["compared"][0]["same"] is False
    assert told(tmp_path, runs, piped, steps=step)["nondeterministic"][0]["name"] == "s.x"


def test_who_was_not_seeded_is_named(tmp_path: Path) -> None:
    runs = [run(tmp_path, "import random\nrandom.random()", "x = random.random()\nprint(x)")[1] for _ in range(2)]
    step = {"s": {**STEP, "cells": ["a", "b"]}}
    piped = a_pipeline(steps={"s": {"stdout": "0.5\n", "images": [], "displays": []}})
    (found,) = told(tmp_path, runs, piped, steps=step)["nondeterministic"]
    assert (found["kind"], found["drawn"], found["drawn in"]) == ("stdout", "random", "a")


def test_saved_outputs(tmp_path: Path) -> None:
    document = notebook("print(1)", "2", "later = 3")
    document["cells"][1].update(execution_count=1, outputs=[{"output_type": "stream", "name": "stdout", "text": ["1", "\n"]}])
    document["cells"][2].update(execution_count=2, outputs=[{"output_type": "execute_result", "data": {"text/plain": ["2"]}}])
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(document), "utf-8")
    cells = saved_record(str(path))["cells"]
    assert list(cells) == ["a", "b"]
    assert (cells["a"]["stdout"], cells["b"]["displays"]) == ("1\n", [("the last line", {"text/plain": "2"})])
    path.write_text(json.dumps(notebook("print(1)")), "utf-8")
    outcome = python(RUNTIME / "verify.py", "saved", path, tmp_path / "record", cwd=tmp_path)
    assert outcome.code == 2 and "has no saved outputs" in outcome.err


def test_a_sample_keeps_whole_records(tmp_path: Path) -> None:
    import gzip

    import pandas as pd

    text = "a,b\n" + "".join(f'{at},"x\ny"\n' for at in range(9))
    (tmp_path / "rows.csv").write_text(text)
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(text.encode()))
    (tmp_path / "lines.jsonl").write_text('{"a": 1}\n' * 9)
    (tmp_path / "other.xlsx").write_text("x")
    pd.DataFrame({"a": range(9)}).to_parquet(tmp_path / "rows.parquet")
    found = cut([str(tmp_path / "*")], 3)
    assert [Path(path).name for path in found["whole"]] == ["other.xlsx"]
    frames = [pd.read_csv(tmp_path / "rows.csv"), pd.read_csv(tmp_path / "packed.csv.gz"), pd.read_parquet(tmp_path / "rows.parquet")]
    assert [list(frame["a"]) for frame in frames] == [[0, 1, 2]] * 3
    assert (tmp_path / "lines.jsonl").read_text().count("\n") == 3
