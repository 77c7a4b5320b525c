"""Prints what IPython makes of cells: stdin a JSON list of texts, stdout one of {"text"} or {"refused"}, in order."""

from __future__ import annotations

import json
import sys
import warnings

warnings.simplefilter("ignore")
from IPython.core.inputtransformer2 import TransformerManager  # noqa: E402

answers: list[dict[str, str]] = []
for source in json.load(sys.stdin):
    try:
        answers.append({"text": TransformerManager().transform_cell(source)})
    except (SyntaxError, RuntimeError, IndexError) as error:
        answers.append({"refused": f"{type(error).__name__}: {error}"})
print(json.dumps(answers))
