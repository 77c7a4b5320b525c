import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as z from "zod";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { codeDigest, codeText } from "../../../src/notebook/codeDigest.ts";

/** The same definition, by Python's own tokenizer. */
const oracle = `
import ast, io, json, re, sys, tokenize
ipython = re.compile(r"^\\s*[%!?]|\\?\\s*$|^[^#'\\"]*=\\s*[!%]")
words = {tokenize.NEWLINE: "<NEWLINE>", tokenize.INDENT: "<INDENT>", tokenize.DEDENT: "<DEDENT>"}
skipped = (tokenize.COMMENT, tokenize.NL, tokenize.ENDMARKER, tokenize.ENCODING)
def text_of(source):
    lines = source.split("\\n")
    if not any(map(ipython.search, lines)):
        try:
            ast.parse(source)
        except SyntaxError:
            pass
        else:
            tokens = tokenize.generate_tokens(io.StringIO(source).readline)
            return "\\n".join(words.get(t.type, t.string) for t in tokens if t.type not in skipped)
    return "\\n".join(line.rstrip() for line in lines if line.rstrip())
json.dump([text_of(s) for s in json.load(sys.stdin)], sys.stdout)
`;

const sources = [
  "",
  "# only a comment\n",
  "x = 1",
  "x = 1;  y = 2 ;",
  "def f(a, *, b=2):\n    # why\n    if a not in b and a is  not None:\n\n        return {'k': [1,\n          2]}\n    return ...",
  "x = \\\n    'a' \\\n    'b'\ny = 1",
  "doc = '''one\n  # two\nthree'''\nif doc:\n\tprint(doc)",
  "from ... import a\nfrom .. import b\nimport c . d",
  "class A(B):\n    x: int = 3\n\n    @property\n    def y(self) -> int:\n        return self.x ** 2 // 1\nA()",
  "async def f():\n    async with a as b:\n        await c\nlambda *a, **k: (a, k)",
  "%time x = 1\n\n\ny = 2  \n",
  "files = !ls\n",
  "x = = 1\n\n  y",
  "try:\n    pass\nexcept* (A, B) as e:\n    raise C from e\nfinally:\n    del x[1:2]",
  "a = b'x' + rb'\\n' + 0x1F + 1_000 + 1e-3 + 2j",
  "for i in range(3): print(i); break\nelse:\n  pass\n",
  "total = (1 +\n   2)  # sum\nprint('ü', \"ñ\")",
];

describe("code digest", () => {
  before(() => loadPythonParser());

  it("sees the tokens that Python's tokenizer sees", () => {
    const python = spawnSync("python3", ["-c", oracle], { input: JSON.stringify(sources), encoding: "utf8" });
    assert.equal(python.status, 0, python.stderr);
    assert.deepEqual(sources.map(codeText), z.array(z.string()).parse(JSON.parse(python.stdout)));
  });

  it("stays the same when only comments, blank lines and layout change", () => {
    assert.equal(codeDigest("f(1, 2)"), codeDigest("# hello\n\nf(1,\n    2)  # bye\n"));
  });

  it("changes with the code", () => {
    assert.notEqual(codeDigest("if a:\n    b\n    c"), codeDigest("if a:\n    b\nc"));
    assert.notEqual(codeDigest("x = 1"), codeDigest("x = 2"));
  });
});
