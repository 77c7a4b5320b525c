"""Values as files, and what steps share besides values. The same file in every pipeline, beside _runtime.py.

Python 3.9 and its standard library are enough to start: pandas, numpy, joblib and the rest are imported only
when a value of theirs is read or written.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import json
import os
import pickle
import sys
from pathlib import Path
from typing import Any, Callable, Optional


class Problem(Exception):
    """Something the user can put right: one line on stderr, exit code 2."""


UNNAMED = "__no_name__"  # the one column of a Series that has no name


def need(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise Problem(f"values travel between steps as files, which needs {module}: pip install {module}") from None


def view_of(base: Any, shape: Any, dtype: Any, offset: int, strides: Any) -> Any:
    """Rebuild an array that looks into another one."""
    return type(base)(shape, dtype, in_memory_order(base), offset, strides)


def in_memory_order(base: Any) -> Any:
    """An array's own memory as one row; None where it has gaps."""
    axes = sorted(range(base.ndim), key=lambda axis: -base.strides[axis])
    turned = base.transpose(axes)
    return turned.reshape(-1) if turned.flags.c_contiguous else None


def copies_on_write(pandas: Any) -> bool:
    """Such frames share memory only until one of them is written to, so each is to be read back alone."""
    return int(pandas.__version__.partition(".")[0]) >= 3 or bool(pandas.get_option("mode.copy_on_write"))


def keep_shared(value: Any) -> Any:
    """How to pickle an array that looks into another: with that other, so that what changes one changes both."""
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if pandas and isinstance(value, (pandas.DataFrame, pandas.Series)) and copies_on_write(pandas):
        return pickle.loads, (pickle.dumps(value, protocol=5),)
    if numpy is None or type(value) is not numpy.ndarray or type(value.base) is not numpy.ndarray:
        return NotImplemented
    base = value.base
    if in_memory_order(base) is None:
        return NotImplemented
    offset = value.__array_interface__["data"][0] - base.__array_interface__["data"][0]
    return view_of, (base, value.shape, value.dtype, offset, value.strides)


class Pickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        return keep_shared(value)


def cloudpickled(value: Any) -> bytes:
    """Pickled with the functions and classes that no file holds; ImportError where there is no cloudpickle."""
    cloudpickle: Any = importlib.import_module("cloudpickle")

    class CloudPickler(cloudpickle.CloudPickler):  # type: ignore[misc]
        def reducer_override(self, value: Any) -> Any:
            kept = keep_shared(value)
            return super().reducer_override(value) if kept is NotImplemented else kept

    buffer = io.BytesIO()
    CloudPickler(buffer, protocol=5).dump(value)
    return buffer.getvalue()


def pickled(value: Any, what: str) -> bytes:
    buffer = io.BytesIO()
    try:
        Pickler(buffer, protocol=5 if "numpy" in sys.modules else 4).dump(value)
        return buffer.getvalue()
    except Exception as error:  # what cannot be pickled raises nearly anything
        try:
            return cloudpickled(value)
        except ImportError:
            raise Problem(f"{what} cannot be written to a file ({error}): pip install cloudpickle may help") from None
        except Exception:
            raise Problem(f"{what} cannot be written to a file ({error}): run it in one process") from None


def same(a: Any, b: Any) -> bool:
    """Whether plain data or a frame came back as it was: types, order, names, index and all."""
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return same(list(a), list(b)) and same(list(a.values()), list(b.values()))
    if hasattr(a, "columns"):
        outside = same([a.columns, a.index, a.attrs], [b.columns, b.index, b.attrs])
        return outside and all(same_column(a.iloc[:, at], b.iloc[:, at]) for at in range(a.shape[1]))
    if hasattr(a, "iloc"):
        return same([a.name, a.index, a.attrs], [b.name, b.index, b.attrs]) and same_column(a, b)
    if hasattr(a, "equals"):
        outside = same([list(a.names), getattr(a, "freq", 0)], [list(b.names), getattr(b, "freq", 0)])
        return outside and same_column(a, b)
    return bool(a == b) or a != a


def same_column(a: Any, b: Any) -> bool:
    if getattr(a, "nlevels", 1) > 1:
        return same(list(a.dtypes), list(b.dtypes)) and bool(a.equals(b))
    if a.dtype != b.dtype or not a.equals(b):
        return False
    return a.dtype != object or all(type(x) is type(y) for x, y in zip(a, b))


def each_once(value: Any, seen: set[int]) -> bool:
    """Whether no list or dict stands at two places: what reads JSON would make two of it."""
    if not isinstance(value, (list, dict)):
        return True
    if id(value) in seen:
        return False
    seen.add(id(value))
    return all(each_once(part, seen) for part in (value.values() if isinstance(value, dict) else value))


def from_parquet(path: Path, type_name: str) -> Any:
    need("pyarrow")
    frame = need("pandas").read_parquet(path, engine="pyarrow")
    if not type_name.endswith("Series"):
        return frame
    column = frame.iloc[:, 0]
    return column.rename(None) if column.name == UNNAMED else column


def keeps(value: Any, path: Path, kind: str, type_name: str) -> bool:
    """Write value in its own format; False where that would lose something of it."""
    library, name = type(value).__module__.partition(".")[0], type(value).__name__
    try:
        if kind == "parquet" and library == "pandas" and name in ("DataFrame", "Series"):
            need("pyarrow")
            frame = value if name == "DataFrame" else value.to_frame(UNNAMED if value.name is None else value.name)
            frame.to_parquet(path, engine="pyarrow")
            return same(from_parquet(path, type_name), value)
        if kind == "json":
            text = json.dumps(value)
            path.write_text(text + "\n", "utf-8")
            return same(json.loads(text), value) and each_once(value, set())
        arrays = list(value.values()) if kind == "npz" and name == "dict" else [value]
        if kind not in ("npy", "npz") or any(type(array).__name__ != "ndarray" for array in arrays):
            return False
        with open(path, "wb") as file:
            need("numpy").savez(file, **value) if kind == "npz" else need("numpy").save(file, value)
        return not any(array.dtype.hasobject for array in arrays)
    except Problem:
        raise
    except Exception:  # each library has its own way to say no
        return False


def write_value(value: Any, path: Path, kind: str, type_name: str, what: str, exact: bool = True) -> None:
    """Write a value; what its format cannot hold without loss is pickled into the same file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "json" and not exact and hasattr(value, "item"):
        value = value.item()
    if kind in ("joblib", "skops"):
        with contextlib.suppress(Exception):  # what neither can write is pickled
            library = importlib.import_module("joblib" if kind == "joblib" else "skops.io")
            return None if library.dump(value, path) else None
    if not keeps(value, path, kind, type_name):
        path.write_bytes(pickled(value, what))


def read_value(path: Path, kind: str, type_name: str = "") -> Any:
    if not path.exists():
        raise Problem(f"there is no {path}")
    with open(path, "rb") as file:
        is_pickle = file.read(1) == b"\x80"
    if kind == "joblib" and importlib.util.find_spec("joblib"):
        return importlib.import_module("joblib").load(path)
    if is_pickle:
        return pickle.loads(path.read_bytes())
    if kind == "skops":
        return need("skops.io").load(path, trusted=need("skops.io").get_untrusted_types(file=path))
    if kind == "parquet":
        return from_parquet(path, type_name)
    if kind == "npy":
        return need("numpy").load(path, allow_pickle=False)
    if kind == "npz":
        return dict(need("numpy").load(path, allow_pickle=False))
    if kind == "json":
        return json.loads(path.read_text("utf-8"))
    raise Problem(f"{path}: a {kind} file is a result for people, no step can read it back")


# --- what steps share besides values ------------------------------------------------------------------------


def pandas_options(pandas: Any) -> dict[str, Any]:
    config = importlib.import_module("pandas._config.config")
    return {key: pandas.get_option(key) for key in config._registered_options if key not in config._deprecated_options}


def set_pandas_options(pandas: Any, options: dict[str, Any]) -> None:
    for key, value in options.items():
        if repr(pandas.get_option(key)) != repr(value):
            pandas.set_option(key, value)


def set_numpy(numpy: Any, state: tuple[dict[str, Any], dict[str, Any]]) -> None:
    numpy.set_printoptions(**state[0])
    numpy.seterr(**state[1])


def set_torch(torch: Any, state: tuple[Any, ...]) -> None:
    torch.set_rng_state(state[0])
    torch.set_default_dtype(state[1])
    torch.set_grad_enabled(state[2])


# A library, how to read what is shared through it, how to set that again.
SHARED: dict[str, tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]] = {
    "sys": (lambda sys: sys.getrecursionlimit(), lambda sys, state: sys.setrecursionlimit(state)),
    "warnings": (lambda warnings: warnings.filters[:], lambda warnings, state: setattr(warnings, "filters", state)),
    "decimal": (lambda decimal: decimal.getcontext(), lambda decimal, state: decimal.setcontext(state)),
    "locale": (lambda locale: locale.setlocale(locale.LC_ALL), lambda locale, state: locale.setlocale(locale.LC_ALL, state)),
    "random": (lambda random: random.getstate(), lambda random, state: random.setstate(state)),
    "numpy.random": (lambda numpy: numpy.get_state(), lambda numpy, state: numpy.set_state(state)),
    "numpy": (lambda numpy: (numpy.get_printoptions(), numpy.geterr()), set_numpy),
    "torch": (lambda torch: (torch.get_rng_state(), torch.get_default_dtype(), torch.is_grad_enabled()), set_torch),
    "pandas": (pandas_options, set_pandas_options),
    "sklearn": (lambda sklearn: sklearn.get_config(), lambda sklearn, state: sklearn.set_config(**state)),
    "matplotlib": (lambda plots: dict(plots.rcParams), lambda plots, state: plots.rcParams.update(state)),
}


class OnImport:
    """Calls something with a module once it is imported, as the first in `sys.meta_path`."""

    def __init__(self, waiting: dict[str, Callable[[Any], None]]) -> None:
        self.waiting, self.looking = waiting, False
        sys.meta_path.insert(0, self)  # type: ignore[arg-type]

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Let the others find the module."""
        if name not in self.waiting or self.looking:
            return None
        self.looking = True
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self.looking = False
        if spec is None or spec.loader is None:
            return spec
        run = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            run(module)
            self.waiting.pop(name, lambda _: None)(module)

        setattr(spec.loader, "exec_module", exec_module)
        return spec


def print_as_in_jupyter() -> None:
    """Let pandas print as many columns of a frame as in a notebook, where there is no terminal whose width counts."""
    if "pandas" not in sys.modules:
        OnImport({"pandas": lambda pandas: pandas.set_option("display.max_columns", 20)})


class Ambient:
    """What the steps before this one left behind, in the file that goes from step to step.

    Each library's part is pickled by itself, and set when that library is there: at once, or once the step imports it.
    """

    def __init__(self, file: Optional[Path]) -> None:
        self.file = file
        self.kept: dict[str, Any] = pickle.loads(file.read_bytes()) if file and file.exists() else {}

    def resume(self) -> None:
        """Folder, environment and module path, before anything of the step is imported."""
        if not self.kept:
            return
        ours = {key: value for key, value in os.environ.items() if key.startswith("CELLSMITH_")}
        os.environ.clear()
        os.environ.update({**self.kept["environ"], **ours})
        os.chdir(self.kept["folder"])
        sys.path[2:2] = [entry for entry in self.kept["path"] if entry not in sys.path]

    def restore(self) -> None:
        """Set what is shared through the libraries that the step has imported; the others' as they come."""
        kept = [library for library in SHARED if library in self.kept]
        for library in kept:
            if library in sys.modules:
                self.put(library)
        waiting = {library: self.put_in for library in kept if library not in sys.modules}
        if waiting:
            OnImport(waiting)

    def put_in(self, module: Any) -> None:
        self.put(module.__name__)

    def put(self, library: str) -> None:
        with contextlib.suppress(Exception):  # an option that a library does not take back is not worth a run
            SHARED[library][1](sys.modules[library], pickle.loads(self.kept[library]))

    def hand_on(self) -> None:
        for library, (get, _) in SHARED.items():
            with contextlib.suppress(Exception):
                if library in sys.modules:
                    self.kept[library] = pickle.dumps(get(sys.modules[library]))
        environ = {key: value for key, value in os.environ.items() if not key.startswith("CELLSMITH_")}
        self.kept.update(environ=environ, folder=os.getcwd(), path=sys.path[2:])
        if self.file:
            self.file.write_bytes(pickle.dumps(self.kept))
