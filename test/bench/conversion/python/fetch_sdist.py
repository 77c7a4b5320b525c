"""Fetches one source package from the package index that pip is configured for, and takes the notebooks out of it.

    fetch_sdist.py NAME VERSION FOLDER [GALLERY]

Notebooks land in FOLDER as one flat list, their paths joined by `__`. GALLERY is a folder of the package whose scripts
are examples for sphinx-gallery; they are laid beside, as .py. Prints how many files there are.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path
from typing import Any, Iterator

DEFAULT = "https://pypi.org/simple"  # pip's own
KIND = "application/vnd.pypi.simple.v1+json"


def index_url() -> str:
    """As pip would find it: environment, then its configuration, then its default."""
    given = os.environ.get("PIP_INDEX_URL")
    if not given:
        asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
        given = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return (given or DEFAULT).rstrip("/")


def find(name: str, version: str) -> tuple[str, dict[str, Any]]:
    page = f"{index_url()}/{name}/"
    request = urllib.request.Request(page, headers={"Accept": KIND})
    with urllib.request.urlopen(request, timeout=60) as answer:
        files: list[dict[str, Any]] = json.load(answer)["files"]
    stems = {f"{one}-{version}" for one in (name, name.replace("-", "_"), name.replace("_", "-"))}
    for file in files:
        for end in (".tar.gz", ".zip"):
            if file["filename"].endswith(end) and file["filename"][: -len(end)] in stems:
                return urllib.parse.urljoin(page, file["url"]), file
    raise SystemExit(f"{name} {version} has no source package in the index")


def download(url: str, file: dict[str, Any]) -> bytes:
    with urllib.request.urlopen(url, timeout=300) as answer:
        content: bytes = answer.read()
    wanted = file.get("hashes", {}).get("sha256")
    if wanted and hashlib.sha256(content).hexdigest() != wanted:
        raise SystemExit(f"{file['filename']} is damaged")
    return content


def members(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield member, archive.read(member)
        return
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for entry in archive:
            if entry.isfile():
                file = archive.extractfile(entry)
                if file:
                    yield entry.name, file.read()


def wanted(parts: list[str], gallery: str) -> bool:
    if ".ipynb_checkpoints" in parts or "_downloads" in parts:
        return False
    in_gallery = gallery != "" and "/".join(parts).startswith(f"{gallery}/") and parts[-1].startswith("plot_")
    return parts[-1].endswith(".ipynb") or (in_gallery and parts[-1].endswith(".py"))


def main(argv: list[str]) -> int:
    name, version, folder, gallery = (*argv, "")[:4]
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    url, file = find(name, version)
    count = 0
    for path, content in members(file["filename"], download(url, file)):
        parts = path.split("/")[1:]
        if parts and wanted(parts, gallery):
            (target / "__".join(parts)).write_bytes(content)
            count += 1
    print(count)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
