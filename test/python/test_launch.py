"""Scripts under the launcher: nothing about them is different, and the journal tells of them."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable

import pytest

from conftest import RUNTIME, python

Launch = Callable[..., Any]

SCRIPTS = {
    "about itself": "import sys\nprint(__name__, __file__, sys.argv, sys.path[0], __spec__, sys.modules['__main__'].__dict__ is globals())\n",
    "streams": "import sys\nprint(sys.stdout.encoding, sys.stdout.errors, sys.stdout.isatty(), sys.stdout.name, sys.stdout.mode,"
    " sys.stdout.fileno(), sys.stdout.line_buffering, type(sys.stdout.buffer).__name__)\nsys.stdout.buffer.write(b'raw\\n')\n",
    "at exit": "import atexit\natexit.register(print, 'first')\natexit.register(print, 'last')\nprint('x')\n",
    "an exception": "def f():\n    return 1 / 0\n\n\nf()\n",
    "chained": "try:\n    {}['a']\nexcept KeyError as e:\n    raise RuntimeError('wrapped') from e\n",
    "a syntax error": "x = 1\ny = (\n",
    "its own hook": "import sys\nsys.excepthook = lambda *error: print('mine', error[0].__name__)\n1 / 0\n",
    "exit 0": "import sys\nsys.exit()\n",
    "exit 3": "import sys\nsys.exit(3)\n",
    "exit with words": "raise SystemExit('enough')\n",
    "exit at once": "import os\nprint('x', flush=True)\nos._exit(7)\n",
    "a thread": "import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.2), print('late'))).start()\nprint('main')\n",
    "processes": "import multiprocessing as mp\n\n\ndef f(x):\n    return x * 2\n\n\nif __name__ == '__main__':\n"
    "    with mp.get_context('spawn').Pool(1) as pool:\n        print(pool.map(f, [1, 2]))\n",
    "pickles": "import pickle\n\n\nclass A:\n    pass\n\n\nprint(type(pickle.loads(pickle.dumps(A()))) is A)\n",
    "annotations": "def f(x: int) -> 'str': ...\n\n\nprint(f.__annotations__)\n",
    "a module beside it": "import beside\nprint(beside.X)\n",
    "encoding": "# -*- coding: latin-1 -*-\nprint(len('\xe4'))\n",
    "interrupted": "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)\n",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_as_python_would(name: str, tmp_path: Path, launch: Launch) -> None:
    (tmp_path / "beside.py").write_text("X = 1\n")
    script = tmp_path / "a script.py"
    script.write_bytes(SCRIPTS[name].encode("latin-1"))
    plain = python(script, "one", "--two", cwd=tmp_path)
    ours, _ = launch("script", script, "--", "one", "--two")
    assert ours.out == plain.out
    assert ours.code == plain.code
    if "hook" not in name:
        assert ours.err == plain.err


def test_a_terminal_is_still_one(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("import sys\nprint(sys.stdout.isatty(), sys.stdout.line_buffering)\n")
    (tmp_path / "run").mkdir()
    env = {**os.environ, "CELLSMITH_RUN_DIR": str(tmp_path / "run")}
    said = []
    for command in ([RUNTIME / "launch.py", "script", script], [script]):
        leader, follower = pty.openpty()
        subprocess.run([sys.executable, *command], stdout=follower, env=env, check=True, timeout=60)
        said.append(os.read(leader, 100).decode().split())
    assert said[0] == said[1] and said[0][0] == "True"


def of(events: list[dict[str, Any]], t: str) -> list[dict[str, Any]]:
    return [event for event in events if event["t"] == t]


def test_printed_numbers(tmp_path: Path, launch: Launch) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        "def log(step, loss):\n    print(f'loss={loss:.2f} step={step}')\n\n\n"
        "for step in range(3):\n    log(step * 10, 1 / (step + 1))\n"
        "print('acc=0.5'); print('acc', '=', 0.75)\n"
        "print('lr=1e-3, wd=nan', end=''); print(' done')\nprint('AUC 0.811')\nprint('x==3 url?a=1b v=1.2.3')\n"
    )
    outcome, events = launch("script", script)
    points = [(event["s"], event["values"], event["src"]["line"]) for event in of(events, "m")]
    assert points == [
        (0, {"loss": 1.0}, 2),
        (10, {"loss": 0.5}, 2),
        (20, {"loss": 0.33}, 2),
        (0, {"acc": 0.5}, 7),
        (1, {"acc": 0.75}, 7),
        (0, {"lr": 0.001, "wd": "NaN"}, 8),
    ]
    assert all(event["src"]["file"] == str(script) for event in of(events, "m"))
    assert outcome.out.startswith("loss=1.00 step=0\n")


def test_a_pattern_of_ones_own(tmp_path: Path, launch: Launch) -> None:
    script = tmp_path / "train.py"
    script.write_text("print('a=1'); print('<auc> 0.7')\n")
    _, events = launch("script", script, CELLSMITH_METRIC_PATTERN=r"<(?P<name>\w+)> (?P<value>[\d.]+)")
    assert [event["values"] for event in of(events, "m")] == [{"auc": 0.7}]
    for broken in ("(", "(?P<name>x)"):
        _, events = launch("script", script, CELLSMITH_METRIC_PATTERN=broken)
        assert [event["values"] for event in of(events, "m")] == [{"a": 1.0}]


def test_files(tmp_path: Path, launch: Launch) -> None:
    (tmp_path / "data.csv").write_text("a,b\n")
    script = tmp_path / "train.py"
    script.write_text(
        "import json, os, tempfile\n"
        "open('data.csv').read(); open('data.csv').read(); open(os.devnull, 'w').close()\n"
        "open('model.pkl', 'wb').write(b'12345')\nopen('plot.svg', 'w').write('x'); open('notes.txt', 'a').close()\n"
        "open('part.tmp', 'w').write('abc'); os.rename('part.tmp', 'final.json')\n"
        "open('gone.txt', 'w').close(); os.remove('gone.txt')\n"
        "open('notes.txt').read()\ntempfile.TemporaryFile()\n"
    )
    _, events = launch("script", script)
    assert [(event["name"], event["path"], event["size"]) for event in of(events, "in")] == [("data.csv", str(tmp_path / "data.csv"), 4)]
    assert [(event["name"], event["kind"], event["size"]) for event in of(events, "art")] == [
        ("model.pkl", "model", 5),
        ("plot.svg", "plot", 1),
        ("notes.txt", "file", 0),
        ("final.json", "file", 3),
    ]


def test_an_error_event(tmp_path: Path, launch: Launch) -> None:
    script = tmp_path / "train.py"
    script.write_text("import json\n\n\ndef load():\n    json.loads('{')\n\n\nload()\n")
    outcome, events = launch("script", script)
    (error,) = of(events, "error")
    assert outcome.code == 1
    assert error["message"].startswith("JSONDecodeError: Expecting property name")
    assert error["src"] == {"file": str(script), "line": 5}
    assert "launch.py" not in error["traceback"] + outcome.err


def test_bad_calls(tmp_path: Path) -> None:
    for words in ([], ["script"], ["script", tmp_path / "none.py"], ["dance", tmp_path]):
        outcome = python(RUNTIME / "launch.py", *words, cwd=tmp_path)
        assert outcome.code == 2 and "Traceback" not in outcome.err


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


@pytest.mark.parametrize("kind", ["script", "pipeline"])
def test_nothing_survives_its_owner(kind: str, tmp_path: Path, written: Any) -> None:
    """The owner is killed with a signal nobody can catch."""
    if kind == "script":
        target = tmp_path / "sleep.py"
        target.write_text("import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)\n")
        command = [sys.executable, str(RUNTIME / "launch.py"), "script", str(target)]
    else:
        text = "import os\nimport time\n\n\ndef wait():\n    print(os.getpid(), os.getppid(), flush=True)\n    time.sleep(60)\n"
        written.manifest("steps:\n  wait: { component: components/wait.py:wait }\n").component("wait", text)
        command = [sys.executable, str(written.root / "run.py"), "--isolate"]
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, subprocess, sys\nos.environ['CELLSMITH_OWNER_PID'] = str(os.getpid())\nsubprocess.run(sys.argv[1:])",
            *command,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert owner.stdout is not None
    pids = [int(pid) for pid in re.findall(r"\d+", owner.stdout.readline())]
    assert pids and all(map(alive, pids))
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    until = time.monotonic() + 10
    while any(map(alive, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(alive, pids))
