"""The comparison of a pipeline's run with two runs of its notebook, as data: what was compared, and what differs."""

from __future__ import annotations

import contextlib
import io
import pickle
from pathlib import PurePath
from typing import Any, Iterator

from ._compare import SAME, Found, compare, image, text, words
from ._snapshot import snapshot

MANY = 200  # characters of a printed text that a report shows


class Report:
    """Goes through the steps in order. What follows from something the notebook does not repeat may differ too."""

    def __init__(self) -> None:
        self.compared: list[dict[str, Any]] = []
        self.unrepeated: list[dict[str, Any]] = []
        self.shaky = False

    def add(self, kind: str, cell: str, name: str, found: Found, notebook: Any, pipeline: Any) -> None:
        if found.verdict == "unrepeated" or (found.verdict == "different" and self.shaky and found.amount):
            self.shaky = True
            self.unrepeated.append({"kind": kind, "cell": cell, "name": name, "notebook": found.notebook})
            return
        entry = {"kind": kind, "cell": cell, "name": name, "same": found.verdict != "different"}
        entry.update(notebook=notebook, pipeline=pipeline)
        if found.verdict == "rounding":
            entry["rounding"] = found.amount
        if found.verdict == "different":
            entry.update(notebook=found.notebook or notebook, pipeline=found.pipeline or pipeline)
        self.compared.append(entry)


def report(spec: dict[str, Any], first: Any, second: Any, piped: Any) -> dict[str, Any]:
    told = Report()
    for name, step in spec["steps"].items():
        cells = [cell for cell in step["cells"] if cell in first["cells"]]
        last = cells[-1] if cells else ""
        printed(told, cells, first, second, piped["steps"][name]["stdout"], name)
        drawn(told, cells, first, second, piped["steps"][name]["images"], name)
        for output in step["outputs"]:
            key = f"{name}.{output}"
            if key in first["values"] and key in piped["values"]:
                values = [one["values"].get(key, first["values"][key]) for one in (first, second, piped)]
                if values[0][0] in ("opaque", "image"):  # plots are compared as such
                    continue
                told.add("value", last, key, compare(*values), words(values[0]), words(values[2]))
    for name, source in spec["metrics"].items():
        cell = (spec["steps"][source.partition(".")[0]]["cells"] or [""])[-1]
        values = [one["values"].get(source, ("plain", None)) for one in (first, second, piped)]
        if values[0][0] == values[2][0] == "plain" and source in first["values"]:
            told.add("metric", cell, name, compare(*values), values[0][1], values[2][1])
    for name, path in spec["files"].items():
        contents = [one["files"].get(name) for one in (first, second, piped)]
        if contents[0] is not None:
            told.add("file", "", path, of_file(path, *contents), "written", "written" if contents[2] else "not written")
    return {"compared": told.compared, "nondeterministic": told.unrepeated, "with": ", ".join(first["with"])}


def printed(told: Report, cells: list[str], first: Any, second: Any, piped: str, name: str) -> None:
    """A step prints what its cells print, one after the other; a difference is laid at the cell where it starts."""
    rest = piped.splitlines(True)
    for at, cell in enumerate(cells):
        mine, other = first["cells"][cell]["stdout"], second["cells"].get(cell, {}).get("stdout", "")
        count = len(mine.splitlines())
        part = "".join(rest if at == len(cells) - 1 else rest[:count])
        rest = rest[count:]
        if mine or part:
            told.add("stdout", cell, name, text(mine, other, part), mine[:MANY], part[:MANY])


def drawn(told: Report, cells: list[str], first: Any, second: Any, piped: list[bytes], name: str) -> None:
    places = [(cell, at) for cell in cells for at in range(len(first["cells"][cell]["images"]))]
    for number, (cell, at) in enumerate(places):
        mine = first["cells"][cell]["images"][at]
        others = second["cells"].get(cell, {}).get("images", [])
        found = Found("different", "a figure", "no figure")
        if number < len(piped):
            found = image(mine, others[at] if at < len(others) else mine, piped[number])
        told.add("figure", cell, name, found, "a figure", "a figure")
    for _ in piped[len(places) :]:
        told.add("figure", cells[-1] if cells else "", name, Found("different", "no figure", "a figure"), "", "")


def of_file(path: str, first: bytes, second: Any, piped: Any) -> Found:
    """By content: texts as texts, pictures as pictures, pickled objects as values."""
    if first == piped:
        return SAME
    if piped is None:
        return Found("different", "written", "not written")
    second = first if second is None else second
    if PurePath(path).suffix == ".png":
        return image(first, second, piped)
    with contextlib.suppress(UnicodeDecodeError):
        return text(first.decode(), second.decode(), piped.decode())
    for values in loaded([first, second, piped]):
        return compare(*map(snapshot, values))
    return Found("unrepeated" if first != second else "different", f"{len(first)} bytes", f"{len(piped)} bytes")


def loaded(contents: list[bytes]) -> Iterator[list[Any]]:
    with contextlib.suppress(Exception):
        import joblib

        yield [joblib.load(io.BytesIO(content)) for content in contents]
        return
    with contextlib.suppress(Exception):
        yield [pickle.loads(content) for content in contents]
