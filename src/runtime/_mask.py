"""The pipeline in one process, with what a step does not declare hidden and what it does not return taken back.

Values go from step to step as they would through files, and modules of the pipeline start anew for each, so that nothing
but the declared inputs is there. What cannot be copied goes on as it is, and is named in the record as not masked.
"""

from __future__ import annotations

import os
import pickle
import sys
from typing import Any, Optional


class Hole:
    """Stands where a name was dropped: any use of it fails."""

    def __getattribute__(self, name: str) -> Any:
        if name in ("__class__", "__reduce_ex__", "__reduce__"):
            return object.__getattribute__(self, name)
        raise NameError("this name was dropped")

    def __reduce__(self) -> Any:
        return Hole, ()


def fails(self: Any, *_: Any, **__: Any) -> Any:
    raise NameError("this name was dropped")


for name in (
    "call iter next len bool contains getitem setitem delitem add radd sub rsub mul rmul truediv rtruediv floordiv mod rmod pow "
    "matmul neg pos abs invert and or xor eq ne lt le gt ge hash str repr format int float index enter exit array iadd isub "
    "imul ior"
).split():
    setattr(Hole, f"__{name}__", fails)


class Store:
    """The latest value of each output, as bytes; those of a bundle together."""

    def __init__(self, runtime: Any, record: dict[str, Any]) -> None:
        self.runtime = runtime
        self.not_masked: list[str] = record.setdefault("not masked", [])
        self.latest: dict[str, Any] = {}

    def put(self, sources: list[str], values: dict[str, Any]) -> None:
        kept: Any
        try:
            kept = self.runtime.pickled(values, "a value")
        except self.runtime.Problem:
            kept = values
            self.not_masked += values
        self.latest.update(dict.fromkeys(sources, kept))

    def get(self, source: str, opened: dict[int, Any]) -> Any:
        kept = self.latest[source]
        if isinstance(kept, bytes):
            if id(kept) not in opened:
                opened[id(kept)] = pickle.loads(kept)
            return opened[id(kept)][source]
        return kept[source]


def forget_modules(folders: list[str]) -> None:
    """Let the next import of the user's modules run them anew."""
    below = tuple(os.path.join(os.path.realpath(folder), "") for folder in folders)
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        ours = name == "__main__" or name.startswith("_cellsmith") or os.path.basename(file) in ("_runtime.py", "_values.py")
        is_component = name == "components" or name.startswith("components.")
        if not ours and (is_component or os.path.realpath(file).startswith(below)) and "site-packages" not in file:
            del sys.modules[name]


def run_masked(runtime: Any, run: Any, record: dict[str, Any], drop: str = "") -> dict[str, Any]:
    """As `run_in_process`; `drop` may name one thing to leave out: `in:step.argument` or `out:step.output`."""
    pipeline, store = run.pipeline, Store(runtime, record)
    numbers: dict[str, Any] = {}
    for name in pipeline.steps:
        forget_modules([pipeline.root / "components", pipeline.workdir])
        taken: dict[str, Any] = {}

        def arguments(name: str = name, taken: dict[str, Any] = taken) -> dict[str, Any]:
            opened: dict[int, Any] = {}
            for source in pipeline.inputs(name).values():
                if source.startswith("$"):
                    taken[source] = run.params[source[1:]]
                else:
                    taken[source] = store.get(source, opened)
            given = {key: taken[source] for key, source in pipeline.inputs(name).items()}
            return {key: Hole() if drop == f"in:{name}.{key}" else value for key, value in given.items()}

        results = run.call(name, arguments, lambda: None)
        bundles: dict[tuple[str, ...], dict[str, Any]] = {}
        for output, value in results.items():
            source = f"{name}.{output}"
            numbers[source] = runtime.number(value)
            before: Optional[str] = pipeline.inputs(name).get(output)
            if drop == f"out:{source}":
                store.latest[source] = {source: Hole()} if before is None else renamed(store, before, source)
            elif source in pipeline.bundle_of:
                bundle = pipeline.bundle_of[source]
                others = {other: taken[other] for other in bundle if other in taken}
                bundles.setdefault(bundle, others)[source] = value
            else:
                store.put([source], {source: value})
        for bundle, values in bundles.items():
            store.put(list(values), values)
    return {name: numbers[metric["from"]] for name, metric in pipeline.metrics.items()}


def renamed(store: Store, before: str, source: str) -> dict[str, Any]:
    return {source: store.get(before, {})}
