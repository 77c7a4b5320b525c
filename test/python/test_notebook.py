"""Notebooks run in one child, with IPython and without it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable

import pytest

from conftest import notebook

Launch = Callable[..., Any]


@pytest.fixture(params=["with IPython", "without IPython"])
def run(request: Any, tmp_path: Path, launch: Launch) -> Callable[..., Any]:
    """Run code cells; returns the outcome, the events, and the executed cells by id."""
    env = {}
    if request.param == "without IPython":
        blocked = tmp_path / "blocked"
        blocked.mkdir()
        (blocked / "IPython.py").write_text("raise ImportError('not installed')\n")
        env["PYTHONPATH"] = str(blocked)

    def ran(*cells: str) -> Any:
        path, copy = tmp_path / "demo.ipynb", tmp_path / "artifacts" / "demo.ipynb"
        path.write_text(json.dumps(notebook(*cells)), "utf-8")
        before = path.read_bytes()
        outcome, events = launch("notebook", path, "--executed", copy, **env)
        assert path.read_bytes() == before
        executed = json.loads(copy.read_text("utf-8")) if copy.exists() else {"cells": []}
        return outcome, events, {cell["id"]: cell for cell in executed["cells"]}

    ran.plain = request.param == "without IPython"  # type: ignore[attr-defined]
    return ran


def of(events: list[dict[str, Any]], t: str) -> list[dict[str, Any]]:
    return [event for event in events if event["t"] == t]


def test_outputs(run: Any) -> None:
    outcome, _, cells = run(
        "import sys\nprint('out'); print('err', file=sys.stderr); x = [1, 2]\nx",
        "_ + [3]",
        "x;",
        "None",
        "for i in range(2):\n    print(i)",
        "class Shown:\n    def _repr_html_(self):\n        return '<b>x</b>'\n\n\nShown()",
        "",
        "display(1, 'a')",
    )
    assert (outcome.code, outcome.out) == (0, "out\n0\n1\n"), outcome.err
    kinds = {key: [output["output_type"] for output in cell.get("outputs", [])] for key, cell in cells.items()}
    assert kinds["a"] == ["stream", "stream", "execute_result"]
    assert cells["a"]["outputs"][2]["data"] == {"text/plain": "[1, 2]"}
    assert cells["b"]["outputs"][0]["data"] == {"text/plain": "[1, 2, 3]"}
    assert kinds["c"] == kinds["d"] == kinds["g"] == []
    assert cells["e"]["outputs"][0]["text"] == "0\n1\n"
    assert cells["f"]["outputs"][0]["data"]["text/html"] == "<b>x</b>"
    assert kinds["h"] == ["display_data", "display_data"]
    assert [cells[key]["execution_count"] for key in "abcdefgh"] == [1, 2, 3, 4, 5, 6, None, 7]


def test_the_namespace_is_main(run: Any) -> None:
    outcome, _, _ = run(
        "import pickle\nclass A:\n    pass",
        "print(type(pickle.loads(pickle.dumps(A()))) is A, __name__)",
        "import asyncio\nawait asyncio.sleep(0)\nprint('waited')",
        "def f():\n    return 1\nprint(f())",
    )
    assert (outcome.out, outcome.code) == ("True __main__\nwaited\n1\n", 0), outcome.err


def test_magics_that_change_nothing(run: Any) -> None:
    outcome, _, _ = run(
        "%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n%config InlineBackend.figure_format = 'png'\nx = 1",
        "%%time\ny = x + 1\nprint(y)",
        "if True:\n    %time z = y + 1\nprint(z)",
        "s = '''\n%not a magic\n!neither\n'''\nprint(len(s))",
        "a = 7\nprint(a\n% 4)",
    )
    assert outcome.code == 0, outcome.err
    lines = [line for line in outcome.out.splitlines() if not line.startswith(("CPU", "Wall"))]
    assert lines == ["2", "3", "23", "3"]


@pytest.mark.parametrize("cell", ["!echo hello", "files = !ls", "%%bash\necho hello", "%cd /", "len?"])
def test_what_needs_ipython_is_refused_before_anything_runs(run: Any, cell: str) -> None:
    outcome, _, _ = run("print('ran')", cell)
    if run.plain:
        first = cell.splitlines()[0]
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err == f"demo.ipynb, cell 3: `{first}` needs IPython: pip install ipython\n"
    else:
        assert outcome.code == 0 and outcome.out.startswith("ran\n")


def test_figures(run: Any) -> None:
    outcome, events, cells = run(
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nplt.plot([2, 1])",
        "print(plt.get_fignums())",
        "fig, ax = plt.subplots()\nfig.savefig('mine.png');",
        "f = plt.figure()\nf.subplots()\nplt.close(f)\nf",
        "plt.figure()",
    )
    assert (outcome.code, outcome.out) == (0, "[]\n"), outcome.err
    images = {key: sum("image/png" in output.get("data", {}) for output in cell.get("outputs", [])) for key, cell in cells.items()}
    assert [images[key] for key in "abcde"] == [2, 0, 1, 1, 0]
    assert [(event["name"], event["kind"]) for event in of(events, "art")] == [("demo.ipynb", "notebook"), ("mine.png", "plot")]


def test_metrics_and_their_cell(run: Any, tmp_path: Path) -> None:
    _, events, _ = run("print('AUC 0.811, recall 0.556')", "def log(x):\n    print(f'loss={x}')\n\nlog(0.5)\nlog(0.25)")
    assert [(event["s"], event["values"]) for event in of(events, "m")] == [
        (0, {"AUC": 0.811, "recall": 0.556}),
        (0, {"loss": 0.5}),
        (1, {"loss": 0.25}),
    ]
    path = str(tmp_path / "demo.ipynb")
    assert of(events, "m")[0]["src"] == {"file": path, "cell": "a", "line": 1}
    assert of(events, "m")[1]["src"] == {"file": path, "cell": "b", "line": 2}
    assert "step" not in of(events, "m")[0]


def test_a_cell_that_fails(run: Any, tmp_path: Path) -> None:
    outcome, events, cells = run("x = 1\nprint(x)", "def f():\n    return x / 0\n\nf()", "print('never')")
    assert (outcome.code, outcome.out) == (1, "1\n")
    lines = outcome.err.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1] == '  File "demo.ipynb, cell 3", line 4, in <module>'
    assert lines[2].strip() == "f()"
    assert lines[-2:] == ["ZeroDivisionError: division by zero", "demo.ipynb: cell 3 failed"]
    (error,) = of(events, "error")
    assert error["message"] == "ZeroDivisionError: division by zero"
    assert error["src"] == {"file": str(tmp_path / "demo.ipynb"), "cell": "b", "line": 2}
    assert [output["output_type"] for output in cells["b"]["outputs"]] == ["error"]
    assert cells["b"]["outputs"][0]["ename"] == "ZeroDivisionError"
    assert cells["c"]["outputs"] == [] and cells["c"]["execution_count"] is None


def test_a_syntax_error_stops_at_its_cell(run: Any) -> None:
    outcome, events, _ = run("print('ran')", "x = = 1")
    assert (outcome.code, outcome.out) == (1, "ran\n")
    assert outcome.err.splitlines()[-1] == "demo.ipynb: cell 3 failed"
    assert of(events, "error")[0]["src"]["cell"] == "b"


def test_exit_ends_it(run: Any) -> None:
    assert run("import sys\nsys.exit(4)", "print('never')")[0].code == 4
    outcome, events, _ = run("raise SystemExit", "print('never')")
    assert (outcome.code, outcome.out, of(events, "error")) == (0, "", [])


def test_the_copy_is_written_when_it_is_stopped(run: Any) -> None:
    outcome, _, cells = run("print('before')", "import os, signal, time\nos.kill(os.getpid(), signal.SIGTERM)\ntime.sleep(5)")
    assert outcome.code == 143
    assert cells["a"]["outputs"][0]["text"] == "before\n"
    outcome, _, cells = run("import os, signal, time\nprint('x')\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)")
    assert outcome.code == 130 and outcome.err.splitlines()[-1] == "demo.ipynb: cancelled in cell 2"
    assert cells["a"]["outputs"][0]["text"] == "x\n"


def test_nothing_is_left_in_the_home(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    (tmp_path / "home").mkdir()
    cells = ["x = 1\nx"] if run.plain else ["x = 1\nx", "%cd .", "%cd -"]
    assert run(*cells)[0].code == 0
    assert list((tmp_path / "home").iterdir()) == []
    assert not list(tmp_path.glob("cellsmith-*"))


BAD = {
    "not json": "not a notebook",
    "no cells": '{"nbformat": 4}',
    "another format": '{"cells": 3}',
    "a strange cell": '{"cells": [3]}',
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_notebook(name: str, tmp_path: Path, launch: Launch) -> None:
    (tmp_path / "bad.ipynb").write_text(BAD[name])
    outcome, _ = launch("notebook", tmp_path / "bad.ipynb")
    assert (outcome.code, outcome.err) == (2, "bad.ipynb cannot be read as a notebook\n")


def test_a_percent_script(tmp_path: Path, launch: Launch) -> None:
    script = tmp_path / "demo.py"
    script.write_text("# %%\nx = 1\nprint(x)\n\n# %% [markdown]\n# text\n\n# %%\nx + 1\n")
    outcome, _ = launch("notebook", script, "--executed", tmp_path / "copy.ipynb")
    cells = json.loads((tmp_path / "copy.ipynb").read_text("utf-8"))["cells"]
    assert (outcome.code, outcome.out) == (0, "1\n")
    assert cells[-1]["outputs"][0]["data"] == {"text/plain": "2"}
