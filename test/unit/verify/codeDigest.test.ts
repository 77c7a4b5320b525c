/** The digest of a cell's code is computed in TypeScript and in the generated runtime: both must agree on every cell. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { codeText } from "../../../src/notebook/codeDigest.ts";
import { python, runtime } from "./demo.ts";

const cells = [
  "",
  "x = 1",
  "# only a comment\n\n",
  "x = 1;",
  "a = 1; b = 2 ;",
  "def f(a, *, b: int = 2) -> str:\n    '''doc'''\n    return f'{a!r:>{b}} {{}}'\n\n\nf(1)",
  "if x:\n    y = 1\nelif z:\n\n    # note\n    y = 2\nelse:\n    pass\nw = 3",
  "for i in range(3):\n\tfor j in i:\n\t\tprint(i,\n  j)\nprint()",
  "x = [\n    1,  # one\n    2,\n]\n",
  "x = 1 + \\\n    2\ny = 3",
  "s = '''a\n  b\n'''\nt = r\"\\d\" u'y'\nz = b'x' B'y'",
  'f"""a {x\n+ 1} b"""\ny = 1',
  'f"{x=} {y!s} {z:{w}.{p}f}" "tail"',
  "f'{d[\"a\"]}' f\"{'nested'}\"",
  "class A(B, metaclass=C):\n    x: int\n\n    @property\n    def f(self): return self.x",
  "lambda *a, **k: (yield)",
  "a if not b in c else d is not e",
  "x = a@b // c ** -d != e <= f >> g",
  "with open(a) as f, open(b) as g:\n    pass",
  "try:\n    pass\nexcept (A, B) as e:\n    raise C from e\nfinally:\n    del x, y",
  "from . import a\nfrom ...b.c import (d, e as f,)\nimport g.h as i",
  "x = 0x1F + 1_000 + 1e-3 + 2j + .5 + 0b1",
  "async def f():\n    async with a as b:\n        await c\n    async for x in y: pass",
  "await something()",
  "print(f(x)(y)[z].w, end='')",
  "{**a, 'b': [*c], 'd': {e for e in f if g}}",
  "x: 'int' = 3\nx += 1\nx = y = z",
  "assert x, 'y'\nglobal g\n",
  "if (n := len(a)) > 1: print(n)",
  "%matplotlib inline\nx = 1",
  "!ls\n\nx = 1  ",
  "df?",
  "x = !ls",
  "x = 'open",
  "x = = 1",
  "  x = 1",
  "if x:\n    y = 1\n  z = 2",
  "ünïcode = 'grün'  # ä",
  "x = 1\r\ny = 2\r\n",
  "print(1)\n\n\n\n# end",
  "def f():\n    # only a comment first\n    x = 1\n    # and last\n\ny = 2",
  "x = (1,\n     2)  # c\nif x: pass; y = 1",
  "...",
  "x = a[1:2, ::3, ...]",
  "'a' 'b'\\\n'c'",
  "print(1)\\\n\n",
  "match = 1\nprint(match)\ntype = 2",
];

describe("the digest of a cell's code", () => {
  it("is the same in Python and here", async () => {
    await loadPythonParser();
    const sample = await readFile(path.resolve(runtime, "../../media/sample/notebooks/churn.ipynb"), "utf8");
    const sources = z
      .object({ cells: z.array(z.object({ source: z.union([z.string(), z.array(z.string())]) })) })
      .parse(JSON.parse(sample))
      .cells.map(({ source }) => (typeof source === "string" ? source : source.join("")));
    const all = [...cells, ...sources];
    const code = `import json, sys; sys.path.insert(0, ${JSON.stringify(runtime)}); sys.dont_write_bytecode = True
from _runtime import code_text
print(json.dumps([code_text(cell) for cell in json.load(sys.stdin)]))`;
    const { stdout, stderr } = spawnSync(python, ["-c", code], {
      input: JSON.stringify(all),
      encoding: "utf8",
    });
    assert.equal(stderr, "");
    const theirs = z.array(z.string()).parse(JSON.parse(stdout));
    for (const [at, cell] of all.entries()) assert.equal(theirs[at], codeText(cell), cell);
  });
});
