"""Which names each scope of some Python binds and reads, by Python's own parser and symbol table.

    _symbols.py cells              stdin: {"cells": [SOURCE, ...]}, the cells of one notebook in order
    _symbols.py star MODULE ...    what `from MODULE import *` binds; imports the modules

Prints one JSON document. A scope is {kind, name, line, names, children}; kind is module, class, function, lambda, comprehension
or type (PEP 695). `names` maps a name, mangled where Python mangles it, to letters:

    b bound, p parameter, i imported, a annotated, r read, n declared nonlocal; then one of
    L local, F free (of an enclosing function), G declared global, g global

The same for every Python from 3.9 on: an inlined comprehension still is a scope, an annotation never is one (what it reads
counts for the scope it stands in), and names that Python plants for its own use are left out.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import symtable
import sys
from typing import Any, Iterator, Optional

Scope = dict[str, Any]

FUTURE = "from __future__ import annotations\n"
PLANTED = {"__classdict__", "__type_params__", "__conditional_annotations__"}
COMPREHENSIONS = {"listcomp", "setcomp", "dictcomp", "genexpr"}
TYPES = {"TypeVar bound", "type variable", "type alias", "type parameter", "type parameters"}


class Edit:
    """Replacements in a text, by line and UTF-8 column; each line keeps its number."""

    def __init__(self, source: str) -> None:
        self.lines = [line.encode("utf-8", "surrogatepass") for line in source.split("\n")]
        self.edits: list[tuple[int, int, int, bytes]] = []

    def put(self, line: int, column: int, length: int, text: bytes) -> None:
        self.edits.append((line, column, length, text))

    def find(self, line: int, column: int, wanted: bytes) -> tuple[int, int]:
        """The next `wanted` from a place on, comments passed over; between two expressions there are no strings."""
        while True:
            comment = self.lines[line - 1].find(b"#", column)
            code = self.lines[line - 1][: comment if comment >= 0 else None]
            found = code.find(wanted, column)
            if found >= 0:
                return line, found
            line, column = line + 1, 0

    def text(self) -> str:
        for line, column, length, text in sorted(self.edits, reverse=True):
            old = self.lines[line - 1]
            self.lines[line - 1] = old[:column] + text + old[column + length :]
        return b"\n".join(self.lines).decode("utf-8", "surrogatepass")


def as_generators(source: str, tree: ast.AST, edit: Edit) -> None:
    """Write comprehensions as generator expressions: from 3.12 on, only those keep a scope of their own."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp)):
            end = (node.end_lineno or 0, (node.end_col_offset or 0) - 1)
            if not isinstance(node, ast.DictComp):
                edit.put(node.lineno, node.col_offset, 1, b"(")
                edit.put(*end, 1, b")")
                continue
            # {k: v for …} becomes (((k),(v)) for …)
            edit.put(node.lineno, node.col_offset, 1, b"(((")
            edit.put(*edit.find(node.key.end_lineno or 0, node.key.end_col_offset or 0, b":"), 1, b"),(")
            word = b"async" if node.generators[0].is_async else b"for"
            edit.put(*edit.find(node.value.end_lineno or 0, node.value.end_col_offset or 0, word), 0, b"))")
            edit.put(*end, 1, b")")


def without_top_level_await(tree: ast.AST, edit: Edit) -> None:
    """Take away each `await` and `async` outside functions, which notebooks may use and symtable refuses."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            pending += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.Await):
            edit.put(node.lineno, node.col_offset, 5, b"~    ")
        if isinstance(node, (ast.AsyncFor, ast.AsyncWith)):
            rest = edit.lines[node.lineno - 1][node.col_offset + 5 :]
            edit.put(node.lineno, node.col_offset, 5 + len(rest) - len(rest.lstrip()), b"")
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            before: list[ast.expr] = [node.value] if isinstance(node, ast.DictComp) else [node.elt]
            for one in node.generators:
                if one.is_async:
                    at = before[-1]
                    edit.put(*edit.find(at.end_lineno or 0, at.end_col_offset or 0, b"async"), 5, b" " * 5)
                before = [one.iter, *one.ifs]
        pending += ast.iter_child_nodes(node)


def without_annotations(tree: ast.AST, edit: Edit) -> None:
    """Write `(0)` for each annotation: what 3.9 says of those that are not evaluated, later Pythons do not."""
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            old = getattr(node, name, None)
            if not isinstance(old, ast.expr):
                continue
            first, last = old.lineno, old.end_lineno or old.lineno
            for line in range(first, last + 1):
                start = old.col_offset if line == first else 0
                end = (old.end_col_offset or 0) if line == last else len(edit.lines[line - 1])
                text = (b"(0" if line == first else b"") + (b")" if line == last else b"")
                edit.put(line, start, end - start, text)


def with_local_annotations(source: str, tree: ast.AST, edit: Edit) -> None:
    """Read before it is annotated what a function's own variable is annotated with: 3.14 no longer tells of that."""
    pending: list[tuple[ast.AST, bool]] = [(tree, False)]
    while pending:
        node, inside = pending.pop()
        if isinstance(node, ast.AnnAssign) and inside:
            text = ast.get_source_segment(source, node.annotation) or "0"
            if "#" not in text:
                edit.put(node.lineno, node.col_offset, 0, f"({' '.join(text.split())});".encode())
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            inside = not isinstance(node, ast.ClassDef)
        pending += [(child, inside) for child in ast.iter_child_nodes(node)]


def parsed(source: str) -> ast.Module:
    tree: ast.Module = compile(source, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    return tree


def has_future(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
        for node in tree.body
    )


def table_of(source: str, tree: ast.Module) -> symtable.SymbolTable:
    """Python's symbol table, with comprehensions as scopes."""
    edit = Edit(source)
    if sys.version_info >= (3, 12):
        as_generators(source, tree, edit)
    if "await" in source or "async" in source:
        without_top_level_await(tree, edit)
    if sys.version_info >= (3, 14) and not has_future(tree):
        with_local_annotations(source, tree, edit)
    if sys.version_info < (3, 10) and has_future(tree):
        without_annotations(tree, edit)
    return symtable.symtable(edit.text() if edit.edits else source, "<cell>", "exec")


def letters(symbol: symtable.Symbol, module: bool) -> str:
    bound = symbol.is_assigned() or symbol.is_parameter() or symbol.is_imported()
    said = [
        ("b", symbol.is_assigned()),
        ("p", symbol.is_parameter()),
        ("i", symbol.is_imported()),
        ("a", symbol.is_annotated()),
        ("r", symbol.is_referenced()),
        ("n", symbol.is_nonlocal()),
    ]
    text = "".join(letter for letter, holds in said if holds)
    if symbol.is_declared_global():
        return text + "G"
    if symbol.is_free():
        return text + "F"
    if module:
        return text + ("L" if bound else "g")
    return text + ("L" if symbol.is_local() else "g")


def kind_of(table: symtable.SymbolTable, names: set[str]) -> str:
    kind = str(getattr(table.get_type(), "value", table.get_type()))
    if kind in TYPES:
        return "type"
    if kind != "function":
        return kind
    name = table.get_name().strip("<>")
    if name in COMPREHENSIONS and ".0" in names:
        return "comprehension"
    return name if name == "lambda" else kind


def merged(one: Optional[str], other: str) -> str:
    """What a scope and an annotation in it say of a name."""
    if one is None:
        return other
    return "".join(letter for letter in "bpiar" if letter in one[:-1] + other[:-1]) + ("n" if "n" in one else "") + one[-1]


def scope_of(table: symtable.SymbolTable, future: bool) -> Scope:
    symbols = {symbol.get_name(): symbol for symbol in table.get_symbols()}
    kind = kind_of(table, set(symbols))
    names = {
        name: letters(symbol, kind == "module")
        for name, symbol in symbols.items()
        if not name.startswith(".") and name not in PLANTED
    }
    children = []
    for child in table.get_children():
        scope = scope_of(child, future)
        if scope["kind"] != "annotation":
            children.append(scope)
        elif not future:
            for name, said in scope["names"].items():
                names[name] = merged(names.get(name), said)
            children += scope["children"]
    line = 0 if kind == "module" else table.get_lineno()
    name = "" if kind in ("module", "lambda", "comprehension") else table.get_name()
    return {"kind": kind, "name": name, "line": line, "names": names, "children": children}


def scope_tree(source: str, future: bool = False) -> tuple[Scope, bool]:
    """The scopes of a source, and whether its annotations are not evaluated; SyntaxError where Python refuses it."""
    tree = parsed(source)
    compile(tree, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    own = has_future(tree)
    if future and not own:
        table = table_of(FUTURE + source, parsed(FUTURE + source))
        scope = scope_of(table, True)
        if not any(isinstance(node, ast.Name) and node.id == "annotations" for node in ast.walk(tree)):
            scope["names"].pop("annotations", None)
        for inner in descendants(scope):
            inner["line"] -= 1
        return scope, True
    return scope_of(table_of(source, tree), own), own


def descendants(scope: Scope) -> Iterator[Scope]:
    for child in scope["children"]:
        yield child
        yield from descendants(child)


def read_cells(sources: list[str]) -> list[dict[str, Any]]:
    """Cells one after the other, as a notebook runs them: a future import holds from its cell on."""
    sys.setrecursionlimit(20_000)
    future = False
    answers: list[dict[str, Any]] = []
    for source in sources:
        try:
            scope, own = scope_tree(source, future)
            future = future or own
            answers.append({"scope": scope})
        except SyntaxError as error:
            answers.append({"error": error.msg, "line": max((error.lineno or 1) - 1, 0)})
        except Exception as error:  # some of what it refuses brings Python itself down
            answers.append({"error": str(error) or type(error).__name__, "line": 0})
    return answers


def star_names(module: str) -> list[str]:
    found = importlib.import_module(module)
    public = getattr(found, "__all__", None)
    return sorted(public if public is not None else (name for name in vars(found) if not name.startswith("_")))


def read_stars(modules: list[str]) -> dict[str, Optional[list[str]]]:
    """What each module gives to a star import; None where it cannot be imported."""
    sys.path[0] = os.environ.get("CELLSMITH_WORKDIR") or os.getcwd()
    stars: dict[str, Optional[list[str]]] = {}
    for module in modules:
        try:
            stars[module] = star_names(module)
        except BaseException as error:
            stars[module] = None
            print(f"{module}: {type(error).__name__}: {error}", file=sys.stderr)
    return stars


def main(arguments: list[str]) -> None:
    out, sys.stdout = sys.stdout, sys.stderr  # an imported module may print
    if arguments[:1] == ["star"]:
        answer: dict[str, Any] = {"stars": read_stars(arguments[1:])}
    else:
        request = json.loads(sys.stdin.buffer.read().decode("utf-8"))
        answer = {"cells": read_cells(request["cells"])}
    answer["python"] = "%d.%d.%d" % sys.version_info[:3]
    out.write("\n" + json.dumps(answer) + "\n")
    out.flush()
    os._exit(0)  # not held up by threads that a module started


if __name__ == "__main__":
    main(sys.argv[1:])
