"""Which files a run made, changed or removed in its scratch copy: the folder before and after, so that native code counts."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

SKIPPED = ("__pycache__", ".ipynb_checkpoints", ".cellsmith", ".git")
MOST = 64 * 1024 * 1024  # bytes of a file that are kept to be compared; of a longer one its end counts


class State(NamedTuple):
    size: int
    changed: int
    place: int


def files_below(folder: str) -> dict[str, State]:
    """By path relative to the folder, with forward slashes; links are followed where they lead to a file."""
    found: dict[str, State] = {}
    for at, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in SKIPPED]
        linked = [name for name in folders if os.path.islink(os.path.join(at, name))]
        for name in (*names, *linked):
            path = os.path.join(at, name)
            try:
                stat = os.stat(path)
            except OSError:
                continue
            found[os.path.relpath(path, folder).replace(os.sep, "/")] = State(stat.st_size, stat.st_mtime_ns, stat.st_ino)
    return found


class Tree:
    """Names of files are relative to `workdir`, a folder in the copy, as the notebook calls them."""

    def __init__(self, folder: str, workdir: str, without: list[str]) -> None:
        self.folder, self.workdir = folder, workdir
        self.without = tuple(os.path.join(path, "") for path in without)
        self.before = files_below(folder)

    def ours(self, name: str) -> bool:
        return os.path.join(self.folder, name).startswith(self.without) or name.endswith(".pyc")

    def changes(self) -> dict[str, Any]:
        """Contents of what is new or changed since the beginning; None for what is gone."""
        after = files_below(self.folder)
        named = [name for name in after if after[name] != self.before.get(name) and not self.ours(name)]
        gone = [name for name in self.before if name not in after and not self.ours(name)]
        changes = {**{name: content(os.path.join(self.folder, name)) for name in named}, **dict.fromkeys(gone)}
        return {self.called(name): change for name, change in changes.items()}

    def called(self, name: str) -> str:
        return os.path.relpath(os.path.join(self.folder, name), self.workdir).replace(os.sep, "/")

    def through_links(self) -> list[str]:
        """The user's own files that were changed through a link, by a library that asks nobody."""
        after = files_below(self.folder)
        changed = [os.path.join(self.folder, name) for name in after if name in self.before and after[name] != self.before[name]]
        return [os.path.realpath(path) for path in changed if os.path.islink(path)]


def content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(max(0, size - MOST))
            return (b"" if size <= MOST else str(size).encode()) + file.read()
    except OSError:
        return b""
