"""What a run does outside its scratch copy, from Python's audit events; what nobody agreed to is stopped, by name.

Hosts, programs, databases and files are told apart. Native code that opens a file raises no event: where the kernel can
(Landlock, on Linux), it holds the rest of the disk read-only for this process and all that it starts.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import socket
import sys
import tempfile
from types import FrameType
from typing import Any, Iterator, Optional

from ._tap import HERE, LIBRARY, is_own

CELL = re.compile(r", cell (\d+)$")
SHELLS = re.compile(r"[/\\](IPython|pexpect|ptyprocess)[/\\]")  # what runs a cell's `!ls`
WRITES = os.O_WRONLY | os.O_RDWR
CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.link", "os.symlink")
PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile")
NEARBY = ("127.", "::1", "localhost", "0.0.0.0")


class Outside(PermissionError):
    """Raised where a run would reach outside; the check ends with its sentence whatever the notebook makes of it."""


class Watch:
    """Tells of each effect once, as a line of JSON in `target`.

    `protect` are the user's own folders, where nothing is ever written; `scratch` is the copy; `agreed` are the kinds of
    effect that a person said yes to, or all.
    """

    def __init__(self, target: str, protect: list[str], scratch: str, agreed: list[str]) -> None:
        self.target, self.agreed = target, agreed
        self.protected = tuple(os.path.join(os.path.realpath(folder), "") for folder in protect)
        self.inside = (os.path.join(os.path.realpath(scratch), ""),)
        self.temporary = tuple({os.path.join(os.path.realpath(one), "") for one in (tempfile.gettempdir(), "/tmp")})
        self.home = os.path.realpath(os.path.expanduser("~"))
        self.told: set[tuple[str, str]] = set()
        self.busy = False

    def start(self) -> None:
        if not set(self.agreed) & {"shell", "file", "database", "all"}:
            self.lock()
        sys.addaudithook(self.hear)

    def lock(self) -> None:
        home = (os.path.join(self.home, name) for name in os.listdir(self.home)) if os.path.isdir(self.home) else ()
        caches = [path for path in home if os.path.basename(path).startswith(".") and os.path.isdir(path)]
        free = [folder for folder in self.temporary if not any(one.startswith(folder) for one in self.protected)]
        hold([*self.inside, *free, *caches, "/dev", "/proc", "/run"], self.protected)

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        if self.busy or not (event == "open" or event.startswith(("os.", "subprocess.", "socket.", "sqlite3."))):
            return
        self.busy = True
        try:
            for kind, what, stops in self.effects(event, args):
                self.note(kind, what, stops and kind not in self.agreed and "all" not in self.agreed)
        finally:
            self.busy = False

    def effects(self, event: str, args: tuple[Any, ...]) -> Iterator[tuple[str, str, bool]]:
        """Kind, what it reaches, and whether that is to be stopped."""
        if event == "open":
            mode, flags = args[1], args[2]
            if any(char in mode for char in "wax+") if isinstance(mode, str) else flags & WRITES:
                yield from self.written(args[0])
        elif event in CHANGES:
            for path in args[:2] if event in ("os.rename", "os.link") else args[1:2] if event == "os.symlink" else args[:1]:
                yield from self.written(path)
        elif event in PROGRAMS:
            words = args[1] if event == "subprocess.Popen" else args[0]
            text = words if isinstance(words, (str, bytes)) else " ".join(map(os.fsdecode, words or ()))
            if called_by_user():
                yield "shell", os.fsdecode(text)[:80], True
        elif event == "socket.getaddrinfo" or event == "socket.gethostbyname":
            host = os.fsdecode(args[0] or b"") if not isinstance(args[0], str) else args[0]
            if host and not host.startswith(NEARBY) and host != socket.gethostname():
                yield "network", host, True
        elif event == "socket.connect" and isinstance(args[1], tuple):
            host = str(args[1][0])
            yield "network", f"{host}:{args[1][1]}" if host.startswith(NEARBY) else host, not host.startswith(NEARBY)
        elif event == "sqlite3.connect":
            name = os.fsdecode(args[0]) if isinstance(args[0], (str, bytes)) else ""
            if name not in ("", ":memory:") and not name.startswith("file:"):
                yield from (("database", what, stops) for _, what, stops in self.written(name))

    def written(self, path: Any) -> Iterator[tuple[str, str, bool]]:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        full = os.path.realpath(os.fsdecode(path))
        if "__pycache__" in full or full.startswith(("/dev/", "/proc/")):
            return
        if full.startswith(self.inside):
            return
        if full.startswith(self.protected) or (full + os.sep).startswith(self.protected):
            raise self.stopped("file", full, own=True)
        if os.path.relpath(full, self.home).startswith(".") and full.startswith(self.home):
            return  # what libraries keep for themselves
        yield "file", full, not full.startswith(self.temporary)

    def note(self, kind: str, what: str, stops: bool) -> None:
        if stops:
            raise self.stopped(kind, what)
        self.tell(kind, what, False)

    def stopped(self, kind: str, what: str, own: bool = False) -> Outside:
        self.tell(kind, what, True, own)
        if kind == "file":
            return Outside(f"a check writes nothing to {what}; make the path relative or a setting")
        verb = {"network": "connects to", "shell": "runs", "database": "opens the database"}[kind]
        return Outside(f"this {verb} {what}, which nobody agreed to")

    def tell(self, kind: str, what: str, stopped: bool, own: bool = False) -> None:
        """`own` is what lies in the user's own folder, where nobody can agree to it."""
        if (kind, what) in self.told:
            return
        self.told.add((kind, what))
        cell = number_of_cell(sys._getframe(1))
        with contextlib.suppress(OSError), open(self.target, "a", encoding="utf-8") as file:
            file.write(json.dumps({"kind": kind, "what": what, "cell": cell, "stopped": stopped, "own": own}) + "\n")


def frames(frame: Optional[FrameType]) -> Iterator[str]:
    while frame:
        yield frame.f_code.co_filename
        frame = frame.f_back


def number_of_cell(frame: FrameType) -> Optional[int]:
    """Of the notebook's cell that is running, among all cells from 1."""
    found = (CELL.search(name) for name in frames(frame))
    return next((int(match[1]) for match in found if match), None)


def called_by_user() -> bool:
    """Whether the nearest code outside Python's own library is the user's: libraries look at the machine with programs."""
    for name in frames(sys._getframe(2)):
        if not name.startswith((LIBRARY, "<frozen", HERE)) and not SHELLS.search(name):
            return bool(CELL.search(name)) or is_own(name)
    return False


# Rights of Landlock: all that changes something, by the version that knows them.
RIGHTS = {1: 0b1_1111_1111_0010, 2: 1 << 13, 3: 1 << 14}
NEW_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446


def hold(writable: list[str], protected: tuple[str, ...]) -> bool:
    """Let this process and its children change nothing but what lies below `writable`. False where that cannot be done."""
    if sys.platform != "linux" or not protected:
        return False
    with contextlib.suppress(OSError, AttributeError, ValueError):
        libc = ctypes.CDLL(None, use_errno=True)
        version = libc.syscall(NEW_RULESET, None, ctypes.c_size_t(0), 1)
        if version < 2:  # the first one refuses to move a file from folder to folder
            return False
        rights = sum(bits for since, bits in RIGHTS.items() if version >= since)
        ruleset = libc.syscall(NEW_RULESET, ctypes.byref(ctypes.c_uint64(rights)), ctypes.c_size_t(8), 0)
        if ruleset < 0:
            return False
        for path in writable:
            with contextlib.suppress(OSError):
                place = os.open(path, os.O_PATH | os.O_CLOEXEC)
                rule = ctypes.create_string_buffer(rights.to_bytes(8, "little") + place.to_bytes(4, "little", signed=True))
                libc.syscall(ADD_RULE, ruleset, 1, rule, 0)
                os.close(place)
        held = libc.prctl(38, 1, 0, 0, 0) == 0 and libc.syscall(RESTRICT_SELF, ruleset, 0) == 0
        os.close(ruleset)
        return bool(held)
    return False
