import assert from "node:assert/strict";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { findInterpreter } from "../../../src/interpreters/findInterpreter.ts";
import type { Notebook } from "../../../src/notebook/model.ts";
import { crossCheck } from "../../../src/refactor/crossCheck.ts";
import { cellOf } from "../notebook/cellOf.ts";

const runtime = path.resolve(import.meta.dirname, "../../../src/runtime");
const { path: python } = findInterpreter({
  folder: tmpdir(),
  workspace: tmpdir(),
  configured: process.env.CELLSMITH_TEST_PYTHON ?? "python3",
});

function notebookOf(...sources: readonly string[]): Notebook {
  const cells = sources.map((source, index) => cellOf(source, { index, number: index + 1, id: `c${index}` }));
  const rest = { language: "python", title: undefined, introduction: "", markdownCells: 0 };
  return { path: path.join(tmpdir(), "a.ipynb"), format: "ipynb", cells, ...rest };
}

describe("cross-check", () => {
  let folder = "";
  before(async () => {
    await loadPythonParser();
    folder = await mkdtemp(path.join(tmpdir(), "cross-check-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("says nothing where both read the same, magics and top-level await included", async () => {
    const notebook = notebookOf(
      "from __future__ import annotations\n%matplotlib inline\nimport pandas as pd",
      "%%time\nfiles = !ls\n[y := f(x) for x in files if (lambda: x)()]\ndef g(a: Unknown = 1, *, b=y) -> Gone: return [a for b in c]",
      "class C:\n    __slots__ = ('__a',)\n    def __init__(self): super().__init__(); self.__a = __b",
      "import asyncio\nawait asyncio.sleep(0)\nr = [i async for i in h() if await i]\nasync with h() as t: pass",
      "type(pd).x = {k: [v for v in w] for k, w in files}; df?",
    );
    const checked = await crossCheck(notebook, { python, runtime, workdir: folder });
    assert.deepEqual(checked.refusals, []);
    assert.deepEqual(checked.warnings, []);
    assert.match(checked.python ?? "", /^3\.\d+$/);
  });

  it("refuses a cell that this Python cannot read, by its version; not one that is left out", async () => {
    const notebook = notebookOf("x = 1", "y = 2\nnonlocal y");
    const { refusals, python: version } = await crossCheck(notebook, { python, runtime, workdir: folder });
    assert.deepEqual(
      refusals.map(({ cell, line, code }) => ({ cell, line, code })),
      [{ cell: 1, line: 1, code: "syntax-error" }],
    );
    const message = refusals[0]?.message ?? "";
    assert.match(message, /^Your Python 3.\d+ cannot read this cell: .*nonlocal/);
    assert.ok(message.includes(`Python ${version}`));
    const without = await crossCheck(notebook, { python, runtime, workdir: folder, leaveOut: [1] });
    assert.deepEqual(without.refusals, []);
  });

  it("refuses where Python's answer is another one", async () => {
    const lying = path.join(folder, "runtime");
    await mkdir(lying);
    const text = await readFile(path.join(runtime, "_symbols.py"), "utf8");
    const planted = text.replace('("r", symbol.is_referenced())', '("r", symbol.get_name() != "total")');
    assert.notEqual(planted, text);
    await writeFile(path.join(lying, "_symbols.py"), planted);
    const notebook = notebookOf("z = 1", "def f(y):\n    total = y\n    return total");
    const { refusals } = await crossCheck(notebook, { python, runtime: lying, workdir: folder });
    assert.deepEqual(
      refusals.map(({ cell, code }) => [cell, code]),
      [
        [0, "analysis-disagrees"],
        [1, "analysis-disagrees"],
      ],
    );
    assert.match(
      refusals[1]?.message ?? "",
      /differently: f is bound and read and local for Python, bound and local for Cellsmith; please report it/,
    );
  });

  it("tells what a star import binds, without waiting for a module that hangs", async () => {
    await writeFile(path.join(folder, "own_names.py"), "print('hi')\n__all__ = ['one', '_two']\n");
    await writeFile(path.join(folder, "hanging.py"), "import time\ntime.sleep(60)\n");
    const options = { python, runtime, workdir: folder };
    const known = await crossCheck(
      notebookOf("from own_names import *\nfrom math import *\nfrom missing_module import *"),
      options,
    );
    assert.deepEqual(known.stars.own_names, ["_two", "one"]);
    assert.ok(known.stars.math?.includes("sqrt"));
    assert.equal(known.stars.missing_module, undefined);
    const hanging = await crossCheck(notebookOf("from hanging import *"), {
      ...options,
      limitMilliseconds: 1500,
    });
    assert.deepEqual([hanging.stars, hanging.refusals, hanging.warnings], [{}, [], []]);
  });

  it("warns where no Python may be asked, or none answers", async () => {
    const notebook = notebookOf("x = 1");
    const untrusted = await crossCheck(notebook, { python: undefined, runtime, workdir: folder });
    assert.match(untrusted.warnings.join(), /^No Python was asked/);
    const silent = await crossCheck(notebook, { python: process.execPath, runtime, workdir: folder });
    assert.match(silent.warnings.join(), /gave no answer/);
    assert.equal(silent.python, undefined);
  });

  it("can be cancelled", async () => {
    await copyFile(path.join(runtime, "_symbols.py"), path.join(folder, "_symbols.py"));
    const stop = new AbortController();
    const asked = crossCheck(notebookOf("x = 1"), {
      python,
      runtime: folder,
      workdir: folder,
      signal: stop.signal,
    });
    stop.abort();
    await assert.rejects(asked, { exitCode: 130 });
  });

  it("reads fifty cells at once", async () => {
    const cell =
      "import numpy as np\ndef f(a, b=1):\n    return [a * x for x in range(b) if np.sum(x)]\ny = f(1)";
    const notebook = notebookOf(...Array.from({ length: 50 }, () => cell));
    const started = performance.now();
    const { refusals } = await crossCheck(notebook, { python, runtime, workdir: folder });
    assert.deepEqual(refusals, []);
    assert.ok(performance.now() - started < 1500);
  });
});
