"""Which files a run reads and writes, from Python's own audit events: no library is patched.

Only what lies in the workspace or in the folder of the run is of interest, and neither code nor anything installed.
What libraries open in C alone raises no event and is not seen.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from typing import Any, Callable

CODE = (".py", ".pyc", ".pyi", ".pyd", ".so", ".dll", ".dylib", ".pth", ".ipynb", ".jsonl")
NOT_DATA = re.compile(r"[/\\](\.cellsmith|\.git|\.venv|venv|__pycache__|site-packages|dist-packages|node_modules)[/\\]")
WRITES = os.O_WRONLY | os.O_RDWR


class Files:
    """Tells of every file once when it is first read, and of every written one again at the end with its size."""

    def __init__(self, tell: Callable[[str, str], None], roots: list[str]) -> None:
        self.tell = tell
        self.roots = tuple({os.path.join(os.path.abspath(root), "") for root in roots})
        self.read: set[str] = set()
        self.written: dict[str, None] = {}
        self.pid = os.getpid()

    def watch(self) -> None:
        sys.addaudithook(self.hear)

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        if event not in ("open", "os.rename") or os.getpid() != self.pid:
            return
        with contextlib.suppress(Exception):  # an audit hook that raises would stop the user's open()
            if event == "os.rename":
                source, target = (os.path.abspath(os.fsdecode(path)) for path in args[:2])
                if source in self.written:
                    del self.written[source]
                    self.note(target, True)
            elif isinstance(args[0], (str, bytes, os.PathLike)):
                mode, flags = args[1], args[2]
                writes = any(char in mode for char in "wax+") if isinstance(mode, str) else bool(flags & WRITES)
                self.note(os.path.abspath(os.fsdecode(args[0])), writes)

    def note(self, path: str, writes: bool) -> None:
        if not path.startswith(self.roots) or path.endswith(CODE) or NOT_DATA.search(path):
            return
        if writes:
            self.written.setdefault(path)
        elif path not in self.read and path not in self.written and os.path.isfile(path):
            self.read.add(path)
            self.tell("in", path)

    def finish(self) -> None:
        """Tell of what was written and is still there."""
        for path in [path for path in self.written if os.path.isfile(path)]:
            self.tell("art", path)
