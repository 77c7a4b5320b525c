import assert from "node:assert/strict";
import { mergeTexts } from "../../../src/refactor/merge.ts";

const base = "import a\n\n\ndef f(x):\n    y = x\n    z = y + 1\n    return z\n";

describe("a three-way merge", () => {
  it("takes changes of both sides", () => {
    const mine = base.replace("z = y + 1", "z = y + 2  # by hand");
    const theirs = base.replace("import a\n", "import a\nimport b\n");
    assert.deepEqual(mergeTexts(base, mine, theirs), {
      clean: true,
      text: "import a\nimport b\n\n\ndef f(x):\n    y = x\n    z = y + 2  # by hand\n    return z\n",
    });
  });

  it("takes a change that both made once", () => {
    const both = base.replace("y = x\n", "y = x * 2\n");
    assert.deepEqual(mergeTexts(base, both, both), { clean: true, text: both });
  });

  it("stops where both changed the same lines", () => {
    assert.deepEqual(mergeTexts(base, base.replace("y + 1", "y + 2"), base.replace("y + 1", "y + 3")), {
      clean: false,
    });
  });

  it("keeps the text that one side left alone", () => {
    const theirs = base.replace("return z\n", "return z, y\n");
    assert.deepEqual(mergeTexts(base, base, theirs), { clean: true, text: theirs });
    assert.deepEqual(mergeTexts(base, theirs, base), { clean: true, text: theirs });
  });

  it("follows insertions at both ends and deletions", () => {
    const mine = `# mine\n${base}`;
    const theirs = base.replace("\n\n\ndef", "\n\ndef") + "# theirs\n";
    const merged = mergeTexts(base, mine, theirs);
    assert.ok(merged.clean);
    assert.match(merged.text, /^# mine\nimport a\n\ndef f[^]*return z\n# theirs\n$/);
  });
});
