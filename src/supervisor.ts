/** Entry of the process that owns a run. Its one argument is the run's `launch.json`. */
import { readGit } from "./git/readGit.ts";
import { superviseRun } from "./launch/superviseRun.ts";
import { messageOf } from "./problem.ts";

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stopping.abort();
  });
}
process.on("SIGHUP", () => undefined);

const file = process.argv[2];
try {
  if (file === undefined) throw new TypeError("the supervisor needs a launch.json");
  await superviseRun(file, readGit, stopping.signal);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
