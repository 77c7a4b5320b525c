import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { PackageManager, listFiles } from "@vscode/vsce";
import { root, vsixFile } from "../../scripts/setup/paths.ts";

/** Everything that ships, by pattern. A file that matches none must be left out or named here. */
const expected: readonly RegExp[] = [
  /^package\.json$/,
  /^(README|CHANGELOG)\.md$/,
  /^LICENSE$/,
  /^dist\/(extension|cli|supervisor)\.js$/,
  /^dist\/chunks\/[\w-]+\.js$/,
  /^dist\/(web-tree-sitter|tree-sitter-python)\.wasm$/,
  /^dist\/runtime\/\w+\.py$/,
  /^dist\/media\/\w+\.(js|css)$/,
  /^media\/schema\/[\w.-]+\.json$/,
  /^media\/[\w-]+\.(png|svg)$/,
  /^media\/icons\/[\w-]+\.(png|svg)$/,
  /^media\/walkthrough\/[\w-]+\.(md|png|svg)$/,
  /^media\/sample\/(.+\/)?([\w-]+\.(ipynb|csv|py|md|txt)|\.gitkeep|\.gitignore)$/,
  /^snippets\/[\w.-]+\.(json|code-snippets)$/,
];

const needed: readonly string[] = [
  "package.json",
  "LICENSE",
  "dist/extension.js",
  "dist/cli.js",
  "dist/supervisor.js",
  "dist/web-tree-sitter.wasm",
  "dist/tree-sitter-python.wasm",
  "media/sample/notebooks/churn.ipynb",
  "media/sample/data/customers.csv",
  "media/schema/pipeline.schema.json",
];

describe("the VSIX", () => {
  it("holds nothing but what is expected, and all that is needed", async () => {
    const files = (await listFiles({ cwd: root, packageManager: PackageManager.None })).map((file) =>
      file.replaceAll("\\", "/"),
    );
    assert.deepEqual(
      files.filter((file) => !expected.some((pattern) => pattern.test(file))),
      [],
    );
    assert.deepEqual(
      needed.filter((file) => !files.includes(file)),
      [],
    );
  });

  it("is smaller than 2 MB", async () => {
    const { size } = await stat(vsixFile);
    console.log(`      ${(size / 1_000_000).toFixed(2)} MB`);
    assert.ok(size < 2_000_000, `${size} bytes`);
  });
});
