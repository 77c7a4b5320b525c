"""Compares what the pipeline gave with what the notebook gave, in the light of what the notebook gives twice.

A difference is *rounding* when it is as small as floating point makes it (1e-12 of the largest number, for floats of 64
bits) or as the notebook's own two runs differ; what the two runs differ in by more than that is *not repeated* by the
notebook itself, and cannot be held against anybody.
"""

from __future__ import annotations

import contextlib
import io
import re
from typing import Any, NamedTuple, Optional

NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w])")
ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
COUNTED = ("list", "tuple", "dict", "set", "frozenset", "index")
ROUNDING = 1e-9  # relative: above it, the notebook does not repeat itself
EXACT = 1e-12  # relative: below it, doubles differ by the order of sums alone
# What differs from process to process and means nothing: an id that HTML gives itself, a counter of displays.
MARKS = re.compile(r"\b(sk-(?:container|estimator)-id-)\d+|\b(T_)[0-9a-f]{5}|\b(df-)[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b")


class Found(NamedTuple):
    """`verdict` is same, rounding, unrepeated or different; `notebook` and `pipeline` say what was found, in words."""

    verdict: str
    notebook: str = ""
    pipeline: str = ""
    amount: float = 0.0


SAME = Found("same")
ORDER = ("same", "rounding", "unrepeated", "different")


def worst(found: list[Found]) -> Found:
    """The most serious; of two alike the larger, or else the first."""
    if not found:
        return SAME
    top = max(ORDER.index(one.verdict) for one in found)
    alike = [one for one in found if ORDER.index(one.verdict) == top]
    return max(alike, key=lambda one: one.amount) if ORDER[top] == "rounding" else alike[0]


def compare(first: Any, second: Any, piped: Any, where: str = "") -> Found:
    """Compare three snapshots: two of the notebook, one of the pipeline."""
    kind = first[0]
    if kind != piped[0] or (kind in ("flat", "items", "pairs") and first[1] != piped[1]):
        return unequal(first, second, piped, where)
    if kind == "flat" and first[2] == piped[2]:
        return SAME
    second = as_kind(second, first)
    if kind == "plain":
        return plain(first[1], second[1], piped[1], where)
    if kind == "array":
        return array(first, second, piped, where)
    if kind == "image":
        return image(first[1], second[1], piped[1], where)
    if kind == "frame":
        return frame(first, second, piped, where)
    if kind == "flat":
        return sequence([[("plain", part) for part in node[2]] for node in (first, second, piped)], where, first, piped)
    if kind == "items":
        return sequence([node[2] for node in (first, second, piped)], where, first, piped)
    if kind == "pairs":
        return pairs(first, second, piped, where)
    if kind == "column":
        return worst([compare(first[at], second[at], piped[at], where) for at in (1, 2, 3)])
    return SAME if first == piped else unequal(first, second, piped, where)


def as_kind(second: Any, first: Any) -> Any:
    return second if second[0] == first[0] and len(second) == len(first) else first


def words(node: Any) -> str:
    """A node in a few words."""
    kind = node[0]
    if kind == "plain":
        text = repr(node[1])
        return text if len(text) <= 60 else text[:57] + "…"
    if kind == "array":
        return f"array {' × '.join(map(str, node[2])) or 'of one'}, {node[1]}" if node[2] else repr(node[3].item())
    if kind == "frame":
        rows = rows_of(node[2])
        return f"DataFrame {rows} × {len(node[1])}"
    if kind == "column":
        return f"Series of {rows_of(node[2])}"
    if kind in ("flat", "items", "pairs") and node[1] in COUNTED:
        return f"{node[1]} of {len(node[2])}"
    if kind == "image":
        return "a figure"
    return str(node[1])


def rows_of(index: Any) -> int:
    labels = index[2][-1]
    return int(labels[2][0]) if labels[0] == "array" else len(labels[2])


def unequal(first: Any, second: Any, piped: Any, where: str) -> Found:
    verdict = "different" if words(first) == words(second) else "unrepeated"
    return Found(verdict, f"{where}{words(first)}", f"{where}{words(piped)}")


def plain(first: Any, second: Any, piped: Any, where: str) -> Found:
    if type(first) is str and type(piped) is str:
        return text(first, second if isinstance(second, str) else first, piped, where)
    if first == piped or (first != first and piped != piped):
        return SAME
    numbers = (int, float, complex)
    if all(isinstance(one, numbers) for one in (first, piped)):
        other = second if isinstance(second, numbers) else first
        says = (f"{where}{first!r}", f"{where}{piped!r}")
        return by_size(abs(piped - first), abs(other - first), abs(first), 2.3e-16, *says)
    verdict = "different" if first == second or first != first else "unrepeated"
    return Found(verdict, f"{where}{first!r}"[:80], f"{where}{piped!r}"[:80])


def by_size(off: float, noise: float, size: float, epsilon: float, notebook: str, piped: str) -> Found:
    """A verdict on a numeric difference: `off` to the pipeline, `noise` between the notebook's own two runs."""
    if off <= max((EXACT if epsilon < 1e-15 else 256 * epsilon) * size, 10 * noise if noise <= ROUNDING * size else 0):
        return Found("rounding", notebook, piped, off)
    if noise > ROUNDING * size:
        return Found("unrepeated", notebook, piped, off)
    return Found("different", notebook, piped, off)


def array(first: Any, second: Any, piped: Any, where: str) -> Found:
    import numpy

    if first[1:3] != piped[1:3]:
        return unequal(first, second, piped, where)
    a, p = first[3], piped[3]
    b = second[3] if second[:3] == first[:3] else a
    if a.tobytes() == p.tobytes():
        return SAME
    if a.dtype.kind not in "fc":
        differing = int((a != p).sum()) if a.dtype.kind != "V" else 1
        repeated = a.tobytes() == b.tobytes()
        at = tuple(int(place[0]) for place in numpy.nonzero(numpy.atleast_1d(a != p))) if a.dtype.kind != "V" else ()
        if differing == 0:
            return SAME
        near = f"[{', '.join(map(str, at))}] " if at else ""
        left, right = (f"{where}{near}{numpy.atleast_1d(one)[at] if at else ''}" for one in (a, p))
        return Found("different" if repeated else "unrepeated", left, right)
    with numpy.errstate(all="ignore"):
        finite = numpy.isfinite(a)
        if not numpy.array_equal(a[~finite], p[~finite], equal_nan=True) or not (numpy.isfinite(p) == finite).all():
            return unequal_numbers(a, b, p, where)
        off = numpy.abs(p[finite] - a[finite])
        noise = numpy.abs(b[finite] - a[finite])
        size = float(numpy.abs(a[finite]).max(initial=0))
        if not float(off.max(initial=0)):
            return SAME
        farthest = int(off.argmax())
        left, right = (f"{where}{one[finite][farthest]}" for one in (a, p))
        loudest = float(numpy.nan_to_num(noise, nan=numpy.inf).max(initial=0))
        return by_size(float(off.max()), loudest, size, float(numpy.finfo(a.dtype).eps), left, right)


def unequal_numbers(a: Any, b: Any, p: Any, where: str) -> Found:
    import numpy

    repeated = numpy.array_equal(numpy.isfinite(a), numpy.isfinite(b))
    left, right = (f"{where}{int((~numpy.isfinite(one)).sum())} missing" for one in (a, p))
    return Found("different" if repeated else "unrepeated", left, right)


def sequence(parts: list[list[Any]], where: str, first: Any, piped: Any) -> Found:
    a, b, p = parts
    if len(a) != len(p):
        return Found("different" if len(a) == len(b) else "unrepeated", where + words(first), where + words(piped))
    b = b if len(b) == len(a) else a
    found = (compare(a[at], b[at], p[at], where) for at in range(len(a)))
    return worst([one for one in found if one is not SAME])


def pairs(first: Any, second: Any, piped: Any, where: str) -> Found:
    sides = [{repr(key): part for key, part in node[2]} for node in (first, second, piped)]
    for key in {key for side in sides for key in side if key.startswith("('plain', '_")}:
        if all(is_empty(side.get(key, ("plain", None))) for side in sides):  # made when somebody first asks for it
            for side in sides:
                side.pop(key, None)
    a, b, p = sides
    if list(a) != list(p):
        missing, more = [key for key in a if key not in p], [key for key in p if key not in a]
        verdict = "different" if list(a) == list(b) else "unrepeated"
        says = [", ".join(name_of(key) for key in keys[:5]) for keys in (missing, more)]
        return Found(verdict, f"{where}{says[0] or 'another order'}", f"{where}{says[1] or 'without'}")
    return worst([compare(a[key], b.get(key, a[key]), p[key], f"{where}{name_of(key)}: ") for key in a])


def is_empty(node: Any) -> bool:
    return node == ("plain", None) or (node[0] in ("flat", "items", "pairs") and not node[2])


def name_of(key: str) -> str:
    """The text in a key's node: `('plain', 'depth')` is depth."""
    return key[len("('plain', ") : -1].strip("'") if key.startswith("('plain', ") else key


def frame(first: Any, second: Any, piped: Any, where: str) -> Found:
    a, p = ([repr(name) for name in node[1]] for node in (first, piped))
    if a != p:
        missing = [name_of(name) for name in a if name not in p]
        more = [name_of(name) for name in p if name not in a]
        notes = [f"{word} {', '.join(names[:4])}" for word, names in (("without", missing), ("with", more)) if names]
        counts = [f"{where}{len(names)} columns" for names in (a, p)]
        verdict = "different" if second[1:2] == first[1:2] else "unrepeated"
        return Found(verdict, counts[0], f"{counts[1]} ({'; '.join(notes) or 'in another order'})")
    b = second if second[0] == "frame" and len(second[3]) == len(first[3]) else first
    found = [compare(first[2], b[2], piped[2], f"{where}index: ")]
    rows = zip(a, first[3], b[3], piped[3])
    found += [compare(one, other, mine, f"{where}{name_of(name)}: ") for name, one, other, mine in rows]
    return worst(found)


def text(first: str, second: str, piped: str, where: str = "") -> Found:
    """Line by line; numbers may differ as much as they do between the notebook's runs."""
    first, second, piped = (MARKS.sub(r"\1\2\3…", ADDRESS.sub("0x…", one)) for one in (first, second, piped))
    if first == piped:
        return SAME
    a, b, p = (one.splitlines() for one in (first, second, piped))
    if len(a) != len(p):
        at = next((at for at, (one, other) in enumerate(zip(a, p)) if one != other), min(len(a), len(p)))
        shown = [(lines[at] if at < len(lines) else "(nothing)")[:120] for lines in (a, p)]
        return Found("different" if len(a) == len(b) else "unrepeated", where + shown[0], where + shown[1])
    b = b if len(b) == len(a) else a
    found = worst([line(one, other, mine, where) for one, other, mine in zip(a, b, p) if one != mine])
    # Lines alike, so the difference is in how they end.
    return found if found.verdict != "same" else Found("different", repr(first[-60:]), repr(piped[-60:]))


def line(first: str, second: str, piped: str, where: str) -> Found:
    says = (f"{where}{first[:120]}", f"{where}{piped[:120]}")
    around = [NUMBER.sub("#", one) for one in (first, second, piped)]
    if around[0] != around[2]:
        return Found("different" if around[0] == around[1] else "unrepeated", *says)
    numbers = [NUMBER.findall(one) for one in (first, second if around[0] == around[1] else first, piped)]
    found = []
    for a, b, p in zip(*numbers):
        with contextlib.suppress(ValueError):
            last = 10.0 ** -len(a.partition(".")[2]) if "." in a and "e" not in a.lower() else 0.0
            noise = abs(float(b) - float(a))
            off = 0.0 if a == p else abs(float(p) - float(a))
            allowed = max(10 * noise, last * 1.01 if noise else 0.0)
            verdict = "same" if a == p else "rounding" if off <= allowed and noise <= 1e-6 * abs(float(a)) else ""
            found.append(Found(verdict or ("unrepeated" if noise else "different"), *says, off))
    return worst(found)


def image(first: bytes, second: bytes, piped: bytes, where: str = "") -> Found:
    """Pixel for pixel, or by as much as the notebook's own two pictures differ."""
    if first == piped:
        return SAME
    a, b, p = (pixels(one) for one in (first, second, piped))
    if a is None or p is None:
        return Found("different", f"{where}a picture", f"{where}another picture")
    if a.shape != p.shape:
        left, right = (f"{where}{one.shape[1]} × {one.shape[0]} pixels" for one in (a, p))
        return Found("different" if b is not None and a.shape == b.shape else "unrepeated", left, right)
    off = float((abs(a - p) > 0).any(axis=-1).mean())
    noise = float((abs(a - b) > 0).any(axis=-1).mean()) if b is not None and b.shape == a.shape else 1.0
    if off == 0:
        return SAME
    says = (f"{where}a figure", f"{where}{off:.2%} of its pixels differ")
    if off <= 2 * noise:
        return Found("rounding" if noise < 0.001 else "unrepeated", *says, off)
    return Found("different" if noise < 0.001 else "unrepeated", *says, off)


def alike(first: bytes, piped: bytes) -> Found:
    """Whether two pictures look the same at a distance: one was drawn elsewhere, by other versions and other fonts."""
    a, p = pixels(first), pixels(piped)
    if first == piped:
        return SAME
    if a is None or p is None:
        return Found("different", "a picture", "another picture")
    rough = [blocks(one) for one in (a, p)]
    off = float(abs(rough[0] - rough[1]).mean())
    if off <= 0.03:
        return Found("rounding", "a figure", "a figure", off)
    return Found("different", "a figure", f"another figure ({off:.0%} off)")


def blocks(picture: Any, count: int = 12) -> Any:
    """Mean brightness in a grid of `count` × `count` fields."""
    import numpy

    grey = picture[..., :3].mean(axis=-1) if picture.ndim == 3 else picture
    rows, columns = (numpy.linspace(0, size, count + 1).astype(int) for size in grey.shape)
    fields = [[grey[rows[y] : rows[y + 1], columns[x] : columns[x + 1]].mean() for x in range(count)] for y in range(count)]
    return numpy.array(fields)


def pixels(data: bytes) -> Optional[Any]:
    with contextlib.suppress(Exception):
        import matplotlib.image

        return matplotlib.image.imread(io.BytesIO(data), format="png").astype("float64")
    return None
