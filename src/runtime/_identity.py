"""Which names stand for the same object: what is changed under one of them is then changed under the other."""

from __future__ import annotations

import types
from typing import Any

FIXED = (type(None), bool, int, float, complex, str, bytes, tuple, frozenset, range, slice, type, types.ModuleType)
CALLED = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)
FIXED_IN = ("datetime", "decimal", "fractions", "pathlib", "re", "enum", "uuid", "zoneinfo")
FIXED_OF_PANDAS = ("Timestamp", "Timedelta", "Period", "Interval", "NaTType", "NAType")


def can_change(value: Any) -> bool:
    """False for what is the same for all purposes when it is equal."""
    if isinstance(value, (*FIXED, *CALLED)) or type(value).__module__ in FIXED_IN:
        return False
    library, name = type(value).__module__.partition(".")[0], type(value).__name__
    if library == "numpy":
        return getattr(value, "ndim", 0) > 0 or name in ("Generator", "RandomState")
    if library == "matplotlib":
        return False  # a plot is its picture
    return not (library == "pandas" and (name.endswith("Index") or name in FIXED_OF_PANDAS))


def pairs_in(names: dict[str, Any]) -> dict[tuple[str, str], bool]:
    """Pairs of names, each in order, and whether both stand for one object that can change."""
    known = [(name, value) for name, value in sorted(names.items())]
    return {
        (name, other): value is second and can_change(value)
        for at, (name, value) in enumerate(known)
        for other, second in known[at + 1 :]
    }
