"""Records what a notebook does, and what its pipeline does: printed texts, displays, figures, values, files.

A record is plain data: `cells` by id, or `steps` by name; `values` by `step.output`; `same` are names that stand for one
object, by the step they enter or leave; `files` are those made, changed or removed.
"""

from __future__ import annotations

import contextlib
import hashlib
import pickle
import platform
import re
import subprocess
import sys
from base64 import b64decode
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable, Iterator, Optional

from . import _notebook
from ._identity import pairs_in
from ._runtime import Journal
from ._showing import Displays, draw_alike, png_of, shown_forms
from ._snapshot import snapshot
from ._tap import Tap
from ._tree import Tree

TIMED = re.compile(r"^\s*%%?time\b", re.MULTILINE)
EMPTY_FIGURE = re.compile(r"<Figure size .* with 0 Axes>$")
TELLING = ("pandas", "scikit-learn", "numpy", "torch", "xgboost", "lightgbm")
GENERATORS: dict[str, Callable[[Any], Any]] = {
    "random": lambda random: random.getstate()[1],
    "numpy.random": lambda random: tuple(random.get_state()[1]) + (random.get_state()[2],),
}
DRAWING = re.compile(r"rand|shuffle|sample|choice|normal")
UNUSED = 624  # where a generator stands that was seeded and not drawn from


def save(record: dict[str, Any], target: str) -> None:
    record["with"] = [f"python {platform.python_version()}", *installed()]
    Path(target).write_bytes(pickle.dumps(record))


def installed() -> Iterator[str]:
    for name in TELLING:
        module = {"scikit-learn": "sklearn"}.get(name, name)
        with contextlib.suppress(PackageNotFoundError):
            if module in sys.modules:
                yield f"{name} {version(name)}"


def generators() -> dict[str, str]:
    """Where each library's own generator of random numbers stands; empty for one that was not drawn from."""
    states: dict[str, str] = {}
    for name, state in GENERATORS.items():
        if name in sys.modules:
            numbers = state(sys.modules[name])
            states[name] = "" if numbers[-1] == UNUSED else hashlib.sha256(repr(numbers).encode()).hexdigest()
    return states


def record_notebook(path: str, spec: dict[str, Any], target: str) -> int:
    tree = Tree(spec["lane"], spec["workdir"], [])
    starts: dict[str, list[str]] = {}  # a cell to the steps that it is the first of, the last of
    ends: dict[str, list[str]] = {}
    for name, step in spec["steps"].items():
        if step["cells"]:
            starts.setdefault(step["cells"][0], []).append(name)
            ends.setdefault(step["cells"][-1], []).append(name)
    record: dict[str, Any] = {"cells": {}, "values": {}, "same": {}}
    drawn = generators()

    def begin(cell: Any, names: dict[str, Any]) -> None:
        for name in starts.get(cell.id, ()):
            record["same"][name, "in"] = pairs_in({key: names[key] for key in spec["steps"][name]["inputs"] if key in names})

    def done(cell: Any, outputs: list[dict[str, Any]], names: dict[str, Any]) -> None:
        nonlocal drawn
        record["cells"][cell.id] = told_by(cell.source, outputs)
        now = generators()
        draws = {name: state for name, state in now.items() if drawn.get(name, "") != state}
        if not DRAWING.search(cell.source):  # a library that was just imported may draw, for itself
            draws = {name: state for name, state in draws.items() if name in drawn}
        record["cells"][cell.id]["draws"] = draws
        drawn = now
        for name in ends.get(cell.id, ()):
            given = {output: names[output] for output in spec["steps"][name]["outputs"] if output in names}
            record["same"][name, "out"] = pairs_in(given)
            for output, value in given.items():
                record["values"][f"{name}.{output}"] = snapshot(value)

    draw_alike()
    code = _notebook.run(path, Journal("check"), None, done, begin)
    if code == 0:
        record["files"], record["written through"] = tree.changes(), tree.through_links()
        save(record, target)
    return code


def told_by(source: str, outputs: list[dict[str, Any]]) -> dict[str, Any]:
    """What a cell printed and showed. Images and displays go with what showed them: `pyplot`, `display` or the last line."""
    printed = "".join(output["text"] for output in outputs if output.get("name") == "stdout")
    if TIMED.search(source):  # the magic is not carried over, and neither is what it prints
        lines = printed.splitlines(True)
        printed = "".join(line for line in lines if not line.startswith(("CPU times: ", "Wall time: ")))
    images: list[tuple[str, bytes]] = []
    displays: list[tuple[str, dict[str, str]]] = []
    for output in outputs:
        data = output.get("data")
        if data is None or "application/vnd.jupyter.widget-view+json" in data:
            continue
        by = "the last line" if output.get("output_type") == "execute_result" else "display"
        by = "pyplot" if getattr(output, "drawn", False) else by
        if "image/png" in data:
            images.append((by, b64decode("".join(data["image/png"]))))
        elif not EMPTY_FIGURE.match("".join(data.get("text/plain", ""))):
            displays.append((by, shown_forms({kind: "".join(text) if isinstance(text, list) else text for kind, text in data.items()})))
    return {"stdout": printed, "images": images, "displays": displays}


class Steps:
    """What a pipeline's runtime calls instead of its own `Steps`, to look at what goes into a step and comes out."""

    def __init__(self, runtime: Any, record: dict[str, Any]) -> None:
        self.runtime, self.record = runtime, record

    def kind(self) -> Any:
        record, runtime = self.record, self.runtime

        class Watched(runtime.Steps):  # type: ignore[misc, name-defined]
            def call(self, name: str, arguments: Callable[[], dict[str, Any]], ready: Callable[[], None]) -> dict[str, Any]:
                displays = Displays()
                heard: list[str] = []

                def taken() -> dict[str, Any]:
                    values = arguments()
                    record["same"][name, "in"] = pairs_in(values)
                    return values

                def at_last() -> None:
                    ready()
                    displays.catch()

                tap = sys.stdout = Tap(sys.stdout, heard=heard.append)
                try:
                    values: dict[str, Any] = super().call(name, taken, at_last)
                finally:
                    sys.stdout = tap.release()
                record["same"][name, "out"] = pairs_in(values)
                record["steps"][name] = {
                    "stdout": "".join(heard),
                    "images": displays.images + self.drawn,
                    "displays": displays.taken,
                }
                for output, value in values.items():
                    record["values"][f"{name}.{output}"] = snapshot(value)
                return values

            def tell_results(self, name: str, results: dict[str, Any], code: Any) -> None:
                figures = self.figures_shown(name, results)
                self.drawn = [image for image in map(png_of, figures) if image]
                super().tell_results(name, results, code)

        return Watched


def new_record() -> dict[str, Any]:
    return {"steps": {}, "values": {}, "same": {}}


def pipeline_runtime(root: Path) -> Any:
    """The runtime that lies beside run.py, found as run.py finds it."""
    sys.path[0] = str(root)
    import _runtime

    return _runtime


def record_pipeline(script: str, spec: dict[str, Any], target: str, mode: str, told: dict[str, Any]) -> int:
    """Run the pipeline's own runtime; `mode` is in-process, isolated or masked."""
    root = Path(script).resolve().parent
    results = Path(target).parent / "results"
    tree = Tree(spec["lane"], spec["workdir"], [str(results)])
    record = new_record()
    runtime = pipeline_runtime(root)
    runtime.Steps = Steps(runtime, record).kind()
    if mode == "isolated":
        runtime.subprocess = SimpleNamespace(run=lambda command, **more: run_watched(command, told["spec file"], target, record, more))
    elif mode == "masked":
        from ._mask import run_masked

        runtime.run_in_process = lambda run: run_masked(runtime, run, record, told.get("drop", ""))
    words = ["--isolate"] if mode == "isolated" else []
    sys.argv = [script, *words, "--results", str(results), *(word for text in spec["params"] for word in ("-p", text))]
    code = int(runtime.main(script))
    result = results / "result.json"
    if code == 0 or result.exists():  # a gate that fails says nothing about the notebook
        record["files"], record["written through"] = tree.changes(), tree.through_links()
        save(record, target)
        return 0
    return code


def run_watched(command: list[str], spec_file: str, target: str, record: dict[str, Any], more: dict[str, Any]) -> Any:
    """Run a step in its own process, with us in it, and add its record to the pipeline's."""
    script, words = command[1], command[2:]
    piece = Path(f"{target}.{words[1]}")
    ours = [command[0], str(Path(__file__).with_name("verify.py")), "step", script, spec_file, str(piece), *words]
    ended = subprocess.run(ours, check=False, env=more.get("env"))
    if ended.returncode == 0:
        for key, part in pickle.loads(piece.read_bytes()).items():
            record[key].update(part)
    return ended


def record_step(script: str, target: str, words: list[str]) -> int:
    """One step of an isolated run; its values are looked at as the next step will read them."""
    root = Path(script).resolve().parent
    record = new_record()
    runtime = pipeline_runtime(root)
    runtime.Steps = Steps(runtime, record).kind()
    run_step = runtime.run_step

    def and_read_back(run: Any, name: str, given: Any, wanted: dict[str, Path], state: Optional[Path]) -> None:
        run_step(run, name, given, wanted, state)
        opened: dict[Path, Any] = {}
        for output, path in wanted.items():
            source = f"{name}.{output}"
            record["values"][source] = snapshot(runtime.read_output(run.pipeline, source, path, opened))

    runtime.run_step = and_read_back
    sys.argv = [script, *words]
    code = int(runtime.main(script))
    if code == 0:
        Path(target).write_bytes(pickle.dumps(record))
    return code
