import assert from "node:assert/strict";
import { toPython } from "../../../src/notebook/magics.ts";
import { joinProgram } from "../../../src/notebook/program.ts";
import { cellOf } from "./cellOf.ts";

/** Cell, Python, and the magics as `name treatment`. Held against IPython's own transformer when written. */
const cases: readonly (readonly [source: string, python: string, magics: string])[] = [
  ["%matplotlib inline\nx = 1", "\nx = 1", "matplotlib drop"],
  ["!ls -l {d}\ny = 2", "get_ipython().system('ls -l {d}')\ny = 2", "! effect"],
  ["!pip install pandas", "", "! drop"],
  ["x = !ls", "x = get_ipython().getoutput('ls')", "! effect"],
  ["a, b = !ls", "a, b = get_ipython().getoutput('ls')", "! effect"],
  ["x = %time f(1)", "x = f(1)", "time unwrap"],
  ["%time z = f(2)", "z = f(2)", "time unwrap"],
  ["df?", "", "? drop"],
  ["?df", "", "? drop"],
  ["%cd ..", "get_ipython().run_line_magic('cd', '..')", "cd effect"],
  ["%%time\nx = 1\ny = 2", "\nx = 1\ny = 2", "time unwrap"],
  ["%%bash\nls\necho hi", "get_ipython().run_cell_magic('bash', '', '')\n\n", "bash effect"],
  [
    "%%capture out\nprint(1)",
    "out = get_ipython().run_cell_magic('capture', 'out', '')\nprint(1)",
    "capture effect",
  ],
  [
    "if True:\n    %timeit x\n    !ls",
    "if True:\n    pass\n    get_ipython().system('ls')",
    "timeit drop, ! effect",
  ],
  ["!echo a \\\n  b\nz = 1", "get_ipython().system('echo a    b')\n\nz = 1", "! effect"],
  ["!echo 'it''s'", "get_ipython().system('echo \\'it\\'\\'s\\'')", "! effect"],
  ["s = '''\n%not magic\n!neither\n'''", "s = '''\n%not magic\n!neither\n'''", ""],
  ["f(1,\n  %c)", "f(1,\n  %c)", ""],
  ["x = (7\n % 2)", "x = (7\n % 2)", ""],
  ["y = x\\\n  % 3", "y = x\\\n  % 3", ""],
  ["a = 5 %b", "a = 5 %b", ""],
  ["x == 1 # what?", "x == 1 # what?", ""],
  ["x != 3", "x != 3", ""],
  ["print('?')", "print('?')", ""],
  ["    x = 1\n    y = 2", "x = 1\ny = 2", ""],
  [">>> a = 1\n>>> b = 2", "a = 1\nb = 2", ""],
  ["", "", ""],
];

describe("magics", () => {
  for (const [source, python, magics] of cases) {
    it(`turns ${JSON.stringify(source)} into Python`, () => {
      const cell = toPython(cellOf(source));
      assert.equal(cell.python, python);
      assert.equal(cell.magics.map(({ name, treatment }) => `${name} ${treatment}`).join(", "), magics);
      assert.equal(cell.python.split("\n").length, source.split("\n").length);
    });
  }

  it("finds its way between a cell's lines and the joined program's", () => {
    const cells = [toPython(cellOf("a = 1\nb = 2")), toPython(cellOf("c = 3", { index: 1 }))];
    const joined = joinProgram(cells);
    assert.equal(joined.text, "a = 1\nb = 2\nc = 3");
    assert.deepEqual(joined.cellLineOf(2), { cell: 1, line: 0 });
    assert.equal(joined.lineOf({ cell: 0, line: 1 }), 1);
    assert.equal(joined.cellLineOf(3), undefined);
  });
});
