"""Runs a script or a notebook as Python or Jupyter would, and keeps a journal of it.

    launch.py script PATH [-- ARGUMENT...]
    launch.py notebook PATH [--executed COPY]

The script finds `__main__`, sys.argv, sys.path, exit codes, atexit and uncaught exceptions as `python PATH` has them.
"""

from __future__ import annotations

import atexit
import io
import os
import sys
import traceback
from importlib.machinery import SourceFileLoader
from types import ModuleType, TracebackType
from typing import Any, Optional

HERE = os.path.dirname(os.path.abspath(__file__))


def own_package() -> None:
    """Make our modules importable as `_cellsmith.*`, so that none is in the way of the user's."""
    package = ModuleType("_cellsmith")
    package.__path__ = [HERE]
    sys.modules["_cellsmith"] = package


def without_us(frames: Optional[TracebackType]) -> Optional[TracebackType]:
    """A traceback from the first frame on that is not ours."""
    while frames and os.path.dirname(os.path.abspath(frames.tb_frame.f_code.co_filename)) == HERE:
        frames = frames.tb_next
    return frames


def show_uncaught(kind: type[BaseException], error: BaseException, frames: Optional[TracebackType]) -> None:
    sys.__excepthook__(kind, error.with_traceback(without_us(frames)), None)


def run_script(path: str, arguments: list[str], journal: Any) -> None:
    from _cellsmith._tap import Tap, is_own

    sys.argv = [path, *arguments]
    sys.path[0] = os.path.dirname(os.path.realpath(path))
    main = ModuleType("__main__")
    main.__dict__.update(__file__=path, __cached__=None, __builtins__=__builtins__)
    main.__loader__ = SourceFileLoader("__main__", path)
    sys.modules["__main__"] = main
    sys.excepthook = show_uncaught
    if journal.file is not None:
        sys.stdout = Tap(sys.stdout, journal.emit, spoken=False)
    try:
        with io.open_code(path) as file:
            code = compile(file.read(), path, "exec", dont_inherit=True)
        exec(code, main.__dict__)
    except Exception as error:
        frames = without_us(error.__traceback__)
        own = [frame for frame in traceback.extract_tb(frames) if is_own(frame.filename)]
        src = {"file": own[-1].filename, "line": own[-1].lineno} if own else None
        if isinstance(error, SyntaxError) and not own:
            src = {"file": error.filename, "line": error.lineno}
        journal.tell_error(error, frames, src)
        raise


def watch_files(journal: Any, workdir: str) -> None:
    from _cellsmith._files import Files

    run = os.environ.get("CELLSMITH_RUN_DIR")
    if run and journal.file is not None:
        # <workspace>/.cellsmith/runs/<run>
        files = Files(journal.tell_file, [workdir, os.path.dirname(os.path.dirname(os.path.dirname(run)))])
        files.watch()
        atexit.register(files.finish)


def main(argv: list[str]) -> int:
    """Returns the exit code where the user's code does not decide it."""
    kind, path, rest = (*argv, "", "")[0], (*argv, "", "")[1], argv[2:]
    if kind not in ("script", "notebook") or not path:
        print(__doc__, file=sys.stderr)
        return 2
    if not os.path.isfile(path):
        print(f"launch: there is no {path}", file=sys.stderr)
        return 2
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    own_package()
    from _cellsmith import _files, _notebook, _runtime, _tap  # noqa: F401 (all of ours before the user's code)

    sys.dont_write_bytecode = writes
    _runtime.die_with_owner()
    journal = _runtime.Journal("main")
    watch_files(journal, os.getcwd())
    if kind == "script":
        run_script(path, rest[1:] if rest[:1] == ["--"] else rest, journal)
        return 0
    executed = rest[1] if rest[:1] == ["--executed"] and len(rest) > 1 else None
    return _notebook.run(path, journal, executed)


if __name__ == "__main__":
    code = main(sys.argv[1:])
    if code:
        sys.exit(code)
