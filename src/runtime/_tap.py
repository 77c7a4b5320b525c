"""stdout of a recorded run: written as before, and read for numbers line by line.

`loss=0.31 step=4` gives a point of a series; where lines are prose for people (notebooks and pipelines), so does
`AUC 0.811`. The stream stays what it was: same buffer, encoding, isatty.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import sysconfig
from types import FrameType
from typing import Any, Callable, Optional

HERE = os.path.dirname(os.path.abspath(__file__))
LIBRARY = os.path.join(sysconfig.get_path("stdlib"), "")
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?inf|nan"
ASSIGNED = re.compile(rf"(?P<name>[A-Za-z_][\w./-]*)\s?=\s?(?P<value>{NUMBER})(?!\w|\.\d)")
UNIT = r"(?!\s?(?:[KMGT]?i?B|bytes|[mun]?s|sec|seconds|min|minutes)\b)"  # sizes and times are no results
SPOKEN = re.compile(rf"\b(?P<name>[A-Za-z_]+)(?::\s?|\s)(?P<value>[-+]?\d+\.\d+(?:[eE][-+]?\d+)?)(?!\w|\.\d){UNIT}")
COUNTER = re.compile(r"\b(?:step|epoch|iteration|iter)\b\W{0,3}(\d+)", re.IGNORECASE)
LONGEST = 2000  # characters of a line that are read


def is_own(file: str) -> bool:
    """Whether the user wrote this file: no part of Python, no installed package, none of ours."""
    library = file.startswith((LIBRARY, "<frozen", "<string")) or re.search(r"[/\\](site|dist)-packages[/\\]", file)
    return not library and os.path.dirname(os.path.abspath(file)) != HERE and not file.endswith(("_runtime.py", "_values.py"))


def place_of(frame: FrameType) -> dict[str, Any]:
    return {"file": frame.f_code.co_filename, "line": frame.f_lineno}


def patterns(spoken: bool) -> list[re.Pattern[str]]:
    """The user's own pattern, with the groups name and value, or ours."""
    with contextlib.suppress(KeyError, re.error):
        own = re.compile(os.environ["CELLSMITH_METRIC_PATTERN"])
        if {"name", "value"} <= set(own.groupindex):
            return [own]
    return [ASSIGNED, SPOKEN] if spoken else [ASSIGNED]


def numbers_in(line: str, using: list[re.Pattern[str]]) -> dict[str, Any]:
    """Names and values in a line, as the journal writes them; counters such as `step` are left out."""
    found: dict[str, Any] = {}
    words = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
    for pattern in using:
        for match in pattern.finditer(line):
            with contextlib.suppress(TypeError, ValueError):
                if not COUNTER.match(f"{match['name']} 0"):
                    value = float(match["value"])
                    found.setdefault(match["name"], words.get(str(value), value))
    return found


class Tap(io.TextIOWrapper):
    """A text stream over another one's buffer.

    `emit` writes an event; `known` are names (in lower case) that are recorded exactly elsewhere, so that a line that
    only speaks of them is passed over; `source` tells where a frame is; `heard` gets every text that is written.
    """

    def __init__(
        self,
        stream: Any,
        emit: Optional[Callable[..., None]] = None,
        known: frozenset[str] = frozenset(),
        spoken: bool = True,
        source: Callable[[FrameType], dict[str, Any]] = place_of,
        heard: Optional[Callable[[str], None]] = None,
    ) -> None:
        through = bool(getattr(stream, "write_through", False))
        super().__init__(stream.buffer, stream.encoding, stream.errors, None, stream.line_buffering, through)
        setattr(self, "mode", "w")  # as the interpreter does
        self.original = stream
        self.emit, self.known, self.source, self.heard = emit, known, source, heard
        self.patterns = patterns(spoken)
        self.partial = ""
        self.counts: dict[str, int] = {}

    def write(self, text: str) -> int:
        written = super().write(text)
        if self.heard:
            self.heard(text)
        if self.emit:
            try:
                *lines, self.partial = re.split(r"[\r\n]", self.partial + text)
                self.partial = self.partial[-LONGEST:]
                for line in lines:
                    if any(char.isdigit() for char in line) or "=" in line:
                        self.look(line[:LONGEST])
            except Exception:  # a line that cannot be read for numbers was still printed
                self.partial = ""
        return written

    def release(self) -> Any:
        """Give the stream back; without this, collecting the tap would close it."""
        self.flush()
        self.detach()
        return self.original

    def look(self, line: str) -> None:
        """Tell of the numbers in a line that was just completed by whoever called write."""
        values, counter = numbers_in(line, self.patterns), COUNTER.search(line)
        if counter is None:
            values = {name: value for name, value in values.items() if name.lower() not in self.known}
        if not values or self.emit is None:
            return
        frame: Optional[FrameType] = sys._getframe(2)
        while frame and not is_own(frame.f_code.co_filename):
            frame = frame.f_back
        at = int(counter[1]) if counter else max(self.counts.get(name, 0) for name in values)
        self.counts.update(dict.fromkeys(values, at + 1))
        self.emit("m", s=at, values=values, src=self.source(frame) if frame else None)
