"""What run.py needs to execute pipeline.yaml. The same file in every pipeline; nobody has to read or edit it.

Python 3.9 and its standard library are enough to start. stdout belongs to the pipeline's own code; everything else
is stderr. How values become files is in _values.py.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import glob
import hashlib
import importlib
import importlib.util
import io
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import tokenize
import traceback
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Callable, Iterator, Optional

if __package__:
    from ._values import Ambient, Problem, pickled, print_as_in_jupyter, read_value, write_value
else:
    from _values import Ambient, Problem, pickled, print_as_in_jupyter, read_value, write_value

START = Path.cwd()  # files on the command line are relative to it, wherever the steps run


class StepFailed(Exception):
    """The pipeline's own code failed, and its traceback has been shown: exit code 1."""


def say(text: str) -> None:
    sys.stdout.flush()
    print(text, file=sys.stderr, flush=True)


# --- pipeline.yaml: the plain part of YAML 1.2 --------------------------------------------------------------

QUOTED = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')"""
BRACKETS = r",\[\]{}"


def plain(ends: str) -> str:
    """A scalar without quotes: up to a comment, a colon that ends a key, or one of `ends`."""
    inside = rf"[^\s:#{ends}]|:(?=[^\s{ends}])|(?<=\S)\#|[ \t]+(?=[^\s#{ends}])"
    return rf"""(?:(?![-?:](?:\s|$))[^\s,\[\]{{}}#&*!|>'"%@`](?:{inside})*)"""


BLOCK, FLOW = f"({QUOTED}|{plain('')})", f"({QUOTED}|{plain(BRACKETS)})"
KEY, ITEM = re.compile(rf"{BLOCK}[ \t]*:(?=\s|$)"), re.compile(r"-(?=\s|$)")
INTEGER = re.compile(r"[-+]?[0-9]+$|0o[0-7]+$|0x[0-9a-fA-F]+$")
REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|[-+]?\.(inf|Inf|INF)$|\.(nan|NaN|NAN)$")


class NotPlain(Exception):
    """YAML beyond the plain part, or no YAML at all."""


def resolve(text: str) -> Any:
    """The value of a scalar, by the core schema of YAML 1.2."""
    if text[0] == "'":
        return text[1:-1].replace("''", "'")
    if text[0] == '"':
        return json.loads(text)
    if text.lower() in ("true", "false", "null", "~") and text in (text.lower(), text.upper(), text.title()):
        return {"true": True, "false": False}.get(text.lower())
    if INTEGER.match(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    return float(re.sub(r"\.(?=[a-zA-Z])", "", text)) if REAL.match(text) else text


class PlainYaml:
    """Block collections, flow collections and scalars of one line, comments. No anchors, tags or text blocks."""

    def __init__(self, text: str) -> None:
        lines = enumerate(re.split(r"\r\n|\n|\r", text.lstrip("\ufeff")), 1)
        full = [(number, line) for number, line in lines if line.strip() and line.lstrip()[0] != "#"]
        # (number, indentation, text), the last line first, so that the next one is popped from the end.
        self.rows = [(number, len(line) - len(line.lstrip(" ")), line) for number, line in reversed(full)]
        self.number, self.at, self.text = 1, 0, ""

    def document(self) -> Any:
        value = self.block(self.rows[-1][1]) if self.rows else None
        if self.rows:
            self.take()
            raise self.wrong("this line is indented differently from those above")
        return value

    def wrong(self, reason: str) -> Exception:
        return NotPlain(f"pipeline.yaml:{self.number}: {reason}")

    def take(self) -> None:
        self.number, self.at, self.text = self.rows.pop()

    def skip(self) -> str:
        """Pass over white space and a comment; return the next character."""
        while self.text[self.at : self.at + 1] in (" ", "\t"):
            self.at += 1
        if self.text[self.at : self.at + 1] == "#" and self.text[self.at - 1] in " \t":
            self.at = len(self.text)
        return self.text[self.at : self.at + 1]

    def block(self, indent: int) -> Any:
        """The list or map whose lines are indented by `indent`."""
        items, entries = [], {}  # type: list[Any], dict[Any, Any]
        is_list = ITEM.match(self.rows[-1][2], indent) is not None
        while self.rows and self.rows[-1][1] == indent and is_list == bool(ITEM.match(self.rows[-1][2], indent)):
            self.take()
            if not is_list:
                key = KEY.match(self.text, indent)
                if key is None:
                    raise self.wrong("expected `name: value`")
                self.at = key.end()
                self.add(entries, self.scalar(key[1]), self.entry(indent, True))
                continue
            self.at += 1
            if self.skip() and (ITEM.match(self.text, self.at) or KEY.match(self.text, self.at)):
                self.rows.append((self.number, self.at, self.text))
                items.append(self.block(self.at))
            else:
                items.append(self.entry(indent, False))
        if self.rows and self.rows[-1][1] > indent:
            self.take()
            raise self.wrong("this line is indented further than the one above")
        return items if is_list else entries

    def entry(self, indent: int, of_map: bool) -> Any:
        """What follows `name:` or `-`, on the same line or below it."""
        if self.skip():
            value = self.value(BLOCK)
            if self.skip():
                raise self.wrong(f"did not expect {self.text[self.at :].strip()}")
            return value
        _, below, text = self.rows[-1] if self.rows else (0, -1, "")
        nested = below > indent or (of_map and below == indent and ITEM.match(text, indent))
        return self.block(below) if nested else None

    def value(self, pattern: str) -> Any:
        opening = self.skip()
        if opening in tuple("{["):
            return self.flow(opening)
        match = re.compile(pattern).match(self.text, self.at)
        if match is None:
            raise self.wrong(f"cannot read {self.text[self.at :].strip() or 'what should be here'}")
        self.at = match.end()
        return self.scalar(match[0])

    def flow(self, opening: str) -> Any:
        items, entries = [], {}  # type: list[Any], dict[Any, Any]
        closing = "}" if opening == "{" else "]"
        self.at += 1
        while self.skip() != closing:
            value = self.value(FLOW)
            if closing == "]":
                items.append(value)
            else:
                entered = self.skip() == ":"
                self.at += entered
                self.add(entries, value, self.value(FLOW) if entered and self.skip() not in tuple(",}") else None)
            if self.skip() == ",":
                self.at += 1
            elif self.skip() != closing:
                raise self.wrong(f"expected a comma or {closing} on this line")
        self.at += 1
        return entries if closing == "}" else items

    def scalar(self, text: str) -> Any:
        try:
            return resolve(text)
        except ValueError:
            raise self.wrong(f"cannot read {text}") from None

    def add(self, entries: dict[Any, Any], key: Any, value: Any) -> None:
        if isinstance(key, (dict, list)) or key in entries:
            raise Problem(f"pipeline.yaml:{self.number}: {key} is here twice")
        entries[key] = value


def read_yaml(text: str) -> Any:
    """Parse a manifest: the plain part here, the rest with PyYAML where there is one."""
    try:
        return PlainYaml(text).document()
    except NotPlain as reason:
        try:
            yaml = importlib.import_module("yaml")
        except ImportError:
            raise Problem(f"{reason} (without PyYAML, only plain YAML can be read)") from None
        core: Any = type("CoreLoader", (yaml.SafeLoader,), {"yaml_implicit_resolvers": {}})
        scalars = re.compile(f"{INTEGER.pattern}|{REAL.pattern}|(?i:true|false|null|~)$")
        core.add_implicit_resolver("!core", scalars, None)
        core.add_constructor("!core", lambda _, node: resolve(node.value))
        core.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("$"), None)
        try:
            return yaml.load(text, core)
        except yaml.YAMLError:
            raise Problem(str(reason)) from None


# --- the journal of a recorded run --------------------------------------------------------------------------

SECRET = re.compile(r"(^|_)(password|passwd|secret|token|api_?key|credentials?)$", re.IGNORECASE)
KINDS = {"model": "joblib pkl pickle pt pth onnx h5 keras cbm safetensors ubj", "plot": "png svg jpg jpeg pdf"}


def kind_of(path: str) -> str:
    suffix = path.rpartition(".")[2].lower()
    return next((kind for kind, suffixes in KINDS.items() if suffix in suffixes.split()), "file")


def number(value: Any) -> Any:
    """A metric as JSON can hold it, without NaN and infinity; None for what is no number."""
    if type(value).__module__ == "numpy" and not getattr(value, "ndim", 1):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    words = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
    return words.get(str(value), value)


class Journal:
    """Appends events to the folder that CELLSMITH_RUN_DIR names. Without one, or after a failure, does nothing."""

    def __init__(self, writer: str) -> None:
        self.file: Optional[int] = None
        self.step: Optional[str] = None
        self.seq, self.pid, self.lock = 0, os.getpid(), threading.RLock()
        folder = os.environ.get("CELLSMITH_RUN_DIR")
        with contextlib.suppress(OSError):
            for attempt in itertools.count(1) if folder else ():
                path = os.path.join(str(folder), f"{writer}.{attempt}.jsonl")
                with contextlib.suppress(FileExistsError):
                    self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o644)
                    return

    def emit(self, t: str, **fields: Any) -> None:
        if self.file is None or os.getpid() != self.pid:  # what a fork writes would not be in order
            return
        with self.lock, contextlib.suppress(OSError, ValueError, TypeError):
            event = {"v": 1, "t": t, "ts": int(time.time() * 1000), "seq": self.seq, "step": self.step, **fields}
            line = json.dumps({key: value for key, value in event.items() if value is not None}, default=str)
            os.write(self.file, line.encode("ascii") + b"\n")
            self.seq += 1

    def tell_file(self, t: str, path: str) -> None:
        """`in` or `art` for a file that exists."""
        if os.path.exists(path):
            size = os.path.getsize(path) if os.path.isfile(path) else None
            kind = kind_of(path) if t == "art" else None
            self.emit(t, name=os.path.basename(path), path=path, size=size, kind=kind)

    def tell_error(self, error: BaseException, frames: Optional[TracebackType], src: Optional[dict[str, Any]]) -> None:
        text = "".join(traceback.format_exception(type(error), error, frames))
        self.emit("error", message=f"{type(error).__name__}: {error}".splitlines()[0], traceback=text, src=src)


def tap_stdout(journal: Journal, known: set[str]) -> None:
    """Where a recorded run asks for it, read printed lines for numbers; what is printed stays as it is."""
    with contextlib.suppress(Exception):
        if journal.file is not None and os.environ.get("CELLSMITH_TAP"):
            spec = importlib.util.spec_from_file_location("_cellsmith_tap", os.environ["CELLSMITH_TAP"])
            assert spec and spec.loader
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            sys.stdout = module.Tap(sys.stdout, journal.emit, known=known)


def die_with_owner() -> None:
    """End this process with the one that CELLSMITH_OWNER_PID names, however that one ends."""
    owner = int(os.environ.get("CELLSMITH_OWNER_PID") or 0)
    if not owner or os.name != "posix":
        return
    is_parent = os.getppid() == owner
    if is_parent and sys.platform == "linux":
        with contextlib.suppress(ImportError, OSError, AttributeError):
            importlib.import_module("ctypes").CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG

    def watch() -> None:
        with contextlib.suppress(ProcessLookupError):
            while not is_parent or os.getppid() == owner:
                with contextlib.suppress(PermissionError):  # alive, but another user's
                    os.kill(owner, 0)
                time.sleep(1)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True, name="cellsmith-owner").start()


# --- the pipeline -------------------------------------------------------------------------------------------

SUFFIXES = {"parquet": "parquet", "npy": "npy", "npz": "npz", "json": "json", "skops": "skops", "joblib": "joblib"}
SUFFIXES.update({"pickle": "pkl", "cloudpickle": "pkl", "png": "png"})


class Pipeline:
    """pipeline.yaml, checked as far as running it needs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        try:
            manifest = read_yaml((root / "pipeline.yaml").read_text("utf-8"))
        except OSError as error:
            raise Problem(f"cannot read {root / 'pipeline.yaml'}: {error.strerror}") from None
        if not isinstance(manifest, dict) or not isinstance(manifest.get("steps"), dict):
            raise Problem("pipeline.yaml has no steps")
        self.manifest: dict[str, Any] = manifest
        self.name = str(manifest.get("name", root.name))
        self.steps: dict[str, dict[str, Any]] = manifest["steps"]
        self.parameters: dict[str, dict[str, Any]] = manifest.get("parameters") or {}
        self.metrics: dict[str, dict[str, Any]] = manifest.get("metrics") or {}
        self.workdir = (root / manifest.get("workdir", ".")).resolve()
        self.outputs: dict[str, dict[str, Any]] = {}
        for name, step in self.steps.items():
            self.admit(name, step if isinstance(step, dict) else {})
        names = list(self.steps)
        for earlier, later in manifest.get("order") or []:
            if earlier in names and later in names[: names.index(earlier)]:
                raise Problem(f"pipeline.yaml: {earlier} is to run before {later}, but stands below it")
        for name, metric in self.metrics.items():
            if metric.get("from") not in self.outputs:
                raise Problem(f"pipeline.yaml: metric {name} comes from {metric.get('from')}, which no step gives")
        self.bundle_of = {ref: tuple(bundle) for bundle in manifest.get("bundles") or [] for ref in bundle}

    def admit(self, name: str, step: dict[str, Any]) -> None:
        """Check a step against those above it."""
        if not re.match(r"[^\\:]+\.py:\w+$", str(step.get("component", ""))):
            raise Problem(f"pipeline.yaml: step {name} needs a component, such as components/{name}.py:{name}")
        for key, source in self.inputs(name).items():
            if not (source[1:] in self.parameters if source.startswith("$") else source in self.outputs):
                raise Problem(f"pipeline.yaml: step {name} takes {key} from {source}, which nothing above it gives")
        for output, entry in (step.get("outputs") or {}).items():
            if entry.get("format") not in SUFFIXES:
                raise Problem(f"pipeline.yaml: {name}.{output} has the unknown format {entry.get('format')}")
            self.outputs[f"{name}.{output}"] = entry

    def inputs(self, name: str) -> dict[str, str]:
        """Argument to `$parameter` or `step.output`."""
        if name not in self.steps:
            raise Problem(f"there is no step {name}; there are {', '.join(self.steps)}")
        return self.steps[name].get("inputs") or {}

    def values(self, given: list[str], wanted: set[str]) -> dict[str, Any]:
        """The parameters' values: defaults, and `name=value` texts over them. The wanted ones must fit the disk."""
        values = {name: entry.get("default") for name, entry in self.parameters.items()}
        for text in given:
            name, equals, value = text.partition("=")
            if not equals or name not in values:
                raise Problem(f"-p {text}: {self.name} has no parameter {name}; it has {', '.join(values) or 'none'}")
            values[name] = convert(text, name, value, self.parameters[name].get("type", "str"))
        made = {str(values[name]) for name in values if self.parameters[name].get("access") == "write"}
        for name in wanted:
            path = str(values[name])
            if self.parameters[name].get("access") != "read" or path in made or "://" in path:
                continue
            if not glob.glob(str(self.workdir / path), recursive=True) and not (self.workdir / path).exists():
                raise Problem(f"{name}: there is no {os.path.normpath(self.workdir / path)}")
        return values


def convert(text: str, name: str, value: str, kind: str) -> Any:
    words = {"true": True, "false": False}
    kinds: dict[str, Callable[[str], Any]] = {"int": int, "float": float, "bool": lambda word: words[word.lower()]}
    try:
        return kinds.get(kind, str)(value)
    except (ValueError, KeyError):
        raise Problem(f"-p {text}: {name} is of type {kind}") from None


def component(root: Path, name: str, place: str) -> Callable[..., Any]:
    """The function behind a step. Its package is ours even where the notebook's folder has one of that name."""
    file, _, function = place.partition(":")
    packages = file[: -len(".py")].split("/")
    if not (root / file).is_file():
        raise Problem(f"step {name}: there is no {root / file}")
    for depth in range(1, len(packages)):
        package = ModuleType(".".join(packages[:depth]))
        package.__path__ = [str(root.joinpath(*packages[:depth]))]
        sys.modules.setdefault(package.__name__, package)
    try:
        found: Callable[..., Any] = getattr(importlib.import_module(".".join(packages)), function)
        return found
    except ModuleNotFoundError as error:
        raise Problem(f"step {name} needs {error.name}, which {sys.executable} does not have") from None
    except AttributeError:
        raise Problem(f"step {name}: there is no {function} in {file}") from None


def named(name: str, step: dict[str, Any], result: Any) -> dict[str, Any]:
    """A component's result by the names of its outputs."""
    names = list(step.get("outputs") or {})
    results = (result,) if len(names) == 1 else result if names else ()
    if not isinstance(results, tuple) or len(results) != len(names):
        raise Problem(f"step {name}: {step['component']} must return {', '.join(names)}")
    return dict(zip(names, results))


def is_figure(value: Any) -> bool:
    module = sys.modules.get("matplotlib.figure")
    return module is not None and isinstance(value, module.Figure)


def figures_of(value: Any) -> list[Any]:
    """The figures in a value: itself, those of its axes, those in a list or array of either."""
    found: list[Any] = []
    for part in value if isinstance(value, (list, tuple)) else getattr(value, "flat", [value]):
        figure = part if is_figure(part) else getattr(part, "figure", None)
        found += [figure] if is_figure(figure) and not any(figure is other for other in found) else []
    return found


def beyond_us(error: BaseException) -> Optional[TracebackType]:
    """The traceback from the first frame on that belongs to the pipeline's own code."""
    frames = error.__traceback__
    ours = (__file__, sys.modules[Problem.__module__].__file__ or "", contextlib.__file__, importlib.__file__)
    while frames and frames.tb_frame.f_code.co_filename.startswith((*ours, "<frozen importlib")):
        frames = frames.tb_next
    return frames


class Steps:
    """Calls components and tells of it: names on stderr, plots into the results, everything into the journal."""

    def __init__(self, pipeline: Pipeline, params: dict[str, Any], results: Optional[Path], journal: Journal) -> None:
        self.pipeline, self.params, self.results, self.journal = pipeline, params, results, journal
        self.seconds: dict[str, float] = {}
        self.plots: list[str] = []

    def call(self, name: str, arguments: Callable[[], dict[str, Any]], ready: Callable[[], None]) -> dict[str, Any]:
        """Call a step's component and give its results their names; `ready` is called just before."""
        step = self.pipeline.steps[name]
        try:
            with self.told(name):
                function = component(self.pipeline.root, name, step["component"])
                values = arguments()
                ready()
                results = named(name, step, function(**values))
                self.tell_results(name, results, function.__code__)
            return results
        except (Problem, StepFailed):
            raise
        except Exception as error:
            say("".join(traceback.format_exception(type(error), error, beyond_us(error))).rstrip())
            raise StepFailed(f"step {name} failed") from error

    @contextlib.contextmanager
    def told(self, name: str) -> Iterator[None]:
        started, begin, status = time.time(), time.perf_counter(), "FAILED"
        self.journal.step = name
        self.journal.emit("step_start")
        self.tell_files("in", name, "read", 0)
        try:
            yield
            status = "FINISHED"
        except BaseException as error:
            frames = traceback.extract_tb(beyond_us(error))
            own = [frame for frame in frames if frame.filename.startswith(str(self.pipeline.root))]
            src = {"file": own[-1].filename, "line": own[-1].lineno} if own else None
            self.journal.tell_error(error, beyond_us(error), src)
            raise
        finally:
            self.tell_files("art", name, "write", started - 2)  # some file systems count in steps of two seconds
            self.seconds[name] = round(time.perf_counter() - begin, 2)
            self.journal.emit("step_end", status=status, seconds=self.seconds[name])
            self.journal.step = None

    def tell_files(self, t: str, name: str, access: str, since: float) -> None:
        for source in self.pipeline.inputs(name).values():
            entry = self.pipeline.parameters.get(source[1:]) if source.startswith("$") else None
            path = os.path.abspath(str(self.params.get(source[1:])))
            if entry and entry.get("access") == access and os.path.exists(path) and os.path.getmtime(path) >= since:
                self.journal.tell_file(t, path)

    def figures_shown(self, name: str, results: dict[str, Any]) -> list[Any]:
        """The figures a step returns, and those that it leaves open: Jupyter shows these at the end of a cell."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        left = [pyplot.figure(number) for number in pyplot.get_fignums()] if pyplot else []
        returned: list[Any] = []
        for key, value in results.items():
            if is_figure(value) or self.pipeline.outputs[f"{name}.{key}"]["format"] == "png":
                returned += figures_of(value)
        closed = [figure for figure in returned if not any(figure is other for other in left)]
        wanted = [figure for figure in left if figure.axes or any(figure is other for other in returned)]
        return closed + wanted

    def tell_results(self, name: str, results: dict[str, Any], code: Any) -> None:
        metrics = {metric["from"]: known for known, metric in self.pipeline.metrics.items()}
        numbers = {metrics.get(f"{name}.{key}", f"{name}.{key}"): number(value) for key, value in results.items()}
        numbers = {key: value for key, value in numbers.items() if value is not None}
        if numbers:
            self.journal.emit("m", values=numbers, src={"file": code.co_filename, "line": code.co_firstlineno})
        figures = self.figures_shown(name, results)
        for at, figure in enumerate(figures if self.results else [], 1):
            path = Path(self.results or "") / (f"{name}.png" if len(figures) == 1 else f"{name}_{at}.png")
            figure.savefig(path, bbox_inches="tight")
            self.plots.append(path.name)
            self.journal.tell_file("art", str(path))
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")  # as Jupyter does after each cell


def run_in_process(run: Steps) -> dict[str, Any]:
    """Every step in this process, live objects handed on. Returns the metrics."""
    values = {f"${name}": value for name, value in run.params.items()}
    for name in run.pipeline.steps:
        say(f"{name} …")
        arguments = {key: values[source] for key, source in run.pipeline.inputs(name).items()}
        results = run.call(name, arguments.copy, lambda: None)
        values.update({f"{name}.{output}": value for output, value in results.items()})
    return {name: number(values[metric["from"]]) for name, metric in run.pipeline.metrics.items()}


# --- every step in a process of its own ---------------------------------------------------------------------


def run_isolated(run: Steps, script: str, given: list[str], results: Path) -> dict[str, Any]:
    """Every step in its own process, values as files under values/ in the results. Returns the metrics."""
    pipeline, values, files = run.pipeline, results / "values", {}  # type: Pipeline, Path, dict[str, Path]
    values.mkdir(parents=True, exist_ok=True)
    state = values / "state.pkl"
    state.unlink(missing_ok=True)
    for name, step in pipeline.steps.items():
        say(f"{name} … (its own process)")
        command = [sys.executable, script, "step", name, "--results", str(results), "--state", str(state)]
        command += [word for text in given for word in ("-p", text)]
        for key, source in pipeline.inputs(name).items():
            command += [] if source.startswith("$") else ["--in", f"{key}={files[source]}"]
        for output, entry in (step.get("outputs") or {}).items():
            bundle = pipeline.bundle_of.get(f"{name}.{output}")
            file = values / name / f"{output}.{SUFFIXES[entry['format']]}"
            if bundle:  # its other values come along, so this file is the newest of them all
                file = values / name / f"{bundle[0]}.bundle.pkl"
                files.update(dict.fromkeys(bundle, file))
            files[f"{name}.{output}"] = file
            command += [] if entry["format"] == "png" else ["--out", f"{output}={file}"]
        begin, before = time.perf_counter(), time.time() - 2
        env = {**os.environ, "CELLSMITH_OWNER_PID": str(os.getpid())}
        code = subprocess.run(command, env=env, check=False).returncode
        run.seconds[name] = round(time.perf_counter() - begin, 2)
        if code < 0:
            run.journal.emit("step_end", step=name, status="FAILED", seconds=run.seconds[name])
            raise StepFailed(f"step {name} was ended by signal {-code}")
        if code:
            raise (Problem if code == 2 else StepFailed)(f"stopped at step {name}")
        plots = [path for path in results.glob("*.png") if re.match(rf"{name}(_\d+)?\.png$", path.name)]
        run.plots += sorted(path.name for path in plots if path.stat().st_mtime >= before)
    wanted = {name: metric["from"] for name, metric in pipeline.metrics.items()}
    return {name: number(read_output(pipeline, source, files[source], {})) for name, source in wanted.items()}


def read_output(pipeline: Pipeline, source: str, path: Path, opened: dict[Path, Any]) -> Any:
    """A step's output from its file; a bundle's file is opened once, or its values would no longer share anything."""
    if source not in pipeline.bundle_of:
        entry = pipeline.outputs[source]
        return read_value(path, entry["format"], entry.get("type", ""))
    if path not in opened:
        opened[path] = read_value(path, "pickle")
    return opened[path][source]


def run_step(run: Steps, name: str, given: dict[str, Path], wanted: dict[str, Path], state: Optional[Path]) -> None:
    """One step, its inputs and outputs as files; `state` is what the steps before left behind."""
    pipeline, taken, opened = run.pipeline, {}, {}  # type: Pipeline, dict[str, Any], dict[Path, Any]
    ambient = Ambient(state)
    ambient.resume()

    def arguments() -> dict[str, Any]:
        for key, source in pipeline.inputs(name).items():
            if source.startswith("$"):
                taken[source] = run.params[source[1:]]
            elif key in given:
                taken[source] = read_output(pipeline, source, given[key], opened)
            else:
                raise Problem(f"step {name} needs --in {key}=FILE")
        return {key: taken[source] for key, source in pipeline.inputs(name).items()}

    results = run.call(name, arguments, ambient.restore)
    bundles: dict[Path, dict[str, Any]] = {}
    for output, path in wanted.items():
        if output not in results:
            raise Problem(f"step {name} gives no {output}; it gives {', '.join(results) or 'nothing'}")
        entry, source = pipeline.outputs[f"{name}.{output}"], f"{name}.{output}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if source in pipeline.bundle_of:
            others = {other: taken[other] for other in pipeline.bundle_of[source] if other in taken}
            bundles.setdefault(path, others)[source] = results[output]
        elif entry["format"] == "png":
            for figure in figures_of(results[output]):
                figure.savefig(path, bbox_inches="tight")
        else:
            write_value(results[output], path, entry["format"], entry.get("type", ""), source, exact=bool(state))
    for path, values in bundles.items():
        path.write_bytes(pickled(values, " with ".join(values)))
    if state:
        ambient.hand_on()


# --- does it still match the notebook? ----------------------------------------------------------------------

NOT_PYTHON = re.compile(r"^\s*[%!?]|\?\s*$|^[^#'\"]*=\s*[%!]")
LAYOUT = {"NEWLINE": "<NEWLINE>", "INDENT": "<INDENT>", "DEDENT": "<DEDENT>", "COMMENT": "", "NL": "", "ENDMARKER": ""}


def code_text(source: str) -> str:
    """What counts of a cell: its tokens, without comments and layout. A cell that is not all Python counts as text."""
    lines = re.split(r"\r\n|\r|\n", source)
    words: list[str] = []
    opened: list[tuple[int, int]] = []  # where the f-strings around a token start; since Python 3.12 they are in parts
    try:
        if any(NOT_PYTHON.search(line) for line in lines):
            return plain_text(source)
        ast.parse("\n".join(lines))
        for token in tokenize.generate_tokens(io.StringIO("\n".join(lines)).readline):
            kind = tokenize.tok_name[token.type]
            if kind.endswith("STRING_START"):
                opened.append(token.start)
            elif kind.endswith("STRING_END"):
                (row, column), (last, end) = opened.pop(), token.end
                text = "\n".join(lines[row - 1 : last])
                if not opened:
                    words.append(text[column : len(text) - len(lines[last - 1]) + end])
            elif not opened:
                words.append(LAYOUT.get(kind, token.string))
        return "\n".join(word for word in words if word)
    except (SyntaxError, tokenize.TokenError, ValueError):
        return plain_text(source)


def plain_text(source: str) -> str:
    return "\n".join(line.rstrip() for line in re.split(r"\r\n|\r|\n", source) if line.strip())


def code_digest(source: str, text: Callable[[str], str] = code_text) -> str:
    """SHA-256 of what counts of a cell, in hex."""
    return hashlib.sha256(text(source).encode("utf-8", "surrogatepass")).hexdigest()


def code_cells(path: Path) -> list[tuple[str, int, str]]:
    """The code cells of a notebook or `# %%` script: identity, number among all cells from 1, source."""
    text = path.read_text("utf-8-sig")
    if path.suffix == ".ipynb":
        raw = [(cell.get("id"), cell.get("cell_type"), "".join(cell["source"])) for cell in json.loads(text)["cells"]]
    else:
        text = re.sub(r"\A# ---[ \t]*\n.*?\n# ---[ \t]*\n", "", text, flags=re.DOTALL)
        parts = ["", *re.split(r"^#[ \t]*(%%(?!%).*)$", text, flags=re.MULTILINE)]
        bodies = [(head, re.sub(r"\A(\s*\n)+|\s+\Z", "", body)) for head, body in zip(parts[::2], parts[1::2])]
        other = re.compile(r"\[(markdown|md|raw)\]")
        raw = [(None, "raw" if other.search(head) else "code", body) for head, body in bodies if head or body]
    cells: list[tuple[str, int, str]] = []
    seen: dict[str, int] = {}
    for at, (known, kind, source) in enumerate(raw, 1):
        if kind == "code":
            identity = known or f"digest:{code_digest(source)[:16]}"
            seen[identity] = seen.get(identity, 0) + 1
            cells.append((identity if seen[identity] == 1 else f"{identity}#{seen[identity]}", at, source))
    return cells


def check(pipeline: Pipeline) -> int:
    """Say which cells have changed since the components were taken from them; 1 if any."""
    try:
        text = (pipeline.root / "pipeline.lock.json").read_text("utf-8")
        if re.search(r"^<{7} ", text, re.MULTILINE):
            raise ValueError("pipeline.lock.json holds both sides of a merge that was not finished")
        lock = json.loads(text)
        recorded = {identity: lock["cells"][identity] for identity in lock.get("order", lock["cells"])}
        notebook = (pipeline.root / str(pipeline.manifest.get("notebook", ""))).resolve()
        left = {identity: (number, source) for identity, number, source in code_cells(notebook)}
        remarks = []
        for identity, entry in recorded.items():
            goes = f"look at {', '.join(entry['to'])}" if entry["to"] else "it was left out"
            number, source = left.pop(identity, (0, ""))
            if number == 0:
                remarks.append(f"a cell is gone, {goes}: {entry['first line']}")
            elif entry["code"] not in (code_digest(source), code_digest(source, plain_text)):
                remarks.append(f"cell {number} has changed, {goes}: {entry['first line']}")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem(f"cannot compare with the notebook: {error}") from None
    for number, source in left.values():
        lines = [line for line in map(str.strip, source.splitlines()) if line and line[0] not in "#%"]
        remarks += [f"cell {number} is new and in no step: {lines[0]}"] if lines else []
    print(*remarks or [f"the components match {notebook.name}"], sep="\n")
    return 1 if remarks else 0


# --- the command line ---------------------------------------------------------------------------------------


def command_line(pipeline: Pipeline) -> argparse.Namespace:
    lines = [
        f"  {name} ({entry.get('type', 'str')}, {entry.get('default')})  {entry.get('description', '')}".rstrip()
        for name, entry in pipeline.parameters.items()
    ]
    parser = argparse.ArgumentParser(
        prog="run.py",
        usage="run.py [step NAME | check] [-p NAME=VALUE]... [--isolate] [--results DIR] [--json]",
        description=f"Run the {pipeline.name} pipeline, one of its steps, or compare it with its notebook.",
        epilog="\n".join(["parameters:", *lines] if lines else []),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    several: dict[str, Any] = {"action": "append", "default": []}
    parser.add_argument("command", nargs="?", choices=["all", "step", "check"], default="all", help=argparse.SUPPRESS)
    parser.add_argument("name", nargs="?", default="", help=argparse.SUPPRESS)
    parser.add_argument("-p", "--param", **several, metavar="NAME=VALUE", help="a parameter's value")
    parser.add_argument("--isolate", action="store_true", help="every step in a process of its own, values as files")
    parser.add_argument("--in", dest="inputs", **several, metavar="NAME=FILE", help="for step: an input")
    parser.add_argument("--out", dest="outputs", **several, metavar="NAME=FILE", help="for step: where an output goes")
    parser.add_argument("--results", metavar="DIR", help="for plots and result.json; else out/ beside run.py")
    parser.add_argument("--json", action="store_true", help="the result as JSON on stdout, what is printed on stderr")
    parser.add_argument("--state", help=argparse.SUPPRESS)
    return parser.parse_args()


def named_files(texts: list[str]) -> dict[str, Path]:
    for text in texts:
        if "=" not in text:
            raise Problem(f"{text}: expected NAME=FILE")
    return {name: START / file for name, _, file in (text.partition("=") for text in texts)}


def failed_gates(pipeline: Pipeline, metrics: dict[str, Any]) -> Iterator[str]:
    for gate in pipeline.manifest.get("gates") or []:
        name, value = gate["metric"], metrics.get(gate["metric"])
        if "noWorseThan" in gate:
            say(f"run.py: {name} is not compared with {gate['noWorseThan'].get('model')} here")
        if not isinstance(value, (int, float)):
            yield f"{name} is {'not a number' if value is None else value}"
        elif value < gate.get("min", value):
            yield f"{name} is {value:.4g}, below {gate['min']}"
        elif value > gate.get("max", value):
            yield f"{name} is {value:.4g}, above {gate['max']}"


def execute(pipeline: Pipeline, script: str, args: argparse.Namespace, journal: Journal) -> int:
    """Run the whole pipeline; write result.json; say which gates failed."""
    params = pipeline.values(args.param, set(pipeline.parameters))
    shown = {name: "***" if SECRET.search(name) else value for name, value in params.items()}
    journal.emit("params", values=shown)
    results = START / args.results if args.results else pipeline.root / "out"
    results.mkdir(parents=True, exist_ok=True)
    if not args.results:
        (results / ".gitignore").write_text("*\n")
    run = Steps(pipeline, params, results, journal)
    metrics = run_isolated(run, script, args.param, results) if args.isolate else run_in_process(run)
    failed = list(failed_gates(pipeline, metrics))
    document = {
        "pipeline": pipeline.name,
        "status": "gate failed" if failed else "done",
        "params": shown,
        "metrics": metrics,
        "artifacts": run.plots,
        "seconds": run.seconds,
    }
    text = json.dumps(document, indent=2, default=str) + "\n"
    (results / "result.json").write_text(text, "utf-8")
    if args.json:
        os.write(args.answer, text.encode("utf-8"))
    for reason in failed:
        say(f"gate failed: {reason}")
        journal.emit("error", message=f"gate failed: {reason}")
    return 1 if failed else 0


def start(pipeline: Pipeline, args: argparse.Namespace) -> None:
    """Start as the notebook did: in its folder, with its own modules in reach and the components beside them."""
    if not pipeline.workdir.is_dir():
        raise Problem(f"workdir: there is no {pipeline.workdir}")
    os.chdir(pipeline.workdir)
    sys.path[0:1] = [str(pipeline.workdir), str(pipeline.root)]
    if os.environ.get("MPLBACKEND", "module://matplotlib_inline").startswith("module://matplotlib_inline"):
        os.environ["MPLBACKEND"] = "Agg"
    print_as_in_jupyter()
    if args.json:  # nor may what other programs print reach stdout
        args.answer = os.dup(1)
        os.dup2(2, 1)


def main(script: str) -> int:
    """Do what the command line says; returns the exit code: 0 done, 1 the code or a gate failed, 2 bad input."""
    die_with_owner()
    path = Path(script).resolve()
    try:
        pipeline = Pipeline(path.parent)
        args = command_line(pipeline)
        if args.command == "check":
            return check(pipeline)
        start(pipeline, args)
        journal = Journal(args.name or "main")
        outputs = [source.partition(".")[2] for source in pipeline.outputs]
        tap_stdout(journal, {name.lower() for name in [*pipeline.metrics, *outputs]})
        if args.command == "all":
            return execute(pipeline, str(path), args, journal)
        wanted = {source[1:] for source in pipeline.inputs(args.name).values() if source.startswith("$")}
        params, results = pipeline.values(args.param, wanted), START / args.results if args.results else None
        files = named_files(args.inputs), named_files(args.outputs)
        state = START / args.state if args.state else None
        run_step(Steps(pipeline, params, results, journal), args.name, *files, state)
        return 0
    except StepFailed as failure:
        say(f"run.py: {failure}")
        return 1
    except Problem as problem:
        say(f"run.py: {problem}")
        return 2
    except KeyboardInterrupt:
        say("run.py: cancelled")
        return 130
