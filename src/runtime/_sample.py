"""Cuts data files to their first rows, in a scratch copy."""

from __future__ import annotations

import bz2
import glob
import gzip
import os
from typing import Any, Callable, Iterator

OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open}
TABLES = (".csv", ".tsv", ".txt", ".dat", ".data")
LINES = (".jsonl", ".ndjson")


def cut(patterns: list[str], rows: int) -> dict[str, list[str]]:
    """Cut what the patterns name; tells which files were cut and which cannot be."""
    found: dict[str, list[str]] = {"cut": [], "whole": []}
    for path in sorted({path for pattern in patterns for path in glob.glob(pattern, recursive=True)}):
        if os.path.isfile(path):
            found["cut" if cut_file(path, rows) else "whole"].append(path)
    return found


def cut_file(path: str, rows: int) -> bool:
    stem, packing = os.path.splitext(path)
    opener = OPENERS.get(packing, open)
    kind = os.path.splitext(stem)[1] if packing in OPENERS else packing
    if kind == ".parquet":
        return cut_parquet(path, rows)
    if kind not in (*TABLES, *LINES):
        return False
    with opener(path, "rb") as file:
        kept = b"".join(first_records(file, rows + (kind in TABLES)))
    os.unlink(path)  # it may be a link to the user's own
    with opener(path, "wb") as file:
        file.write(kept)
    return True


def first_records(lines: Any, count: int) -> Iterator[bytes]:
    """Lines up to the end of so many records; a quoted field may go over several."""
    is_open = False
    for line in lines:
        if count <= 0:
            return
        yield line
        is_open ^= line.count(b'"') % 2 == 1
        count -= not is_open


def cut_parquet(path: str, rows: int) -> bool:
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        return False
    table = parquet.read_table(path).slice(0, rows)
    os.unlink(path)
    parquet.write_table(table, path)
    return True
