import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import * as z from "zod";
import { compareFiles } from "../../../scripts/differential/compareFiles.ts";
import { compareSymbols } from "../../../src/analysis/compareSymbols.ts";
import { loadPythonParser, parsePython } from "../../../src/analysis/parser.ts";
import { bodyReads, boundNames, declaredGlobals, scopeNames } from "../../../src/analysis/scope.ts";
import { scopeSymbolsSchema, symbolsOf, type ScopeSymbols } from "../../../src/analysis/symbols.ts";
import { scopeCases, typeCases } from "./scopeCases.ts";
import { typeScopes } from "./typeScopes.ts";

const python = process.env.CELLSMITH_TEST_PYTHON ?? "python3";
const script = path.resolve(import.meta.dirname, "../../../src/runtime/_symbols.py");

function ask(flags: readonly string[], args: readonly string[], input: string): string {
  return spawnSync(python, [...flags, ...args], { input, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 })
    .stdout;
}

const cellSchema = z.union([z.object({ scope: scopeSymbolsSchema }), z.object({ error: z.string() })]);

/** What Python says of texts, each by itself; undefined where it is too old for one. */
function scopesOf(sources: readonly string[]): readonly (ScopeSymbols | undefined)[] {
  // A future import would hold for the cells after it, so those that have one come last.
  const future = (source: string): number => (source.includes("__future__") ? 1 : 0);
  const cells = sources.toSorted((a, b) => future(a) - future(b));
  const printed = ask(["-I", "-S", "-W", "ignore"], [script, "cells"], JSON.stringify({ cells }));
  const answer = z.object({ cells: z.array(cellSchema) }).parse(JSON.parse(printed));
  return sources.map((source) => {
    const cell = answer.cells[cells.indexOf(source)];
    return cell !== undefined && "scope" in cell ? cell.scope : undefined;
  });
}

function ours(source: string): ScopeSymbols {
  const { root, problems } = parsePython(source);
  assert.deepEqual(problems, []);
  return symbolsOf(root);
}

describe("names of scopes", () => {
  before(() => loadPythonParser());

  it("are CPython's own where they are easy to get wrong", () => {
    const theirs = scopesOf(scopeCases);
    assert.ok(theirs.filter((scope) => scope !== undefined).length > 25);
    theirs.forEach((scope, at) => {
      const source = scopeCases[at] ?? "";
      if (scope !== undefined) assert.deepEqual(compareSymbols(ours(source), scope), [], source);
    });
  });

  it("are CPython's own for type parameters", () => {
    const theirs = scopesOf(typeCases);
    typeCases.forEach((source, at) => {
      const scope = theirs[at] ?? typeScopes[at];
      assert.ok(scope !== undefined);
      assert.deepEqual(compareSymbols(ours(source), scope), [], source);
    });
  });

  it("are CPython's own over a sample of the standard library", async () => {
    const list =
      "import pathlib, sysconfig; f = sorted(p for p in pathlib.Path(sysconfig.get_path('stdlib')).rglob('*.py') if 'site-packages' not in p.parts and 500 < p.stat().st_size < 5000); print(*f[:: max(1, len(f) // 220)], sep='\\n')";
    const files = ask(["-I"], ["-c", list], "").trim().split("\n");
    const results = await compareFiles(files, python);
    assert.ok(results.length >= 200);
    const bad = results.filter(({ outcome }) => outcome === "different" || outcome === "unreadable");
    assert.deepEqual(bad, []);
    assert.ok(results.filter(({ outcome }) => outcome === "refused").length < results.length / 10);
  }).timeout(60_000);

  it("are told apart where they differ", () => {
    const [one, other] = [ours("def f(x):\n    y = x\n    lambda: y"), ours("def f(x):\n    y = z")];
    assert.deepEqual(
      compareSymbols(one, other).map(({ line, scope, name }) => [line, scope, name]),
      [
        [1, "function f", "x"],
        [1, "function f", "y"],
        [1, "function f", "z"],
        [1, "function f", undefined],
      ].filter(([, , name]) => name !== "y"),
    );
  });

  const late: readonly (readonly [source: string, reads: string])[] = [
    ["def f(a=b): return a + c", "c"],
    ["def f():\n    x: T = 1\n    return x", ""],
    ["def f():\n    def g(a: T) -> U: pass\n    return g", "T U"],
    ["def f():\n    global n\n    n += 1\n    del m", "n"],
    ["def f():\n    n = 1\n    def g():\n        global n\n        return n", "n"],
    [
      "class C:\n    y = z\n    def m(self): return y, super().m(), __p\n    fs = [lambda: (i, j) for i in z]",
      "y super _C__p j",
    ],
    ["def f():\n    return [(a := b) for b in c if a]", "c"],
    ["def f[T](a: T):\n    def g(b: U) -> T: return b\n    return g", "U"],
    ["class C[T]:\n    def m[V](self): return T, V, W", "W"],
    ["def f():\n    match x:\n        case {'k': K.v, **rest}: return rest", "x K"],
  ];
  for (const [source, reads] of late) {
    it(`a body reads ${reads || "nothing"} from outside in ${JSON.stringify(source)}`, () => {
      const [definition] = parsePython(source).root.children;
      assert.ok(definition !== undefined);
      assert.deepEqual([...bodyReads(definition)].sort(), reads.split(" ").filter(Boolean).sort());
    });
  }

  it("statements bind what Python binds in their scope", () => {
    const { root } = parsePython(
      "from __future__ import annotations\nimport a.b\n[c := d for e in f]\nwith g as (h, i.j): pass\ndef k():\n    global l\n    l = m = 1\nexcept_ = 1\nfor n, o[p] in q: pass",
    );
    assert.deepEqual([...boundNames(root.children)], ["annotations", "a", "c", "h", "k", "except_", "n"]);
    const [definition] = root.children.filter(({ type }) => type === "function_definition");
    assert.ok(definition !== undefined);
    assert.deepEqual([...scopeNames(definition).locals], ["m"]);
    assert.deepEqual([...declaredGlobals(root)], ["l"]);
  });
});
