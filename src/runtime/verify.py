"""Records what a notebook and its pipeline do, and compares the two. Run by `cellsmith verify` in a scratch copy.

    verify.py notebook PATH SPEC RECORD
    verify.py saved PATH RECORD                                   from the outputs in the file
    verify.py pipeline RUN.PY SPEC RECORD in-process|isolated|masked [DROP]
    verify.py step RUN.PY SPEC RECORD WORD...                     a step of an isolated run
    verify.py sample ROWS PATTERN...                              prints JSON
    verify.py compare SPEC PIPELINE NOTEBOOK...                   prints JSON

SPEC is JSON; see check.ts, which writes it.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pickle
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

STARTED = time.perf_counter()
HERE = os.path.dirname(os.path.abspath(__file__))


def own_package() -> None:
    package = ModuleType("_cellsmith")
    package.__path__ = [HERE]
    sys.modules["_cellsmith"] = package


def save_use(target: str) -> None:
    """What this process needed: seconds by the clock and of all cores, bytes at most. Nothing where that is not known."""
    with contextlib.suppress(ImportError):
        resource = importlib.import_module("resource")
        own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
        unit = 1 if sys.platform == "darwin" else 1024
        memory = (own.ru_maxrss + children.ru_maxrss) * unit
        Path(target).write_text(json.dumps({"seconds": time.perf_counter() - STARTED, "cpu": cpu, "memory": memory}))


def watched(spec_file: str) -> dict[str, Any]:
    """Read a spec, and from now on let nothing reach outside that nobody agreed to."""
    from _cellsmith._watch import Watch

    spec: dict[str, Any] = json.loads(Path(spec_file).read_text("utf-8"))
    Watch(spec["effects"], spec["protect"], spec["scratch"], spec["agreed"]).start()
    return spec


def loaded(path: str) -> Any:
    return pickle.loads(Path(path).read_bytes())


def main(argv: list[str]) -> int:
    own_package()
    from _cellsmith._runtime import Problem, die_with_owner

    die_with_owner()
    what, *words = argv
    try:
        if what == "compare":
            from _cellsmith._report import report

            piped, *runs = map(loaded, words[1:])
            print(json.dumps(report(json.loads(Path(words[0]).read_text("utf-8")), runs, piped)))
            return 0
        if what == "sample":
            from _cellsmith._sample import cut

            print(json.dumps(cut(words[1:], int(words[0]))))
            return 0
        if what == "saved":
            from _cellsmith._saved import saved_record

            Path(words[1]).write_bytes(pickle.dumps(saved_record(words[0])))
            return 0
        from _cellsmith import _record

        spec = watched(words[1])
        if what == "notebook":
            code = _record.record_notebook(words[0], spec, words[2])
            save_use(words[2] + ".use.json")
            return code
        if what == "step":
            return _record.record_step(words[0], words[2], words[3:])
        told = {"spec file": words[1], "drop": (*words, "")[4]}
        return _record.record_pipeline(words[0], spec, words[2], words[3], told)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
