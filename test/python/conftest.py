"""Pipelines and notebooks that tests write into folders of their own and run as a user would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, NamedTuple

import pytest

RUNTIME = Path(__file__).resolve().parents[2] / "src" / "runtime"
sys.path.insert(0, str(RUNTIME))
sys.dont_write_bytecode = True

RUN = """from _runtime import main

if __name__ == "__main__":
    raise SystemExit(main(__file__))
"""


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


def python(*words: Any, cwd: Path, **env: str) -> Outcome:
    """Run this interpreter; what a surrounding recorded run set in the environment is taken out."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("CELLSMITH_")}
    command = [sys.executable, *(str(word) for word in words)]
    ended = subprocess.run(
        command, cwd=cwd, env={**inherited, **env}, capture_output=True, text=True, encoding="utf-8", timeout=120
    )
    return Outcome(ended.returncode, ended.stdout, ended.stderr)


class Written:
    """A pipeline in a folder with a space and an umlaut in its name."""

    def __init__(self, folder: Path) -> None:
        self.workspace = folder / "größe 1"
        self.root = self.workspace / "pipelines" / "demo"
        self.notebooks = self.workspace / "notebooks"
        self.notebooks.mkdir(parents=True)
        (self.root / "components").mkdir(parents=True)
        (self.root / "run.py").write_text(RUN, "utf-8")
        for name in ("_runtime.py", "_values.py"):
            shutil.copy(RUNTIME / name, self.root)

    def manifest(self, text: str) -> Written:
        head = "apiVersion: cellsmith/v1\nname: demo\nworkdir: ../../notebooks\nnotebook: ../../notebooks/demo.ipynb\n"
        (self.root / "pipeline.yaml").write_text(head + text, "utf-8")
        return self

    def component(self, name: str, text: str) -> Written:
        (self.root / "components" / f"{name}.py").write_text(text, "utf-8")
        return self

    def steps(self, **texts: str) -> Written:
        """Components by name, each a function of that name."""
        for name, text in texts.items():
            self.component(name, text)
        return self

    def run(self, *words: Any, cwd: Any = None, **env: str) -> Outcome:
        return python(self.root / "run.py", *words, cwd=cwd or self.workspace, **env)

    def recorded(self, *words: Any, **env: str) -> tuple[Outcome, list[dict[str, Any]]]:
        folder = self.workspace / ".cellsmith" / "runs" / "one"
        folder.mkdir(parents=True, exist_ok=True)
        tap = str(RUNTIME / "_tap.py")
        outcome = self.run(*words, CELLSMITH_RUN_DIR=str(folder), CELLSMITH_TAP=tap, **env)
        return outcome, events(folder)


def events(folder: Path) -> list[dict[str, Any]]:
    """All events of a run's folder, file by file."""
    lines = (line for file in sorted(folder.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines())
    return [json.loads(line) for line in lines]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    return Written(tmp_path)


def notebook(*cells: str, markdown: bool = True) -> dict[str, Any]:
    """An .ipynb of these code cells, with ids a, b, c … and one markdown cell on top."""
    codes = [
        {"cell_type": "code", "id": chr(97 + at), "metadata": {}, "execution_count": None, "outputs": [], "source": text}
        for at, text in enumerate(cells)
    ]
    top = [{"cell_type": "markdown", "id": "top", "metadata": {}, "source": "# Demo"}] if markdown else []
    return {"cells": [*top, *codes], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def launch(tmp_path: Path) -> Callable[..., tuple[Outcome, list[dict[str, Any]]]]:
    """Run launch.py, recorded, in a workspace that is the test's folder."""

    def launched(kind: str, path: Path, *words: Any, **env: str) -> tuple[Outcome, list[dict[str, Any]]]:
        folder = tmp_path / ".cellsmith" / "runs" / "one"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        outcome = python(RUNTIME / "launch.py", kind, path, *words, cwd=path.parent, CELLSMITH_RUN_DIR=str(folder), **env)
        return outcome, events(folder)

    return launched
