/**
 * Looks at the repository around a folder. Starts git processes: only for folders that are trusted.
 * Every call has a time limit, so that a repository on a slow disk, or one that asks for a password, holds up nothing.
 */
import { simpleGit, type SimpleGit } from "simple-git";
import type { GitState } from "../provenance/git.ts";

const limitMilliseconds = 3000;

/** Commit, branch and whether tracked files were changed. */
export async function readGit(folder: string): Promise<GitState | undefined> {
  try {
    const git = open(folder);
    const [commit, branch, dirty] = await Promise.all([
      git.revparse(["HEAD"]),
      git.raw(["symbolic-ref", "--quiet", "--short", "HEAD"]).catch(() => ""),
      // A scan of untracked files can take minutes in a folder full of data.
      git
        .raw(["--no-optional-locks", "status", "--porcelain", "--untracked-files=no"])
        .then((text) => text.trim() !== "")
        .catch(() => undefined),
    ]);
    if (!/^[0-9a-f]{40,64}$/.test(commit.trim())) return undefined;
    return { commit: commit.trim(), branch: branch.trim() === "" ? undefined : branch.trim(), dirty };
  } catch {
    return undefined;
  }
}

function open(folder: string): SimpleGit {
  // `block` counts silence, which is what a git that waits for something gives.
  return simpleGit({ baseDir: folder, timeout: { block: limitMilliseconds }, maxConcurrentProcesses: 3 });
}
