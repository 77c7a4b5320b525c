"""Records what a notebook and its pipeline do, and compares the two. Run by `cellsmith verify` in a scratch copy.

    verify.py notebook PATH SPEC RECORD
    verify.py pipeline RUN.PY SPEC RECORD in-process|isolated
    verify.py compare SPEC FIRST SECOND PIPELINE         prints JSON

SPEC is JSON: steps (cells by id, outputs), metrics, params as name=value, files that are written, folders to protect.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import json
import os
import pickle
import platform
import re
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Iterator

STARTED = time.perf_counter()
HERE = os.path.dirname(os.path.abspath(__file__))
TIMED = re.compile(r"^\s*%%?time\b", re.MULTILINE)
TELLING = ("pandas", "scikit-learn", "numpy", "torch", "xgboost", "lightgbm")


def own_package() -> None:
    package = ModuleType("_cellsmith")
    package.__path__ = [HERE]
    sys.modules["_cellsmith"] = package


def protect(folders: list[str]) -> None:
    """Let nothing be written into the user's own folders: an absolute path leads out of the scratch copy."""
    roots = tuple(os.path.join(folder, "") for folder in folders)

    def guard(event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            mode, flags = args[1], args[2]
            by_flags = flags & (os.O_WRONLY | os.O_RDWR)
            paths = args[:1] if (any(char in mode for char in "wax+") if isinstance(mode, str) else by_flags) else ()
        else:
            paths = args[:2] if event in ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate") else ()
        for path in paths:
            if isinstance(path, (str, bytes, os.PathLike)):
                full = os.path.realpath(os.fsdecode(path))
                if full.startswith(roots) and "__pycache__" not in full:
                    raise PermissionError(f"a check writes nothing to {full}; make the path relative or a setting")

    sys.addaudithook(guard)


def save(record: dict[str, Any], target: str) -> None:
    record["with"] = [f"python {platform.python_version()}", *installed()]
    Path(target).write_bytes(pickle.dumps(record))


def save_use(target: str) -> None:
    """What this process needed: seconds by the clock and of all cores, bytes at most. Nothing where that is not known."""
    with contextlib.suppress(ImportError):
        resource = importlib.import_module("resource")
        own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
        unit = 1 if sys.platform == "darwin" else 1024
        memory = (own.ru_maxrss + children.ru_maxrss) * unit
        Path(target).write_text(json.dumps({"seconds": time.perf_counter() - STARTED, "cpu": cpu, "memory": memory}))


def installed() -> Iterator[str]:
    for name in TELLING:
        module = {"scikit-learn": "sklearn"}.get(name, name)
        with contextlib.suppress(PackageNotFoundError):
            if module in sys.modules:
                yield f"{name} {version(name)}"


def written(spec: dict[str, Any], workdir: str) -> dict[str, bytes]:
    """The files that settings name, as they are now."""
    paths = {name: Path(workdir, path) for name, path in spec["files"].items()}
    return {name: path.read_bytes() for name, path in paths.items() if path.is_file()}


def record_notebook(path: str, spec: dict[str, Any], target: str) -> int:
    from _cellsmith import _notebook, _runtime
    from _cellsmith._snapshot import snapshot

    ends: dict[str, list[str]] = {}  # a cell to the steps that it is the last of
    for name, step in spec["steps"].items():
        for cell in step["cells"][-1:]:
            ends.setdefault(cell, []).append(name)
    record: dict[str, Any] = {"cells": {}, "values": {}}
    workdir = os.getcwd()

    def done(cell: Any, outputs: list[dict[str, Any]], names: dict[str, Any]) -> None:
        printed = "".join(output["text"] for output in outputs if output.get("name") == "stdout")
        if TIMED.search(cell.source):  # the magic is not carried over, and neither is what it prints
            lines = printed.splitlines(True)
            printed = "".join(line for line in lines if not line.startswith(("CPU times: ", "Wall time: ")))
        shown = [output["data"] for output in outputs if "data" in output]
        images = [base64.b64decode(data["image/png"]) for data in shown if "image/png" in data]
        texts = [data.get("text/plain", "") for data in shown if "image/png" not in data]
        record["cells"][cell.id] = {"stdout": printed, "images": images, "displays": texts}
        for name in ends.get(cell.id, ()):
            for output in spec["steps"][name]["outputs"]:
                if output in names:
                    record["values"][f"{name}.{output}"] = snapshot(names[output])

    code = _notebook.run(path, _runtime.Journal("check"), None, done)
    if code == 0:
        record["files"] = written(spec, workdir)
        save(record, target)
        save_use(target + ".use.json")
    return code


def record_pipeline(script: str, spec: dict[str, Any], target: str, isolated: bool) -> int:
    """Run the pipeline's own runtime, and look at what each step prints and gives."""
    root = Path(script).resolve().parent
    sys.path[0] = str(root)
    import _runtime
    from _cellsmith._snapshot import snapshot
    from _cellsmith._tap import Tap

    record: dict[str, Any] = {"steps": {name: {"stdout": "", "images": []} for name in spec["steps"]}, "values": {}}
    results = Path(target).parent / "results"

    def take(name: str, output: str, value: Any) -> None:
        record["values"][f"{name}.{output}"] = snapshot(value)

    class Steps(_runtime.Steps):  # type: ignore[misc, name-defined]
        def call(self, name: str, *more: Any) -> dict[str, Any]:
            heard: list[str] = []
            tap = sys.stdout = Tap(sys.stdout, heard=heard.append)
            try:
                values: dict[str, Any] = super().call(name, *more)
            finally:
                sys.stdout = tap.release()
            record["steps"][name]["stdout"] = "".join(heard)
            for output, value in values.items():
                take(name, output, value)
            return values

    def run_step(command: list[str], **more: Any) -> Any:
        name = command[command.index("step") + 1]
        ended = subprocess.run(command, stdout=subprocess.PIPE, check=False, env=more.get("env"))
        record["steps"][name]["stdout"] = ended.stdout.decode("utf-8", "replace").replace("\r\n", "\n")
        if ended.returncode == 0:
            pipeline, opened = _runtime.Pipeline(root), {}  # type: Any, dict[Path, Any]
            for one, step in pipeline.steps.items():
                _runtime.component(root, one, step["component"])  # so that their classes can be read back
            for at, word in enumerate(command):
                if word == "--out":
                    output, _, file = command[at + 1].partition("=")
                    take(name, output, _runtime.read_output(pipeline, f"{name}.{output}", Path(file), opened))
        return ended

    _runtime.Steps = Steps
    if isolated:
        _runtime.subprocess = SimpleNamespace(run=run_step)
    words = ["--isolate"] if isolated else []
    sys.argv = [script, *words, "--results", str(results), *(word for text in spec["params"] for word in ("-p", text))]
    code = int(_runtime.main(script))
    result = results / "result.json"
    if code == 0 or result.exists():  # a gate that fails says nothing about the notebook
        for name, step in record["steps"].items():
            alone, several = results / f"{name}.png", sorted(results.glob(f"{name}_[0-9]*.png"), key=number_of)
            step["images"] = [path.read_bytes() for path in ([alone] if alone.exists() else several)]
        record["metrics"] = json.loads(result.read_text("utf-8"))["metrics"]
        record["files"] = written(spec, spec["workdir"])
        save(record, target)
        return 0
    return code


def number_of(path: Path) -> int:
    return int(path.stem.rpartition("_")[2])


def main(argv: list[str]) -> int:
    own_package()
    from _cellsmith._runtime import die_with_owner

    die_with_owner()
    if argv[0] == "compare":
        from _cellsmith._report import report

        spec, *records = (json.loads(Path(argv[1]).read_text("utf-8")), *argv[2:])
        print(json.dumps(report(spec, *(pickle.loads(Path(path).read_bytes()) for path in records))))
        return 0
    spec = json.loads(Path(argv[2]).read_text("utf-8"))
    protect(spec["protect"])
    if argv[0] == "notebook":
        return record_notebook(argv[1], spec, argv[3])
    return record_pipeline(argv[1], spec, argv[3], argv[4] == "isolated")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
