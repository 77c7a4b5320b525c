import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { recordingFolder } from "../../../src/cli/recordingFolder.ts";

interface Case {
  readonly what: string;
  /** Folders that exist, besides `a/b/c/d`. */
  readonly has: readonly string[];
  readonly target: string;
  readonly cwd: string;
  readonly expected: string;
}

const cases: readonly Case[] = [
  { what: "the current folder", has: [], target: "a/b/c/t.py", cwd: "a/b", expected: "a/b" },
  { what: "the target's folder", has: [], target: "a/b/c/t.py", cwd: "a/b/c/d", expected: "a/b/c" },
  { what: "the repository", has: ["a/.git"], target: "a/b/t.py", cwd: "e", expected: "a" },
  {
    what: "the repository below the current folder",
    has: ["a/b/.git"],
    target: "a/b/c/t.py",
    cwd: "a",
    expected: "a/b",
  },
  {
    what: "the folder in the repository that one stands in",
    has: ["a/.git"],
    target: "a/b/t.py",
    cwd: "a/b",
    expected: "a/b",
  },
  {
    what: "where the repository has runs already",
    has: ["a/.git", "a/.cellsmith/runs"],
    target: "a/b/c/t.py",
    cwd: "a/b/c",
    expected: "a",
  },
  {
    what: "where both target and current folder lie",
    has: ["a/.cellsmith/runs"],
    target: "a/b/t.py",
    cwd: "a/c",
    expected: "a",
  },
  {
    what: "nothing above the repository",
    has: ["a/b/.git", "a/.cellsmith/runs"],
    target: "a/b/c/t.py",
    cwd: "a/b/c",
    expected: "a/b/c",
  },
  {
    what: "nothing above the current folder",
    has: ["a/.cellsmith/runs"],
    target: "a/b/c/t.py",
    cwd: "a/b",
    expected: "a/b",
  },
];

describe("the folder a run is recorded in", () => {
  let top = "";
  beforeEach(async () => {
    top = await realpath(await mkdtemp(path.join(tmpdir(), "recording-")));
    await mkdir(path.join(top, "a/b/c/d"), { recursive: true });
  });
  afterEach(() => rm(top, { recursive: true }));

  for (const { what, has, target, cwd, expected } of cases) {
    it(`is ${what}`, async () => {
      for (const folder of has) await mkdir(path.join(top, folder), { recursive: true });
      const found = recordingFolder(path.join(top, target), undefined, path.join(top, cwd));
      assert.equal(path.relative(top, found), expected);
    });
  }

  it("is never the folder of all temporary files, wherever one stands", () => {
    assert.equal(recordingFolder(path.join(top, "a/t.py"), undefined, tmpdir()), path.join(top, "a"));
  });
});
