"""Prints what CPython says of the scopes of files: one line of JSON each, with the text as Python decodes it.

read_scopes.py RUNTIME    stdin: paths, one a line
"""

from __future__ import annotations

import json
import sys
import tokenize
import warnings

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from _symbols import scope_tree  # noqa: E402

warnings.simplefilter("ignore")
sys.setrecursionlimit(20_000)
for path in sys.stdin.read().splitlines():
    answer: dict[str, object] = {"file": path}
    try:
        with tokenize.open(path) as file:
            text = file.read()
        answer.update(scope=scope_tree(text)[0], text=text)
    except Exception as error:
        answer["refused"] = f"{type(error).__name__}: {error}"
    print(json.dumps(answer), flush=True)
