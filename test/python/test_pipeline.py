"""run.py as a user runs it: in one process, step by step, one step, with mistakes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import Written, python

MANIFEST = """
parameters:
  count: { type: int, default: 4 }
  share: { type: float, default: 0.5 }
  loud: { type: bool, default: false }
  data_path: { type: path, access: read, default: rows.csv }
  out_path: { type: path, access: write, default: out.txt }
steps:
  load:
    component: components/load.py:load
    inputs: { data_path: $data_path, count: $count }
    outputs:
      rows: { type: list, format: json }
      total: { type: int, format: json }
  score:
    component: components/score.py:score
    inputs: { rows: load.rows, total: load.total, share: $share, loud: $loud, out_path: $out_path }
    outputs: { auc: { type: float, format: json } }
metrics:
  auc: { from: score.auc, goal: maximize }
gates:
  - { metric: auc, min: 0.1 }
"""
LOAD = """import helper


def load(*, data_path, count):
    rows = open(data_path).read().split()[:count]
    print("rows", len(rows), helper.NAME)
    return rows, len(rows)
"""
SCORE = """def score(rows, total, *, share, loud, out_path):
    if share > 1:
        raise ValueError("share is more than all")
    open(out_path, "w").write("done")
    print("LOUD" if loud else "quiet")
    return total * share
"""


@pytest.fixture
def demo(written: Written) -> Written:
    (written.notebooks / "rows.csv").write_text("a b c d e")
    (written.notebooks / "helper.py").write_text("NAME = 'mine'\n")
    return written.manifest(MANIFEST).steps(load=LOAD, score=SCORE)


@pytest.mark.parametrize("words", [[], ["--isolate"]])
def test_runs(demo: Written, words: list[str], tmp_path: Path) -> None:
    outcome = demo.run(*words, "-p", "count=3", "-p", "loud=True", cwd=tmp_path)
    assert (outcome.code, outcome.out) == (0, "rows 3 mine\nLOUD\n")
    suffix = " (its own process)" if words else ""
    assert outcome.err == f"load …{suffix}\nscore …{suffix}\n"
    result = json.loads((demo.root / "out" / "result.json").read_text("utf-8"))
    assert result["metrics"] == {"auc": 1.5}
    assert result["params"]["count"] == 3
    assert set(result) == {"pipeline", "status", "params", "metrics", "artifacts", "seconds"}
    assert (demo.notebooks / "out.txt").read_text() == "done"
    assert (demo.root / "out" / ".gitignore").read_text() == "*\n"


def test_json_alone_on_stdout(demo: Written) -> None:
    demo.component("load", LOAD.replace("    print", "    import os; os.system('echo from a shell')\n    print"))
    for words in ([], ["--isolate"]):
        outcome = demo.run("--json", *words)
        assert json.loads(outcome.out)["status"] == "done"
        assert "from a shell" in outcome.err and "rows 4 mine" in outcome.err


def test_results_go_where_they_are_told(demo: Written, tmp_path: Path) -> None:
    assert demo.run("--results", "here", cwd=tmp_path).code == 0
    assert (tmp_path / "here" / "result.json").exists()
    assert not (demo.root / "out").exists()


def test_one_step(demo: Written, tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text('["x"]')
    (tmp_path / "total.json").write_text("8")
    files = ["--in", "rows=rows.json", "--in", "total=total.json", "--out", "auc=auc.json"]
    outcome = demo.run("step", "score", *files, "-p", "share=0.25", cwd=tmp_path)
    assert (outcome.code, outcome.out, outcome.err) == (0, "quiet\n", "")
    assert json.loads((tmp_path / "auc.json").read_text()) == 2.0


MISTAKES: list[tuple[list[str], str]] = [
    (["-p", "foo=1"], "-p foo=1: demo has no parameter foo; it has count, share, loud, data_path, out_path"),
    (["-p", "count=abc"], "-p count=abc: count is of type int"),
    (["-p", "loud=perhaps"], "-p loud=perhaps: loud is of type bool"),
    (["step", "nope"], "there is no step nope; there are load, score"),
    (["step", "score"], "step score needs --in rows=FILE"),
    (["step", "load", "--out", "nope=x.json"], "step load gives no nope; it gives rows, total"),
    (["step", "score", "--in", "rows=none.json"], "none.json"),
]


@pytest.mark.parametrize(("words", "says"), MISTAKES)
def test_a_mistake_is_one_line(demo: Written, words: list[str], says: str) -> None:
    outcome = demo.run(*words)
    assert outcome.code == 2
    assert "Traceback" not in outcome.err
    assert outcome.err.splitlines()[-1].startswith("run.py: ") and says in outcome.err


def test_missing_data_is_found_before_anything_runs(demo: Written) -> None:
    outcome = demo.run("-p", "data_path=nope.csv")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == f"run.py: data_path: there is no {demo.notebooks / 'nope.csv'}\n"
    assert demo.run("-p", "data_path=*.csv").err.startswith("load …")


def test_data_that_a_step_makes_need_not_be_there(demo: Written) -> None:
    assert demo.run("-p", "data_path=made.csv", "-p", "out_path=made.csv").err.startswith("load …")


@pytest.mark.parametrize("words", [[], ["--isolate"]])
def test_the_users_exception_starts_at_the_users_frame(demo: Written, words: list[str]) -> None:
    outcome = demo.run(*words, "-p", "share=2")
    lines = outcome.err.splitlines()
    first = lines.index("Traceback (most recent call last):")
    assert outcome.code == 1
    assert lines[first + 1].endswith('components/score.py", line 3, in score')
    assert "ValueError: share is more than all" in lines
    assert "run.py: step score failed" in lines
    assert "_runtime.py" not in outcome.err


def test_a_gate_that_fails(demo: Written) -> None:
    outcome = demo.run("-p", "share=0.01")
    assert outcome.code == 1
    assert outcome.err.splitlines()[-1] == "gate failed: auc is 0.04, below 0.1"
    assert json.loads((demo.root / "out" / "result.json").read_text("utf-8"))["status"] == "gate failed"


def test_a_metric_that_is_not_a_number_fails_its_gate(demo: Written) -> None:
    demo.component("score", SCORE.replace("return total * share", "return float('nan')"))
    outcome = demo.run()
    assert outcome.err.splitlines()[-1] == "gate failed: auc is NaN"
    assert json.loads((demo.root / "out" / "result.json").read_text("utf-8"))["metrics"] == {"auc": "NaN"}


def test_exit_codes_and_signals_of_steps(demo: Written) -> None:
    demo.component("score", SCORE.replace("if share", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)\n    if share"))
    outcome = demo.run("--isolate")
    assert outcome.code == 1 and outcome.err.endswith("run.py: step score was ended by signal 9\n")
    demo.component("score", SCORE.replace("if share", "import sys; sys.exit(5)\n    if share"))
    assert demo.run().code == 5


def test_a_package_that_is_missing(demo: Written) -> None:
    demo.component("score", "import no_such_package\n" + SCORE)
    outcome = demo.run()
    assert outcome.code == 2
    assert "run.py: step score needs no_such_package, which " in outcome.err and "Traceback" not in outcome.err


BAD = {
    "steps:\n  a: { component: a.py }\n": "step a needs a component, such as components/a.py:a",
    "steps:\n  a: { component: a.py:a, inputs: { x: $x } }\n": "step a takes x from $x, which nothing above it gives",
    "steps:\n  a: { component: a.py:a, inputs: { x: b.y } }\n  b: { component: b.py:b, outputs: { y: { format: json } } }\n": (
        "step a takes x from b.y, which nothing above it gives"
    ),
    "steps:\n  a: { component: a.py:a, outputs: { y: { format: xml } } }\n": "a.y has the unknown format xml",
    "steps:\n  a: { component: a.py:a }\n  b: { component: b.py:b }\norder:\n  - [b, a]\n": "b is to run before a",
    "steps:\n  a: { component: a.py:a }\nmetrics: { auc: { from: a.auc } }\n": "metric auc comes from a.auc, which no step gives",
    "x: 1\n": "pipeline.yaml has no steps",
    "steps:\n  a: { component: a.py:a }\n": "step a: there is no ",
}


@pytest.mark.parametrize("text", BAD)
def test_a_manifest_that_cannot_be_run(written: Written, text: str) -> None:
    outcome = written.manifest(text).run()
    assert outcome.code == 2
    assert BAD[text] in outcome.err.splitlines()[-1] and "Traceback" not in outcome.err


def test_results_have_to_fit_the_manifest(demo: Written) -> None:
    demo.component("load", LOAD.replace("return rows, len(rows)", "return rows"))
    assert demo.run().err.splitlines()[-1] == "run.py: step load: components/load.py:load must return rows, total"


def test_help_names_the_parameters(demo: Written) -> None:
    outcome = demo.run("--help")
    assert outcome.code == 0 and "share (float, 0.5)" in outcome.out


def test_another_components_folder_is_not_in_the_way(demo: Written) -> None:
    (demo.notebooks / "components").mkdir()
    (demo.notebooks / "components" / "__init__.py").write_text("raise RuntimeError('not this one')")
    assert demo.run().code == 0
    assert demo.run("--isolate").code == 0


STATE = """
steps:
  set:
    component: components/set.py:set
  draw:
    component: components/draw.py:draw
    outputs: { drawn: { format: json } }
  again:
    component: components/again.py:again
    inputs: { drawn: draw.drawn }
"""
SET = """import os
import random
import sys

import numpy as np
import pandas as pd


def set():
    random.seed(1)
    np.random.seed(2)
    np.set_printoptions(precision=2)
    pd.set_option("display.max_rows", 7)
    os.environ["MINE"] = "here"
    sys.path.append("/somewhere")
    os.chdir("/")
"""
DRAW = "import random\n\nimport numpy as np\n\n\ndef draw():\n    return [random.random(), np.random.rand()]\n"
AGAIN = """import os
import random
import sys

import numpy as np
import pandas as pd


def again(drawn):
    print(drawn, random.random(), np.random.rand())
    print(np.array([1 / 3]), pd.get_option("display.max_rows"), os.environ["MINE"], os.getcwd(), "/somewhere" in sys.path)
"""


def test_what_cells_share_besides_values_goes_from_step_to_step(written: Written) -> None:
    written.manifest(STATE).steps(set=SET, draw=DRAW, again=AGAIN)
    together, apart = written.run(), written.run("--isolate")
    assert together.code == apart.code == 0, apart.err
    assert together.out == apart.out
    assert apart.out.splitlines()[1] == "[0.33] 7 here / True"


LATER = {
    "random": ("import random\nrandom.seed(1)", "import random\n    print(random.random())"),
    "numpy": ("import numpy as np\nnp.random.seed(1)", "import numpy as np\n    print(np.random.rand())"),
    "warnings about numbers": (
        "import numpy as np\nnp.seterr(all='raise')",
        "import numpy as np\n    try:\n        np.float64(1) / 0\n    except FloatingPointError as error:\n        print(error)",
    ),
    "scikit-learn": ("import sklearn\nsklearn.set_config(assume_finite=True)", "import sklearn\n    print(sklearn.get_config())"),
    "matplotlib": ("import matplotlib\nmatplotlib.rcParams['lines.linewidth'] = 7", "import matplotlib\n    print(matplotlib.rcParams['lines.linewidth'])"),
    "decimal": ("import decimal\ndecimal.getcontext().prec = 5", "from decimal import Decimal\n    print(Decimal(1) / 3)"),
    "environment": ("import os\nos.environ.pop('TAKEN', None)", "import os\n    print(os.environ.get('TAKEN'))"),
    "depth": ("import sys\nsys.setrecursionlimit(1234)", "import sys\n    print(sys.getrecursionlimit())"),
}


@pytest.mark.parametrize("name", LATER)
def test_it_waits_for_a_library_that_a_function_imports_when_called(written: Written, name: str) -> None:
    head, body = LATER[name]
    use = f"def use():\n    {body}\n"
    both = "steps:\n  set: { component: components/set.py:set }\n  use: { component: components/use.py:use }\n"
    before = "def set():\n    " + head.replace("\n", "\n    ") + "\n"
    written.manifest(both).steps(set=before, use=use)
    together, apart = written.run(TAKEN="1"), written.run("--isolate", TAKEN="1")
    assert together.code == apart.code == 0, apart.err
    assert together.out == apart.out != ""


BUNDLE = """
steps:
  make:
    component: components/make.py:make
    outputs:
      rows: { format: json }
      alias: { format: json }
      array: { format: npy }
  look:
    component: components/look.py:look
    inputs: { array: make.array }
    outputs: { part: { format: npy } }
  change:
    component: components/change.py:change
    inputs: { rows: make.rows, alias: make.alias, part: look.part, array: make.array }
bundles:
  - [make.rows, make.alias]
  - [make.array, look.part]
"""
MAKE = "import numpy as np\n\n\ndef make():\n    rows = [1]\n    return rows, rows, np.arange(6.0)\n"
LOOK = "def look(array):\n    return array[2:4]\n"
CHANGE = "def change(rows, alias, part, array):\n    rows.append(2)\n    part[0] = 99\n    print(alias, array, rows is alias)\n"


def test_values_that_share_objects_still_do(written: Written) -> None:
    written.manifest(BUNDLE).steps(make=MAKE, look=LOOK, change=CHANGE)
    together, apart = written.run(), written.run("--isolate")
    assert together.out == "[1, 2] [ 0.  1. 99.  3.  4.  5.] True\n"
    assert (apart.out, apart.code) == (together.out, 0), apart.err


CLASSES = """
steps:
  make:
    component: components/make.py:make
    outputs: { box: { format: pickle } }
  use:
    component: components/use.py:use
    inputs: { box: make.box }
"""


def test_classes_of_the_pipeline_travel(written: Written) -> None:
    shared = "class Box:\n    def __init__(self, x):\n        self.x = x\n"
    make = "from .shared import Box\n\n\ndef make():\n    return Box(3)\n"
    use = "from .shared import Box\n\n\ndef use(box):\n    print(isinstance(box, Box), box.x)\n"
    written.manifest(CLASSES).steps(shared=shared, make=make, use=use)
    outcome = written.run("--isolate")
    assert (outcome.out, outcome.code) == ("True 3\n", 0), outcome.err


PLOT = """
steps:
  plot:
    component: components/plot.py:plot
    outputs: { fig: { type: matplotlib.figure.Figure, format: png } }
  more:
    component: components/more.py:more
    outputs: { figs: { format: png } }
"""


@pytest.mark.parametrize("words", [[], ["--isolate"]])
def test_figures_become_files(written: Written, words: list[str]) -> None:
    head = "import matplotlib.pyplot as plt\n\n\n"
    plot = head + "def plot():\n    fig, ax = plt.subplots()\n    ax.plot([1, 2])\n    return fig\n"
    more = head + "def more():\n    print(plt.get_fignums())\n    return [plt.figure(), plt.subplots()[1]]\n"
    written.manifest(PLOT).steps(plot=plot, more=more)
    outcome = written.run(*words, MPLBACKEND="module://matplotlib_inline.backend_inline")
    assert (outcome.out, outcome.code) == ("[]\n", 0), outcome.err
    result = json.loads((written.root / "out" / "result.json").read_text("utf-8"))
    assert result["artifacts"] == ["plot.png", "more_1.png", "more_2.png"]
    assert all((written.root / "out" / name).read_bytes()[:4] == b"\x89PNG" for name in result["artifacts"])


def test_two_pipelines_are_not_in_each_others_way(demo: Written, tmp_path: Path) -> None:
    other = Written(tmp_path / "other")
    (other.notebooks / "rows.csv").write_text("x")
    (other.notebooks / "helper.py").write_text("NAME = 'other'\n")
    other.manifest(MANIFEST).steps(load=LOAD, score=SCORE)
    assert "mine" in demo.run(PYTHONPATH=str(other.root)).out


def test_needs_nothing_but_the_standard_library(demo: Written) -> None:
    outcome = python("-S", "-E", "-W", "error", demo.root / "run.py", cwd=demo.workspace)
    assert outcome.code == 0, outcome.err


def events_of(events: list[dict[str, Any]], t: str) -> list[dict[str, Any]]:
    return [event for event in events if event["t"] == t]


@pytest.mark.parametrize("words", [[], ["--isolate"]])
def test_the_journal(demo: Written, words: list[str]) -> None:
    outcome, events = demo.recorded(*words)
    assert outcome.out == "rows 4 mine\nquiet\n"
    assert events_of(events, "params")[0]["values"]["share"] == 0.5
    assert [event["step"] for event in events_of(events, "step_start")] == ["load", "score"]
    assert [(event["step"], event["status"]) for event in events_of(events, "step_end")] == [
        ("load", "FINISHED"),
        ("score", "FINISHED"),
    ]
    (metric,) = [event for event in events_of(events, "m") if "auc" in event["values"]]
    assert (metric["values"], metric["step"]) == ({"auc": 2.0}, "score")
    assert metric["src"] == {"file": str(demo.root / "components" / "score.py"), "line": 1}
    (read,) = events_of(events, "in")
    assert (read["name"], read["path"], read["size"]) == ("rows.csv", str(demo.notebooks / "rows.csv"), 9)
    (made,) = events_of(events, "art")
    assert (made["name"], made["kind"], made["step"]) == ("out.txt", "file", "score")
    assert all(event["v"] == 1 and isinstance(event["ts"], int) for event in events)
    names = {file.name for file in (demo.workspace / ".cellsmith" / "runs" / "one").glob("*.jsonl")}
    assert names == ({"main.1.jsonl", "load.1.jsonl", "score.1.jsonl"} if words else {"main.1.jsonl"})


def test_the_journal_of_a_failure(demo: Written) -> None:
    _, events = demo.recorded("-p", "share=2")
    (error,) = events_of(events, "error")
    assert error["message"] == "ValueError: share is more than all"
    assert error["src"] == {"file": str(demo.root / "components" / "score.py"), "line": 3}
    assert error["step"] == "score" and "_runtime.py" not in error["traceback"]
    assert events_of(events, "step_end")[-1]["status"] == "FAILED"


def test_the_journal_of_printed_numbers(demo: Written) -> None:
    loop = "    for epoch in range(2):\n        print(f'epoch {epoch} loss={1 / (epoch + 1)}')\n    print('AUC 0.811, gain 0.5')\n"
    demo.component("score", SCORE.replace("    open(", f"{loop}    open("))
    _, events = demo.recorded()
    points = [event for event in events_of(events, "m") if event["step"] == "score"]
    values = [(event.get("s"), event["values"]) for event in points]
    assert values == [(0, {"loss": 1.0}), (1, {"loss": 0.5}), (0, {"gain": 0.5}), (None, {"auc": 2.0})]
    assert points[0]["src"] == {"file": str(demo.root / "components" / "score.py"), "line": 5}


def test_a_secret_is_not_written(demo: Written) -> None:
    text = MANIFEST.replace("parameters:\n", "parameters:\n  api_key: { type: str, default: s3cret }\n")
    outcome, events = demo.manifest(text).recorded()
    assert outcome.code == 0 and events_of(events, "params")[0]["values"]["api_key"] == "***"
    assert "s3cret" not in (demo.root / "out" / "result.json").read_text("utf-8")


def test_a_journal_that_cannot_be_written_fails_nothing(demo: Written) -> None:
    assert demo.run(CELLSMITH_RUN_DIR="/no/such/folder").out == "rows 4 mine\nquiet\n"
