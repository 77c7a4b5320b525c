/** Every file of the Python standard library: its code tokens as we read them against Python's own `tokenize`. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import * as z from "zod";
import { loadPythonParser } from "../../src/analysis/parser.ts";
import { codeDigest } from "../../src/notebook/codeDigest.ts";

const runtime = path.resolve(import.meta.dirname, "../../src/runtime");
const python = process.env.CELLSMITH_TEST_PYTHON ?? "python3";

const program = `import json, pathlib, sys, sysconfig
sys.path.insert(0, ${JSON.stringify(runtime)}); sys.dont_write_bytecode = True
from _runtime import code_digest
folder = pathlib.Path(sysconfig.get_path("stdlib"))
for file in sorted(folder.rglob("*.py")):
    if "site-packages" in file.parts:
        continue
    try:
        text = file.read_text("utf-8")
        compile(text, str(file), "exec", dont_inherit=True)
    except (UnicodeError, SyntaxError, ValueError):
        continue  # bad on purpose, as some of the library's own tests are
    print(json.dumps({"file": str(file.relative_to(folder)), "text": text, "digest": code_digest(text)}))`;

/**
 * Files whose digests differ, each for a reason that is understood. A file that is not here any more must be taken out.
 */
const known: readonly string[] = [
  // Identifiers beyond the letters that the grammar knows.
  "test/test_unicode_identifiers.py",
];

describe("code digests, here and in Python", () => {
  it("agree over the standard library", async () => {
    await loadPythonParser();
    const { stdout, stderr } = spawnSync(python, ["-W", "ignore", "-c", program], {
      encoding: "utf8",
      maxBuffer: 1024 * 1024 * 1024,
    });
    assert.equal(stderr, "");
    const entry = z.object({ file: z.string(), text: z.string(), digest: z.string() });
    const files = stdout
      .trim()
      .split("\n")
      .map((line) => entry.parse(JSON.parse(line)));
    const differing = files.filter(({ text, digest }) => codeDigest(text) !== digest);
    console.log(`      ${files.length} files, ${differing.length} differ`);
    assert.ok(files.length > 500);
    assert.deepEqual(
      differing.map(({ file }) => file),
      known,
    );
  });
});
