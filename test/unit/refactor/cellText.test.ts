import assert from "node:assert/strict";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { applyEdits, indent, removal, tidy, wrapLongCalls } from "../../../src/refactor/cellText.ts";

describe("a cell's text", () => {
  before(() => loadPythonParser());

  const without = (text: string, part: string): string => {
    const start = text.indexOf(part);
    return tidy(applyEdits(text, [removal(text, { start, end: start + part.length })]));
  };

  const removals: readonly (readonly [string, string, string, string])[] = [
    ["its whole line", "import a\nx = 1\n", "import a", "x = 1"],
    ["the comments right above it", "# why\nimport a\n# of x\nx = 1", "import a", "# of x\nx = 1"],
    ["the comment beside it", "x = 1\nimport a  # for y\ny = 2", "import a", "x = 1\ny = 2"],
    ["its semicolon", "import a; x = 1", "import a", "x = 1"],
    ["the semicolon before it", "x = 1; import a", "import a", "x = 1"],
    ["a semicolon that hides its value", "x = 1\nx.y();", "x.y()", "x = 1"],
    ["one of the blank lines around it", "x = 1\n\nimport a\n\ny = 2", "import a", "x = 1\n\ny = 2"],
  ];
  for (const [what, text, part, expected] of removals) {
    it(`loses a statement with ${what}`, () => {
      assert.equal(without(text, part), expected);
    });
  }

  it("loses two last statements in a row", () => {
    const text = "x = f()\na = 1\nb = 2";
    const edits = ["a = 1", "b = 2"].map((part) => {
      const start = text.indexOf(part);
      return removal(text, { start, end: start + part.length });
    });
    const place = { range: { start: text.length - 1, end: text.length }, text: "b" };
    assert.equal(tidy(applyEdits(text, [...edits, place])), "x = f()");
  });

  it("is indented but for the inside of long strings", () => {
    assert.equal(
      indent('a = """x\n  y"""\nif a:\n\tb()\n\nc'),
      '    a = """x\n  y"""\n    if a:\n    \tb()\n\n    c',
    );
    assert.equal(indent('f"""{a}\n{b}"""'), '    f"""{a}\n{b}"""');
  });

  it("has the call wrapped that an edit made too long, and no other", () => {
    const long = `y = f(${"a".repeat(40)}, ${"b".repeat(40)}, c=${"d".repeat(20)})`;
    const wrapped = `y = f(\n    ${"a".repeat(40)},\n    ${"b".repeat(40)},\n    c=${"d".repeat(20)},\n)`;
    assert.equal(wrapLongCalls(long, 96, new Set()), wrapped);
    assert.equal(wrapLongCalls(long, 96, new Set([long])), long);
    const text = `y = "${"long ".repeat(30)}"`;
    assert.equal(wrapLongCalls(text, 96, new Set()), text);
  });
});
