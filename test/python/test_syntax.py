"""Our Python runs on 3.9, and the vendored part on its standard library."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from conftest import RUNTIME

FILES = sorted(RUNTIME.glob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_syntax_of_3_9(file: Path) -> None:
    ast.parse(file.read_text("utf-8"), feature_version=(3, 9))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_annotations_are_not_evaluated(file: Path) -> None:
    assert "\nfrom __future__ import annotations\n" in file.read_text("utf-8")


@pytest.mark.parametrize("name", ["_runtime.py", "_values.py", "_tap.py", "_files.py", "launch.py"])
def test_starts_on_the_standard_library(name: str) -> None:
    tree = ast.parse((RUNTIME / name).read_text("utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    foreign = {module.partition(".")[0] for module in imported} - set(sys.stdlib_module_names) - {"_cellsmith", "_values"}
    assert not foreign
