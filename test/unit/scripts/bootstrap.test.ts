import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const bootstrapFile = join(import.meta.dirname, "../../../scripts/bootstrap.mjs");
const run = promisify(execFile);

describe("the bootstrap", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "cellsmith-bootstrap-"));
    await mkdir(join(folder, "scripts"));
    await cp(bootstrapFile, join(folder, "scripts", "bootstrap.mjs"));
    await writeFile(join(folder, "scripts", "main.ts"), 'console.log("ran", ...process.argv.slice(2));\n');
    await writeFile(
      join(folder, "scripts", "main.mjs"),
      'import { bootstrap } from "./bootstrap.mjs";\nawait bootstrap("main.ts");\n',
    );
    await writeFile(join(folder, "package.json"), '{ "name": "x", "version": "1.0.0", "type": "module" }');
    await writeLock("1.0.0");
    // Stands in for npm: counts its calls, and makes the folder as `npm ci` does.
    await mkdir(join(folder, "bin"));
    await writeFile(
      join(folder, "bin", "npm"),
      '#!/bin/sh\n[ -e offline ] && echo "npm error network request to the registry failed" >&2 && exit 1\n' +
        "rm -rf node_modules && mkdir node_modules && echo $1 >> calls\n",
      { mode: 0o755 },
    );
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const writeLock = (version: string): Promise<void> =>
    writeFile(join(folder, "package-lock.json"), JSON.stringify({ name: "x", version, lockfileVersion: 3 }));

  const start = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
    run(process.execPath, [join(folder, "scripts", "main.mjs"), ...args], {
      cwd: folder,
      env: { ...process.env, PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH ?? ""}` },
    });

  const calls = async (): Promise<number> =>
    (await readFile(join(folder, "calls"), "utf8")).trim().split("\n").length;

  it("installs once, and again only when the lock file changed", async () => {
    assert.equal((await start("a", "b")).stdout, "ran a b\n");
    await start();
    assert.equal(await calls(), 1);
    await writeLock("1.0.1");
    await start();
    assert.equal(await calls(), 2);
  });

  it("installs again over modules that it did not complete", async () => {
    await start();
    await rm(join(folder, "node_modules", ".cellsmith-stamp"));
    await start();
    assert.equal(await calls(), 2);
  });

  it("needs no network the second time, and says in one line what failed the first", async () => {
    await writeFile(join(folder, "offline"), "");
    const failure: unknown = await start().then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.ok(failure instanceof Error && "code" in failure && "stderr" in failure);
    assert.equal(failure.code, 1);
    assert.match(
      String(failure.stderr),
      /^Node modules: npm ci … failed after [\d.]+ s\ncellsmith: the node modules cannot be installed: network request to the registry failed\n$/,
    );
    await rm(join(folder, "offline"));
    await start();
    await writeFile(join(folder, "offline"), "");
    assert.equal((await start()).stdout, "ran\n");
  });
});
