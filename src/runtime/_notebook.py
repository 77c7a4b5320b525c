"""Runs a notebook's cells in this process, in order, and writes a copy with the outputs. The notebook is never written.

With IPython its shell runs the cells; without it a small one does, for plain Python and the magics that change no
result. What that one cannot run is refused before anything runs.
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import contextlib
import importlib.util
import inspect
import json
import linecache
import os
import pprint
import re
import signal
import sys
import tempfile
import time
import traceback
from base64 import b64encode
from pathlib import Path
from types import FrameType, ModuleType, TracebackType
from typing import Any, Callable, NamedTuple, Optional

from ._runtime import Problem, code_cells
from ._tap import Tap, is_own, place_of
from ._values import print_as_in_jupyter

HARMLESS = re.compile(r"(\s*)%(matplotlib|load_ext|reload_ext|autoreload|config|precision|pprint)\b")
TIMED = re.compile(r"(\s*)%time\s+(\S.*)")
ESCAPED = re.compile(r"^\s*(%{1,2}[A-Za-z]|!|\?)|\?\s*$|^[^#'\"]*=\s*(%[A-Za-z]|!)")
FORMATS = {"html": "text/html", "markdown": "text/markdown", "latex": "text/latex", "svg": "image/svg+xml"}


class Cell(NamedTuple):
    id: str
    number: int  # among all cells, from 1
    source: str


class Shown(dict[str, Any]):
    """An output with data; `drawn` where pyplot shows its open figures by itself."""

    drawn = False


def drawn_by_pyplot() -> bool:
    frame: Optional[FrameType] = sys._getframe(1)
    while frame and not frame.f_code.co_filename.endswith(("backend_inline.py", "_figures.py")):
        frame = frame.f_back
    return frame is not None


class Notebook:
    """The document, its code cells, and the outputs of this run."""

    def __init__(self, path: str) -> None:
        self.path = os.path.abspath(path)
        self.name = os.path.basename(path)
        try:
            self.cells = [Cell(*cell) for cell in code_cells(Path(path))]
            self.document = self.load()
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise Problem(f"{self.name} cannot be read as a notebook") from None
        self.outputs: list[dict[str, Any]] = []
        self.all: list[dict[str, Any]] = []  # of the cell, with what it cleared again
        self.count = 0

    def load(self) -> dict[str, Any]:
        if self.path.endswith(".ipynb"):
            document: dict[str, Any] = json.loads(Path(self.path).read_text("utf-8-sig"))
        else:
            cells = [{"cell_type": "code", "metadata": {}, "source": cell.source} for cell in self.cells]
            document = {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4}
            document["nbformat_minor"] = 4
            self.cells = [cell._replace(number=at) for at, cell in enumerate(self.cells, 1)]
        for cell in document["cells"]:
            if cell.get("cell_type") == "code":
                cell.update(outputs=[], execution_count=None)
        return document

    def filename(self, cell: Cell) -> str:
        return f"{self.name}, cell {cell.number}"

    def begin(self, cell: Cell) -> None:
        self.count += 1
        raw = self.document["cells"][cell.number - 1]
        raw["execution_count"] = self.count
        self.outputs, self.all = raw["outputs"], []

    def hear(self, name: str, text: str) -> None:
        for outputs in (self.outputs, self.all):
            if outputs and outputs[-1].get("name") == name:
                outputs[-1]["text"] += text
            elif text:
                outputs.append({"output_type": "stream", "name": name, "text": text})

    def display(self, data: dict[str, Any], metadata: Optional[dict[str, Any]] = None, result: bool = False) -> None:
        output = Shown(output_type="display_data", metadata=metadata or {}, data=plain(data))
        output.drawn = "image/png" in data and drawn_by_pyplot()
        if result:
            output.update(output_type="execute_result", execution_count=self.count)
        self.outputs.append(output)
        self.all.append(output)

    def fail(self, error: BaseException, lines: list[str]) -> None:
        output = {"output_type": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": lines}
        self.outputs.append(output)

    def write(self, target: str) -> None:
        """Write the executed copy: all of it or nothing."""
        folder = os.path.dirname(os.path.abspath(target))
        os.makedirs(folder, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(self.document, file, indent=1, ensure_ascii=False, default=str)
            file.write("\n")
        os.replace(temporary, target)


def plain(data: dict[str, Any]) -> dict[str, Any]:
    """A MIME bundle as JSON has it; IPython may give bytes."""
    return {key: b64encode(value).decode() if isinstance(value, bytes) else value for key, value in data.items()}


class PlainShell:
    """Runs cells with the standard library: the last expression is displayed, figures are, `_` is the last result."""

    def __init__(self, notebook: Notebook, main: ModuleType) -> None:
        self.notebook, self.names = notebook, main.__dict__
        self.sources = [self.python(cell) for cell in notebook.cells]
        self.names.update(_="", display=self.display)
        setattr(sys.modules["_cellsmith"], "display", notebook.display)
        self.loop: Optional[asyncio.AbstractEventLoop] = None
        backend = os.environ.get("MPLBACKEND", "")
        if not backend or backend.startswith("module://matplotlib_inline"):
            os.environ["MPLBACKEND"] = "module://_cellsmith._figures"

    def python(self, cell: Cell) -> str:
        """The cell as plain Python, line for line."""
        with contextlib.suppress(SyntaxError, ValueError):
            compiled(cell.source, "")
            return cell.source
        lines = cell.source.split("\n")
        for row, line in enumerate(lines):
            timed = TIMED.match(line)
            harmless = HARMLESS.match(line)
            if timed:
                lines[row] = timed[1] + timed[2]
            elif harmless:
                lines[row] = harmless[1] and f"{harmless[1]}pass"
            elif re.match(r"%%time\s*$", line) and not "".join(lines[:row]).strip():
                lines[row] = ""
            elif ESCAPED.search(line):
                with contextlib.suppress(SyntaxError, ValueError):
                    compiled("\n".join(lines), "")
                    break
                where = f"{self.notebook.name}, cell {cell.number}"
                raise Problem(f"{where}: `{line.strip()}` needs IPython: pip install ipython")
        return "\n".join(lines)

    def run(self, cell: Cell) -> Optional[BaseException]:
        source = self.sources[self.notebook.cells.index(cell)]
        name = self.notebook.filename(cell)
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        begin = time.perf_counter()
        try:
            tree = compiled(source, name)
            last = tree.body[-1] if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            if last is not None:
                tree.body.pop()
            self.execute(tree, name)
            if last is not None:
                value = self.execute(ast.Expression(last.value), name)
                if value is not None and not re.search(r";\s*(#.*)?$", source):
                    self.names["_"] = value
                    self.display(value, result=True)
            self.flush()
        except BaseException as error:
            return error
        if cell.source.lstrip().startswith("%%time"):
            print(f"Wall time: {time.perf_counter() - begin:.3g} s")
        return None

    def execute(self, tree: ast.AST, name: str) -> Any:
        mode = "eval" if isinstance(tree, ast.Expression) else "exec"
        code = compile(tree, name, mode, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)  # type: ignore[arg-type]
        result = eval(code, self.names)
        if code.co_flags & inspect.CO_COROUTINE:
            self.loop = self.loop or asyncio.new_event_loop()
            return self.loop.run_until_complete(result)
        return result

    def display(self, *values: Any, result: bool = False, **_: Any) -> None:
        for value in values:
            self.notebook.display(bundle(value), result=result)

    def flush(self) -> None:
        """Show the figures that are still open, as Jupyter does after each cell."""
        figures = sys.modules.get("_cellsmith._figures")
        if figures:
            figures.show()


def compiled(source: str, name: str) -> ast.Module:
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree: ast.Module = compile(source, name, "exec", flags, dont_inherit=True)
    return tree


def bundle(value: Any) -> dict[str, Any]:
    """The forms in which a value can be shown."""
    built_in = type(value) in (dict, list, tuple, set, frozenset)
    text = pprint.pformat(value, width=79, sort_dicts=False) if built_in else repr(value)
    data: dict[str, Any] = {"text/plain": text}
    for name, kind in FORMATS.items():
        with contextlib.suppress(Exception):
            shown = getattr(value, f"_repr_{name}_")()
            data.update({kind: shown} if shown is not None else {})
    with contextlib.suppress(Exception):
        data.update(value._repr_mimebundle_() or {})
    if "matplotlib.figure" in sys.modules and isinstance(value, sys.modules["matplotlib.figure"].Figure):
        from . import _figures

        data.update(_figures.bundle(value))
    return data


def ipython_shell(notebook: Notebook, main: ModuleType) -> Any:
    """IPython's own shell with our places for what it displays; ImportError where there is no IPython."""
    from IPython.core.compilerop import CachingCompiler
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets import Type
    from traitlets.config import Config

    class Compiler(CachingCompiler):  # type: ignore[misc]
        def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
            return Shell.current or str(super().get_code_name(raw_code, transformed_code, number))

    class Publisher(DisplayPublisher):  # type: ignore[misc]
        def publish(self, data: Any, metadata: Any = None, *, update: bool = False, **more: Any) -> None:
            known = (more.get("transient") or {}).get("display_id")
            for output in self.shown.get(known, []) if update else []:
                output.update(data=plain(data), metadata=metadata or {})
            if not update:
                notebook.display(data, metadata)
                self.shown.setdefault(known, []).append(notebook.outputs[-1])

        def clear_output(self, wait: bool = False) -> None:
            notebook.outputs.clear()

    class Hook(DisplayHook):  # type: ignore[misc]
        def start_displayhook(self) -> None: ...

        def write_output_prompt(self) -> None: ...

        def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
            notebook.display(format_dict, md_dict, result=True)

        def finish_displayhook(self) -> None: ...

    class Shell(InteractiveShell):  # type: ignore[misc]
        current: Optional[str] = None
        compiler_class = Type(Compiler)
        displayhook_class = Type(Hook)
        display_pub_class = Type(Publisher)

        def enable_gui(self, gui: Any = None) -> None: ...

        def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
            notebook.fail(evalue, list(stb))

        def run(self, cell: Cell) -> Optional[BaseException]:
            Shell.current = notebook.filename(cell)
            result = self.run_cell(cell.source, store_history=True)
            error: Optional[BaseException] = result.error_before_exec or result.error_in_exec
            return error

    Publisher.shown = {}
    if not os.environ.get("MPLBACKEND") and importlib.util.find_spec("matplotlib_inline"):
        os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # as Jupyter does
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    with tempfile.TemporaryDirectory(prefix="cellsmith-") as folder:  # for a profile that nobody needs
        shell = Shell.instance(config=config, ipython_dir=folder, user_module=main, user_ns=main.__dict__)
    shell.set_hook("show_in_pager", lambda *_, **__: None, 99)  # help is shown beside a notebook, not in it
    shell.db = {}  # where %cd and %store keep things: on disk, it would make the folder anew
    return shell


def new_main(notebook: Notebook) -> ModuleType:
    main = ModuleType("__main__", "Automatically created module for IPython interactive environment")
    main.__dict__.update(__builtins__=builtins, __vsc_ipynb_file__=notebook.path)
    sys.modules["__main__"] = main
    return main


def own_frames(error: BaseException, names: set[str]) -> Optional[TracebackType]:
    """The traceback from the first frame of a cell on."""
    frames = error.__traceback__
    while frames and frames.tb_frame.f_code.co_filename not in names:
        frames = frames.tb_next
    return frames


Done = Callable[[Cell, list[dict[str, Any]], dict[str, Any]], None]
Begin = Callable[[Cell, dict[str, Any]], None]


def run(
    path: str, journal: Any, executed: Optional[str], done: Optional[Done] = None, begin: Optional[Begin] = None
) -> int:
    """Run a notebook; returns the exit code.

    `begin` is called before each cell with the names so far; `done` after it, with its outputs too, those that it
    cleared again among them.
    """
    try:
        notebook = Notebook(path)
    except Problem as problem:
        print(f"{problem}", file=sys.stderr)
        return 2
    sys.argv = [notebook.path]
    sys.path[0] = os.getcwd()
    print_as_in_jupyter()
    main = new_main(notebook)
    cells = {notebook.filename(cell): cell for cell in notebook.cells}

    def source(frame: FrameType) -> dict[str, Any]:
        place = place_of(frame)
        cell = cells.get(place["file"])
        return {"file": notebook.path, "cell": cell.id, "line": place["line"]} if cell else place

    try:
        try:
            shell = ipython_shell(notebook, main)
        except ImportError:
            shell = PlainShell(notebook, main)
    except Problem as problem:
        print(f"{problem}", file=sys.stderr)
        return 2
    emit = journal.emit if journal.file is not None else None
    taps = (
        Tap(sys.stdout, emit, source=source, heard=lambda text: notebook.hear("stdout", text)),
        Tap(sys.stderr, heard=lambda text: notebook.hear("stderr", text)),
    )
    sys.stdout, sys.stderr = taps
    with contextlib.suppress(ValueError, OSError):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        for cell in notebook.cells:
            if not cell.source.strip():
                continue
            if begin:
                begin(cell, main.__dict__)
            notebook.begin(cell)
            error = shell.run(cell)
            sys.stdout.flush()
            if error is not None:
                return failed(notebook, cell, cells, error, journal)
            if done:
                done(cell, notebook.all, main.__dict__)
        return 0
    finally:
        sys.stdout, sys.stderr = taps[0].release(), taps[1].release()
        if executed:
            notebook.write(executed)
            size = os.path.getsize(executed)
            journal.emit("art", name=os.path.basename(executed), path=executed, kind="notebook", size=size)


def failed(notebook: Notebook, cell: Cell, cells: dict[str, Cell], error: BaseException, journal: Any) -> int:
    """Show an exception that a cell let through; returns the exit code."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    frames = own_frames(error, set(cells))
    lines = traceback.format_exception(type(error), error, frames)
    if not notebook.outputs or notebook.outputs[-1]["output_type"] != "error":
        notebook.fail(error, "".join(lines).splitlines())
    if isinstance(error, KeyboardInterrupt):
        print(f"{notebook.name}: cancelled in cell {cell.number}", file=sys.__stderr__)
        return 130
    own = [frame for frame in traceback.extract_tb(frames) if frame.filename in cells or is_own(frame.filename)]
    src: dict[str, Any] = {"file": notebook.path, "cell": cell.id}
    if own and own[-1].filename in cells:
        src.update(cell=cells[own[-1].filename].id, line=own[-1].lineno)
    elif own:
        src = {"file": own[-1].filename, "line": own[-1].lineno}
    elif isinstance(error, SyntaxError):
        src["line"] = error.lineno
    journal.tell_error(error, frames, src)
    sys.stdout.flush()
    print("".join(lines), file=sys.__stderr__, end="")
    print(f"{notebook.name}: cell {cell.number} failed", file=sys.__stderr__, flush=True)
    return 1
