"""Values travel between steps as files and come back as they were."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from _values import Problem, pickled, read_value, same, write_value


def there_and_back(value: Any, folder: Path, kind: str, type_name: str = "") -> Any:
    path = folder / f"value.{kind}"
    write_value(value, path, kind, type_name, "step.value")
    return read_value(path, kind, type_name)


def is_pickle(folder: Path, kind: str) -> bool:
    return (folder / f"value.{kind}").read_bytes()[:1] == b"\x80"


FRAME = pd.DataFrame({"a": [1, 2, 3], "b": [0.5, np.nan, 1.0], "c": ["x", None, "z"]})
FRAMES = {
    "plain": FRAME,
    "filtered": FRAME[FRAME["a"] > 1],
    "named index": FRAME.set_index("a").rename_axis("key"),
    "many levels": FRAME.set_index(["a", "c"]),
    "columns with levels": FRAME[["a", "b"]].T.set_axis(["x", "y"], axis=0).T.set_axis(pd.MultiIndex.from_tuples([("p", 1), ("q", 2)]), axis=1),
    "dates": pd.DataFrame({"v": [1, 2]}, index=pd.date_range("2024-01-01", periods=2, freq="D")),
    "time zone": pd.DataFrame({"t": pd.date_range("2024-01-01", periods=2, tz="Europe/Berlin")}),
    "categories": pd.DataFrame({"c": pd.Categorical(["b", "a"], categories=["b", "a", "z"], ordered=True)}),
    "small types": pd.DataFrame({"i": np.array([1, 2], "int8"), "f": np.array([1, 2], "float32"), "t": [True, False]}),
    "missing integers": pd.DataFrame({"i": pd.array([1, None], dtype="Int64")}),
    "numbers as columns": pd.DataFrame([[1, 2], [3, 4]]),
    "objects": pd.DataFrame({"o": [[1, 2], {"a": 1}]}),
    "mixed objects": pd.DataFrame({"o": [1, "a"]}),
    "differences": pd.DataFrame({"d": pd.to_timedelta(["1 day", "2 h"])}),
    "empty": FRAME.iloc[:0],
}


@pytest.mark.parametrize("name", FRAMES)
def test_frames(name: str, tmp_path: Path) -> None:
    frame = FRAMES[name]
    back = there_and_back(frame, tmp_path, "parquet", "pandas.DataFrame")
    pd.testing.assert_frame_equal(back, frame, check_exact=True, check_freq=True)
    assert same(back, frame)
    assert back.index.names == frame.index.names
    assert [list(map(type, back[column])) for column in back if back[column].dtype == object] == [
        list(map(type, frame[column])) for column in frame if frame[column].dtype == object
    ]


def test_most_frames_are_parquet_for_everybody(tmp_path: Path) -> None:
    pickles = set()
    for name, frame in FRAMES.items():
        there_and_back(frame, tmp_path, "parquet", "pandas.DataFrame")
        pickles |= {name} if is_pickle(tmp_path, "parquet") else set()
    assert pickles <= {"objects", "mixed objects", "dates", "columns with levels", "numbers as columns"}


@pytest.mark.parametrize("series", [pd.Series([1, 2], name="n"), pd.Series([1.5, None]), pd.Series(["a"], index=[7], name=("a", 1))])
def test_series(series: Any, tmp_path: Path) -> None:
    back = there_and_back(series, tmp_path, "parquet", "pandas.Series")
    pd.testing.assert_series_equal(back, series, check_exact=True)
    assert back.name == series.name


def test_a_series_where_a_frame_was_promised(tmp_path: Path) -> None:
    back = there_and_back(pd.Series([1, 2], name="n"), tmp_path, "parquet", "pandas.DataFrame")
    pd.testing.assert_series_equal(back, pd.Series([1, 2], name="n"))


ARRAYS = [np.arange(6.0).reshape(2, 3), np.asfortranarray(np.ones((2, 2))), np.array(["a", "bc"]), np.array([None, 1]), np.array(5)]


@pytest.mark.parametrize("array", ARRAYS)
def test_arrays(array: Any, tmp_path: Path) -> None:
    back = there_and_back(array, tmp_path, "npy")
    assert back.dtype == array.dtype and back.shape == array.shape and (back == array).all()
    assert back.flags.f_contiguous == array.flags.f_contiguous


def test_masked_arrays_keep_their_mask(tmp_path: Path) -> None:
    back = there_and_back(np.ma.masked_equal([1, 2, 3], 2), tmp_path, "npy")
    assert back.mask.tolist() == [False, True, False]


def test_arrays_by_name(tmp_path: Path) -> None:
    back = there_and_back({"a": np.ones(2), "b": np.zeros(1)}, tmp_path, "npz")
    assert {key: array.tolist() for key, array in back.items()} == {"a": [1, 1], "b": [0]}


SHARED = [1]
PLAIN = {
    "numbers": ({"auc": 0.1 + 0.2, "n": 3, "none": None, "yes": True}, True),
    "nan": (float("nan"), True),
    "text": ("grün", True),
    "tuple": ((1, 2), False),
    "keys": ({1: "a"}, False),
    "set": ({1, 2}, False),
    "date": (datetime.date(2024, 1, 31), False),
    "a float of numpy": (np.float64(0.5), False),
    "one list at two places": ([SHARED, SHARED], False),
}


@pytest.mark.parametrize("name", PLAIN)
def test_plain_data(name: str, tmp_path: Path) -> None:
    value, as_json = PLAIN[name]
    back = there_and_back(value, tmp_path, "json")
    assert type(back) is type(value)
    assert back == value or name == "nan"
    assert is_pickle(tmp_path, "json") is not as_json


def test_a_list_at_two_places_is_still_one(tmp_path: Path) -> None:
    first, second = there_and_back([SHARED, SHARED], tmp_path, "json")
    assert first is second


def test_a_number_for_people_is_json(tmp_path: Path) -> None:
    write_value(np.float64(0.5), tmp_path / "auc.json", "json", "float", "evaluate.auc", exact=False)
    assert json.loads((tmp_path / "auc.json").read_text()) == 0.5


def test_models(tmp_path: Path) -> None:
    from sklearn.linear_model import LinearRegression

    model = LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0])
    assert there_and_back(model, tmp_path, "joblib").predict([[2.0]]).tolist() == model.predict([[2.0]]).tolist()


def test_what_only_cloudpickle_can_write(tmp_path: Path) -> None:
    base = 3
    assert there_and_back(lambda x: x + base, tmp_path, "cloudpickle")(1) == 4


def test_what_nothing_can_write_is_one_sentence() -> None:
    with pytest.raises(Problem, match="load.rows cannot be written to a file .*: run it in one process"):
        pickled((x for x in [1]), "load.rows")


def test_arrays_that_share_memory_still_do() -> None:
    import pickle

    whole = np.arange(12.0).reshape(3, 4)
    whole, part, turned = pickle.loads(pickled((whole, whole[1:, ::2], whole.T), "step.values"))
    whole[1, 0] = 99
    assert part[0, 0] == 99 and turned[0, 1] == 99
    assert part.tolist() == [[99, 6], [8, 10]]


def test_they_do_where_only_cloudpickle_can_write_them() -> None:
    import pickle

    whole = np.arange(6.0)
    whole, part, twice = pickle.loads(pickled((whole, whole[2:], lambda: whole.sum()), "step.values"))
    before = twice()
    whole[2] += 5
    assert part[0] == 7 and twice() == before + 5


VIEWS = {
    "objects": lambda: np.array([[1, "a"], [None, 2]], dtype=object),
    "three axes in another order": lambda: np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1).copy("K"),
    "by columns": lambda: np.asfortranarray(np.arange(6).reshape(2, 3)),
}


@pytest.mark.parametrize("name", VIEWS)
def test_views_of_any_array(name: str) -> None:
    import pickle

    whole = VIEWS[name]()
    expected = whole[1:].tolist()
    whole, part = pickle.loads(pickled((whole, whole[1:]), "step.values"))
    assert part.tolist() == expected
    part[...] = 7
    assert (whole[1:] == 7).all() and not (whole[0] == 7).any()


def test_frames_that_copy_on_write_stay_apart() -> None:
    import pickle

    frame = pd.DataFrame({"a": [1, 2]})
    other = frame[:]
    frame, other, again = pickle.loads(pickled((frame, other, frame), "step.values"))
    assert frame is again
    frame.loc[0, "a"] = 99
    assert other.loc[0, "a"] == (1 if int(pd.__version__.partition(".")[0]) >= 3 else 99)
