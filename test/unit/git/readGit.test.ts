import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { readGit } from "../../../src/git/readGit.ts";

describe("readGit", () => {
  let folder: string;
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=Märta", "-c", "user.email=m@example.org", ...args], {
      cwd: folder,
      encoding: "utf8",
    }).trim();
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "Git für alle "));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("has nothing to say where there is no repository, or no commit", async () => {
    assert.equal(await readGit(folder), undefined);
    git("init", "-q");
    assert.equal(await readGit(folder), undefined);
    assert.equal(await readGit(path.join(folder, "gone")), undefined);
  });

  it("reads commit, branch and changes", async () => {
    git("init", "-q", "-b", "topic/ä");
    await writeFile(path.join(folder, "a.py"), "1");
    git("add", ".");
    git("commit", "-qm", "first");
    const commit = git("rev-parse", "HEAD");
    assert.deepEqual(await readGit(folder), { commit, branch: "topic/ä", dirty: false });
    await writeFile(path.join(folder, "untracked.csv"), "1");
    assert.equal((await readGit(folder))?.dirty, false);
    await writeFile(path.join(folder, "a.py"), "2");
    assert.equal((await readGit(folder))?.dirty, true);
    git("checkout", "-q", "--detach");
    assert.equal((await readGit(folder))?.branch, undefined);
  });
});
