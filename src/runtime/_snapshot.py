"""What a value is, as plain data that can be kept and compared in another process.

Classes of a notebook and of a pipeline have different homes, so no object is pickled as such: it becomes the name of
its class and its state, down to numbers, texts and arrays. A node is a tuple whose first item names its kind.
"""

from __future__ import annotations

import functools
import io
import re
import sys
import types
from typing import Any, Optional

CACHE = re.compile(r"_.*cache", re.IGNORECASE)
SIMPLE = (type(None), bool, int, float, complex, str, bytes)
DEEPEST = 60
Node = tuple[Any, ...]


def snapshot(value: Any) -> Node:
    return Snapshot().of(value, 0)


def class_name(kind: type) -> str:
    """Without the module: a class of the notebook lives in the pipeline's components."""
    return kind.__qualname__.rpartition("<locals>.")[2]


def is_cache(kind: type, name: Any) -> bool:
    """Whether an attribute only keeps what was asked for: a notebook that looks at a value fills it, a pipeline does not."""
    if not isinstance(name, str):
        return False
    return bool(CACHE.match(name)) or isinstance(getattr(kind, name, None), functools.cached_property)


def parts_of_xarray(value: Any) -> list[Any]:
    if hasattr(value, "data_vars"):
        return [dict(value.data_vars), dict(value.coords), dict(value.sizes), dict(value.attrs)]
    coords = {name: part.variable for name, part in value.coords.items()} if hasattr(value, "coords") else {}
    return [getattr(value, "name", None), list(value.dims), value.values, coords, dict(value.attrs)]


class Snapshot:
    def __init__(self) -> None:
        self.open: set[int] = set()
        self.done: dict[int, tuple[Any, Node]] = {}  # the value is kept so that its id is not given away again

    def of(self, value: Any, depth: int) -> Node:
        if isinstance(value, SIMPLE) and type(value) in SIMPLE:
            return ("plain", value)
        if id(value) in self.done:
            return self.done[id(value)][1]
        if id(value) in self.open or depth > DEEPEST:
            return ("again", class_name(type(value)))
        self.open.add(id(value))
        try:
            node = self.describe(value, depth + 1)
        except Exception as error:  # a value whose own code fails cannot be compared
            node = ("opaque", class_name(type(value)), str(error)[:200])
        self.open.discard(id(value))
        self.done[id(value)] = (value, node)
        return node

    def describe(self, value: Any, depth: int) -> Node:
        kind = type(value)
        if kind.__module__ == "IPython.utils.text" and isinstance(value, list):  # what `x = !ls` gives
            value, kind = list(value), list
        if kind in (list, tuple):
            if all(type(part) in SIMPLE for part in value):
                return ("flat", kind.__name__, list(value))
            return ("items", kind.__name__, [self.of(part, depth) for part in value])
        if isinstance(value, dict) and kind.__module__ in ("builtins", "collections"):
            pairs = [(self.of(key, depth), self.of(part, depth)) for key, part in value.items()]
            return ("pairs", kind.__name__, pairs)
        if isinstance(value, dict) and kind.__reduce_ex__ is object.__reduce_ex__ and kind.__reduce__ is object.__reduce__:
            pairs = [(self.of(key, depth), self.of(part, depth)) for key, part in value.items()]
            own = {key: part for key, part in vars(value).items() if not key.startswith("_")} if hasattr(value, "__dict__") else {}
            return ("items", class_name(kind), [("pairs", kind.__name__, pairs), self.of(own, depth)])
        if kind in (set, frozenset):
            return ("items", kind.__name__, sorted((self.of(part, depth) for part in value), key=repr))
        if isinstance(value, types.ModuleType):
            return ("name", "module", value.__name__)
        if isinstance(value, type):
            return ("name", "class", class_name(value))
        if isinstance(value, (types.FunctionType, types.BuiltinFunctionType, types.MethodType)):
            return ("name", "function", value.__name__)
        return self.of_library(value, depth) or self.of_object(value, depth)

    def of_library(self, value: Any, depth: int) -> Optional[Node]:
        """Arrays, frames and figures."""
        numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
        figures, xarray = sys.modules.get("matplotlib.figure"), sys.modules.get("xarray")
        if numpy and isinstance(value, numpy.generic) and not isinstance(value, numpy.void):
            plain = value.item()
            return ("plain", plain) if type(plain) in SIMPLE else ("array", value.dtype.str, (), numpy.asarray(value))
        if numpy and isinstance(value, numpy.ndarray):
            if isinstance(value, numpy.ma.MaskedArray):
                return ("items", "masked", [self.of(value.filled(), depth), self.of(numpy.asarray(value.mask), depth)])
            if value.dtype.names:  # by fields: the bytes between them are anything
                fields = [(("plain", name), self.of(value[name], depth)) for name in value.dtype.names]
                return ("pairs", "fields", fields)
            if value.dtype.hasobject:
                return self.describe(value.ravel().tolist(), depth)
            return ("array", value.dtype.str, value.shape, numpy.array(value))
        if pandas and isinstance(value, pandas.DataFrame):
            columns = [self.of(name, depth) for name in value.columns]
            parts = [self.of_column(value.iloc[:, at], depth) for at in range(value.shape[1])]
            return ("frame", columns, self.of(value.index, depth), parts)
        if pandas and isinstance(value, pandas.Series):
            return ("column", self.of(value.name, depth), self.of(value.index, depth), self.of_column(value, depth))
        if pandas and isinstance(value, pandas.Index):
            names = [self.of(name, depth) for name in value.names]
            return ("items", "index", [*names, self.of(value.to_numpy(), depth)])
        if xarray and isinstance(value, (xarray.Dataset, xarray.DataArray, xarray.Variable)):
            return ("items", class_name(type(value)), [self.of(part, depth) for part in parts_of_xarray(value)])
        if figures and isinstance(value, figures.Figure):
            buffer = io.BytesIO()
            value.savefig(buffer, format="png", bbox_inches="tight")
            return ("image", buffer.getvalue())
        return None

    def of_column(self, column: Any, depth: int) -> Node:
        return ("items", str(column.dtype), [self.of(column.to_numpy(), depth)])

    def of_object(self, value: Any, depth: int) -> Node:
        """What pickle would take: arguments, state, items and entries. Else the attributes."""
        name = class_name(type(value))
        torch = sys.modules.get("torch")
        if torch and isinstance(value, torch.Tensor):
            return ("items", f"tensor {value.dtype}", [self.of(value.detach().cpu().numpy(), depth)])
        try:
            reduced = value.__reduce_ex__(4)
        except TypeError:
            return ("items", name, [self.of(vars(value), depth)])
        if not isinstance(reduced, tuple):
            return ("name", name, str(reduced))
        _, arguments, state, items, entries = (*reduced, None, None, None)[:5]
        if isinstance(state, dict):
            state = {key: part for key, part in state.items() if not is_cache(type(value), key)}
        parts = [part for part in arguments or () if part is not type(value)]
        parts += [part for part in (state, items and list(items), entries and [list(pair) for pair in entries]) if part]
        return ("items", name, [self.of(part, depth) for part in parts])
