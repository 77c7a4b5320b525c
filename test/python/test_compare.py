"""What counts as the same result."""

from __future__ import annotations

import functools
import io
import pickle
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from IPython.utils.text import SList
from sklearn.datasets import load_iris
from sklearn.utils import Bunch

import sys
from types import ModuleType

from conftest import RUNTIME

package = ModuleType("_cellsmith")
package.__path__ = [str(RUNTIME)]
sys.modules.setdefault("_cellsmith", package)

from _cellsmith._compare import compare, image, text  # noqa: E402
from _cellsmith._snapshot import snapshot  # noqa: E402


def verdict(first: Any, second: Any, piped: Any) -> str:
    return str(compare(snapshot(first), snapshot(second), snapshot(piped)).verdict)


class Seen:
    """Keeps what was asked of it, as libraries do."""

    def __init__(self, base: int) -> None:
        self.base, self._cache, self._notes = base, {}, None

    @functools.cached_property
    def double(self) -> int:
        return self.base * 2

    def looked_at(self) -> Any:
        self._cache["x"], self._notes = self.double, {}  # type: ignore[assignment]
        return self


class Box:
    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


def forest(seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    rows = np.random.RandomState(0).rand(60, 3)
    return RandomForestClassifier(3, random_state=seed).fit(rows, rows[:, 0] > 0.5)


FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", None], "c": pd.Categorical(["u", "v"])})
SAME: list[tuple[Any, Any]] = [
    (1, 1),
    ("text", "text"),
    (float("nan"), float("nan")),
    ([1, [2, {"a": None}]], [1, [2, {"a": None}]]),
    ({3, 1, "a"}, {"a", 1, 3}),
    (FRAME, FRAME.copy()),
    (FRAME["a"], FRAME["a"].copy()),
    (FRAME.iloc[:0], FRAME.iloc[:0].copy()),
    (np.array([1.0, np.nan]), np.array([1.0, np.nan])),
    (np.array([None, "a"], dtype=object), np.array([None, "a"], dtype=object)),
    (Box(a=1, b=[2]), Box(a=1, b=[2])),
    (load_iris(), pickle.loads(pickle.dumps(load_iris()))),
    (Counter("aab"), Counter("aab")),
    (Seen(1).looked_at(), Seen(1)),
    (SList(["a"]), ["a"]),
    (forest(1), forest(1)),
    (np.float64(0.5), 0.5),
    (pd.Timestamp("2024-01-31"), pd.Timestamp("2024-01-31")),
    (len, len),
    (Box, Box),
]
DIFFERENT: list[tuple[Any, Any]] = [
    (1, 2),
    (1.0, 1.0001),
    (1, None),
    ("a", "b"),
    ([1, 2], [1]),
    ([1, 2], (1, 2)),
    ([1, "a"], [1, "b"]),
    ({"a": 1}, {"b": 1}),
    ({1, 2}, {1, 3}),
    (FRAME, FRAME.assign(d=1)),
    (FRAME, FRAME.iloc[::-1]),
    (FRAME, FRAME.rename(columns={"a": "z"})),
    (FRAME, FRAME.assign(a=[1, 2])),
    (FRAME, FRAME.assign(b=["x", "y"])),
    (FRAME, FRAME.set_index("a")),
    (FRAME["a"], FRAME["a"].rename("z")),
    (np.zeros(3), np.zeros(4)),
    (np.zeros(3), np.zeros(3, "float32")),
    (np.array([1, 2]), np.array([1, 3])),
    (np.array([1.0, np.nan]), np.array([1.0, 2.0])),
    (np.array([1.0, 2.0]), np.array([1.0, 2.1])),
    (Box(a=1), Box(a=2)),
    (load_iris(), Bunch(**{**load_iris(), "frame": 1})),
    (Counter("aab"), Counter("ab")),
    (Seen(1).looked_at(), Seen(2)),
    (Box(_a={}), Box(_a={1: 2})),
    (Box(a=1), Box(a=1, b=2)),
    (forest(1), forest(2)),
]


@pytest.mark.parametrize(("first", "piped"), SAME, ids=lambda value: type(value).__name__)
def test_same(first: Any, piped: Any) -> None:
    assert verdict(first, first, piped) == "same"


@pytest.mark.parametrize(("first", "piped"), DIFFERENT, ids=lambda value: type(value).__name__)
def test_different(first: Any, piped: Any) -> None:
    assert verdict(first, first, piped) == "different"


def test_rounding_is_what_floats_or_the_notebook_show() -> None:
    array = np.array([0.1, 0.2, 0.7])
    assert verdict(array, array, array + 1e-16) == "rounding"
    assert verdict(array, array, array + 1e-10) == "different"
    assert verdict(array, array + 1e-10, array + 2e-10) == "rounding"
    assert verdict(array, array + 1e-10, array + 1e-8) == "different"
    assert verdict(0.1 + 0.2, 0.3, 0.3) == "rounding"


def test_what_the_notebook_does_not_repeat() -> None:
    dice = np.random.RandomState(0)
    assert verdict(dice.rand(3), dice.rand(3), dice.rand(3)) == "unrepeated"
    assert verdict(dice.rand(3), dice.rand(3), dice.rand(4)) == "different"
    assert verdict("at 0x7f00deadbeef", "at 0x7f00deadbee0", "at 0x7f1111111111") == "same"
    assert verdict([1], [1, 2], [1, 2, 3]) == "unrepeated"


def test_a_value_that_holds_itself() -> None:
    loop: list[Any] = [1]
    loop.append(loop)
    assert verdict(loop, loop, loop) == "same"


def test_a_missing_column_is_named() -> None:
    found = compare(*map(snapshot, (FRAME, FRAME, FRAME.drop(columns="b"))))
    assert (found.notebook, found.pipeline) == ("3 columns", "2 columns (without b)")


TEXTS = [
    ("AUC 0.811\n", "AUC 0.811\n", "AUC 0.811\n", "same"),
    ("AUC 0.811\n", "AUC 0.811\n", "AUC 0.812\n", "different"),
    ("AUC 0.811\n", "AUC 0.811\n", "AUC: 0.811\n", "different"),
    ("took 1.2 s\n", "took 1.3 s\n", "took 4.1 s\n", "unrepeated"),
    ("a\nb\n", "a\nb\n", "a\n", "different"),
    ("a\nb\n", "a\nb\n", "b\na\n", "different"),
    ("loss 0.123456789012\n", "loss 0.123456789013\n", "loss 0.123456789014\n", "rounding"),
    ("now Mon\n", "now Tue\n", "now Wed\n", "unrepeated"),
    ("a", "a", "a\n", "different"),
]


@pytest.mark.parametrize(("first", "second", "piped", "expected"), TEXTS)
def test_printed_text(first: str, second: str, piped: str, expected: str) -> None:
    assert text(first, second, piped).verdict == expected


def drawing(*values: float, size: float = 2) -> bytes:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(size, size))
    figure.subplots().plot(values)
    buffer = io.BytesIO()
    figure.savefig(buffer, metadata={"Software": str(values)})
    return buffer.getvalue()


def test_figures_by_their_pixels() -> None:
    one, other, wide = drawing(1, 2, 3), drawing(1, 3, 2), drawing(1, 2, 3, size=3)
    assert image(one, one, drawing(1.0, 2.0, 3.0)).verdict == "same"
    assert image(one, one, other).verdict == "different"
    assert image(one, other, other).verdict == "unrepeated"
    assert image(one, one, wide).pipeline == "300 × 300 pixels"
    assert image(one, one, b"no picture").verdict == "different"
