"""The comparison of a pipeline's run with runs of its notebook, as data: what was compared, and what differs."""

from __future__ import annotations

import contextlib
import io
import pickle
from pathlib import PurePath
from typing import Any, Callable, Iterator

from ._compare import ORDER, SAME, Found, alike, compare, image, text, words
from ._snapshot import snapshot

MANY = 200  # characters of a printed text that a report shows


class Report:
    """Goes through the steps in order.

    `runs` are the notebook's, at least one; the others say how far the notebook repeats the first. Of saved outputs there is
    one alone, which cannot say so.
    """

    def __init__(self, spec: dict[str, Any], runs: list[Any], piped: Any) -> None:
        self.spec, self.first, self.others, self.piped = spec, runs[0], runs[1:] or runs, piped
        self.is_saved = spec["basis"] == "saved outputs"
        self.compared: list[dict[str, Any]] = []
        self.unrepeated: list[dict[str, Any]] = []
        self.not_compared: list[dict[str, Any]] = []

    def least(self, find: Callable[[Any], Found]) -> Found:
        """What the run that says most for the pipeline says: each shows how far the notebook repeats itself."""
        return min((find(other) for other in self.others), key=seriousness)

    def add(self, kind: str, cell: str, name: str, found: Found, notebook: Any, pipeline: Any) -> None:
        if found.verdict == "unrepeated":
            entry = {"kind": kind, "cell": cell, "name": name, "notebook": found.notebook}
            self.unrepeated.append({**entry, **self.seed(cell)})
            return
        entry = {"kind": kind, "cell": cell, "name": name, "same": found.verdict != "different"}
        entry.update(notebook=notebook, pipeline=pipeline)
        if found.verdict == "rounding":
            entry["rounding"] = found.amount
        if found.verdict == "different":
            entry.update(notebook=found.notebook or notebook, pipeline=found.pipeline or pipeline)
        self.compared.append(entry)

    def seed(self, cell: str) -> dict[str, Any]:
        """The first cell that draws from a generator nobody seeded, up to the one where the difference shows."""
        cells = list(self.first["cells"])
        for at in cells[: cells.index(cell) + 1] if cell in cells else cells:
            draws = self.first["cells"][at].get("draws", {})
            other = self.others[0]["cells"].get(at, {}).get("draws", {})
            unseeded = [name for name in draws if draws[name] != other.get(name)]
            if unseeded:
                return {"drawn": unseeded[0], "drawn in": at}
        return {}

    # --- what a step prints and shows ---

    def steps(self) -> None:
        for name, step in self.spec["steps"].items():
            cells = [cell for cell in step["cells"] if cell in self.first["cells"]]
            if self.is_saved and len(cells) < len(step["cells"]):
                self.leave(step["cells"], name, "cells without saved outputs")
                if not cells:
                    continue
            mine = self.piped["steps"].get(name, {"stdout": "", "images": [], "displays": []})
            self.printed(cells, mine["stdout"], name)
            self.shown("display", cells, mine["displays"], name, step["dropped"])
            self.shown("figure", cells, mine["images"], name, step["dropped"])
            self.values(cells, name, step["outputs"])
            self.identity(cells, name)

    def printed(self, cells: list[str], piped: str, name: str) -> None:
        """A step prints what its cells print, one after the other; a difference is laid at the cell where it starts."""
        rest = piped.splitlines(True)
        for at, cell in enumerate(cells):
            mine = self.first["cells"][cell]["stdout"]
            count = len(mine.splitlines())
            part = "".join(rest if at == len(cells) - 1 else rest[:count])
            rest = rest[count:]
            if mine or part:
                found = self.least(lambda other: text(mine, stdout_of(other, cell), part))
                self.add("stdout", cell, name, found, mine[:MANY], part[:MANY])

    def shown(self, kind: str, cells: list[str], piped: list[Any], name: str, dropped: list[str]) -> None:
        """Displays or figures, in order. What a last line shows, or a line that was not carried over, need not come."""
        part = {"display": "displays", "figure": "images"}[kind]
        mine = [(cell, at, *one) for cell in cells for at, one in enumerate(self.first["cells"][cell][part])]
        must = [by == "pyplot" or (by == "display" and cell not in dropped) for cell, _, by, _ in mine]
        rest = list(piped)
        for place, (cell, at, _, what) in enumerate(mine):
            if rest and (must[place] or len(rest) > sum(must[place:])):
                others = [nth(other, cell, part, at, what) for other in self.others]
                found = min((self.alike(kind, what, other, rest[0]) for other in others), key=seriousness)
                if must[place] or found.verdict != "different" or len(rest) == len(mine) - place:
                    self.add(kind, cell, name, found, told(kind, what), told(kind, rest.pop(0)))
                    continue
            if must[place]:
                self.add(kind, cell, name, Found("different", told(kind, what), f"no {kind}"), "", "")
            else:
                self.not_compared.append({"kind": kind, "cell": cell, "name": name, "why": "not carried over"})
        for what in rest:
            last = cells[-1] if cells else ""
            self.add(kind, last, name, Found("different", f"no {kind}", told(kind, what)), "", "")

    def alike(self, kind: str, first: Any, second: Any, piped: Any) -> Found:
        if kind == "figure":
            return alike(first, piped) if self.is_saved else image(first, second, piped)
        forms = [form for form in first if form in piped]
        found = [text(first[form], second.get(form, ""), piped[form]) for form in forms]
        if not forms:
            return Found("different", told(kind, first), told(kind, piped))
        return max(found, key=seriousness)

    # --- what a step gives ---

    def values(self, cells: list[str], name: str, outputs: list[str]) -> None:
        for output in outputs:
            key = f"{name}.{output}"
            if key not in self.first["values"] or key not in self.piped["values"]:
                continue
            mine, piped = self.first["values"][key], self.piped["values"][key]
            if mine[0] in ("opaque", "image"):  # plots are compared as such
                if mine[0] == "opaque":
                    self.not_compared.append({"kind": "value", "cell": "", "name": key, "why": f"{mine[1]} cannot be looked into"})
                continue
            found = self.least(lambda other: compare(mine, other["values"].get(key, mine), piped))
            self.add("value", cells[-1] if cells else "", key, found, words(mine), words(piped))

    def identity(self, cells: list[str], name: str) -> None:
        """Names that are one object in the notebook are one in the pipeline, and no others are."""
        for way, place in (("in", cells[:1]), ("out", cells[-1:])):
            mine, piped = (record["same"].get((name, way), {}) for record in (self.first, self.piped))
            for pair, is_one in mine.items():
                if pair not in piped or not (is_one or piped[pair]):
                    continue
                says = [f"{pair[0]} is {'' if one else 'not '}{pair[1]}" for one in (is_one, piped[pair])]
                found = SAME if is_one == piped[pair] else Found("different", *says)
                self.add("identity", (place or [""])[0], f"{name}: {pair[0]} is {pair[1]}", found, *says)

    def metrics(self) -> None:
        for name, source in self.spec["metrics"].items():
            cell = (self.spec["steps"][source.partition(".")[0]]["cells"] or [""])[-1]
            mine, piped = (one["values"].get(source, ("plain", None)) for one in (self.first, self.piped))
            if mine[0] == piped[0] == "plain" and source in self.first["values"]:
                found = self.least(lambda other: compare(mine, other["values"].get(source, mine), piped))
                self.add("metric", cell, name, found, mine[1], piped[1])

    def files(self) -> None:
        """Files that the notebook makes, changes or removes."""
        mine, piped = self.first["files"], self.piped["files"]
        if mine is None:  # saved outputs do not know
            return
        lost = [name for name in mine if name not in piped]
        names_vary = any(set(other["files"]) != set(mine) for other in self.others)
        for name, content in mine.items():
            others = [other["files"] for other in self.others]
            if all(name not in other for other in others):
                self.add("file", "", name, Found("unrepeated", "written once"), "", "")
            elif name in lost and self.spec["left out"]:
                self.not_compared.append({"kind": "file", "cell": "", "name": name, "why": "a cell that was left out may write it"})
            elif name in lost:
                self.add("file", "", name, Found("different", verb(content), f"not {verb(content)}"), "", "")
            else:
                found = self.least(lambda other: of_file(name, content, other["files"].get(name), piped[name]))
                self.add("file", "", name, found, verb(content), verb(piped[name]))
        for name in piped:
            if name not in mine and not names_vary:
                self.add("file", "", name, Found("different", f"not {verb(piped[name])}", verb(piped[name])), "", "")

    def leave(self, cells: list[str], name: str, why: str) -> None:
        self.not_compared.append({"kind": "stdout", "cell": (cells or [""])[0], "name": name, "why": why})


def seriousness(found: Found) -> int:
    return ORDER.index(found.verdict)


def stdout_of(record: Any, cell: str) -> str:
    found: str = record["cells"].get(cell, {}).get("stdout", "")
    return found


def nth(record: Any, cell: str, part: str, at: int, instead: Any) -> Any:
    shown = record["cells"].get(cell, {}).get(part, [])
    return shown[at][1] if at < len(shown) else instead


def told(kind: str, what: Any) -> str:
    return "a figure" if kind == "figure" else str(what.get("text/plain", next(iter(what.values()), "")))[:MANY]


def verb(content: Any) -> str:
    return "removed" if content is None else "written"


def report(spec: dict[str, Any], runs: list[Any], piped: Any) -> dict[str, Any]:
    told = Report(spec, runs, piped)
    told.steps()
    told.metrics()
    told.files()
    return {
        "compared": told.compared,
        "nondeterministic": told.unrepeated,
        "notCompared": told.not_compared,
        "notMasked": piped.get("not masked", []),
        "writtenThrough": sorted({path for one in (*runs, piped) for path in one.get("written through", [])}),
        "with": ", ".join(piped["with"]),
    }


def of_file(path: str, first: Any, second: Any, piped: Any) -> Found:
    """By content: texts as texts, pictures as pictures, tables and pickled objects as values."""
    if first == piped:
        return SAME
    if piped is None or first is None:
        return Found("different", verb(first), verb(piped))
    second = first if second is None else second
    if PurePath(path).suffix == ".png":
        return image(first, second, piped)
    with contextlib.suppress(UnicodeDecodeError):
        return text(first.decode(), second.decode(), piped.decode())
    for values in loaded(path, [first, second, piped]):
        return compare(*map(snapshot, values))
    return Found("unrepeated" if first != second else "different", f"{len(first)} bytes", f"{len(piped)} bytes")


def loaded(path: str, contents: list[bytes]) -> Iterator[list[Any]]:
    if PurePath(path).suffix == ".parquet":
        with contextlib.suppress(Exception):
            import pandas

            yield [pandas.read_parquet(io.BytesIO(content)) for content in contents]
            return
    with contextlib.suppress(Exception):
        import joblib

        yield [joblib.load(io.BytesIO(content)) for content in contents]
        return
    with contextlib.suppress(Exception):
        yield [pickle.loads(content) for content in contents]
