/**
 * Merges texts as git does: `git merge-file` in a scratch folder that is no repository, so that no attribute, hook or
 * driver of the user's has a say. Starts git: only for folders that are trusted.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { simpleGit } from "simple-git";
import { mergeLines, sideNames, type MergeInput, type MergeTexts, type Side } from "../refactor/merge.ts";

const limitMilliseconds = 10_000;

/** Without a git that can be started, lines are merged by ourselves. */
export const mergeByGit: MergeTexts = async (input, favor) => {
  const room = await mkdtemp(path.join(tmpdir(), "cellsmith-merge-"));
  try {
    return await mergeIn(room, input, favor);
  } catch {
    return await mergeLines(input, favor);
  } finally {
    await rm(room, { recursive: true, force: true });
  }
};

async function mergeIn(
  room: string,
  input: MergeInput,
  favor: Side | undefined,
): Promise<Awaited<ReturnType<MergeTexts>>> {
  const names = ["mine", "base", "theirs"] as const;
  await Promise.all(names.map((name) => writeFile(path.join(room, name), input[name])));
  let conflicts = 0;
  const git = simpleGit({
    baseDir: room,
    timeout: { block: limitMilliseconds },
    errors: (error, { exitCode }) => {
      // Up to 127 it is the number of conflicts.
      if (exitCode > 127 || exitCode < 0) return error ?? new Error(`git merge-file ended with ${exitCode}`);
      conflicts = exitCode;
      return undefined;
    },
  });
  const labels = names.flatMap((name) => ["-L", sideNames[name]]);
  const taken = favor === undefined ? [] : [favor === "mine" ? "--ours" : "--theirs"];
  const text = await git.raw(["merge-file", "-p", "-q", ...taken, ...labels, ...names]);
  return conflicts === 0 ? { clean: true, text } : { clean: false, marked: text };
}
