import { Problem } from "../problem.ts";
import type { Run } from "../tracking/model.ts";

/**
 * The run that a person means: its id or the beginning of one, its number (`12`, or `churn/12` where several experiments
 * have one), its name, or `latest`.
 * @param runs newest first.
 * @throws Problem when there is none, or more than one.
 */
export function findRun(text: string, runs: readonly Run[]): Run {
  const slash = text.lastIndexOf("/");
  const experiment = slash === -1 ? undefined : text.slice(0, slash);
  const within = experiment === undefined ? runs : runs.filter((run) => run.experiment === experiment);
  const wanted = text.slice(slash + 1);
  const latest = within[0];
  if (wanted === "latest" && latest !== undefined) return latest;
  const tests: readonly ((run: Run) => boolean)[] = [
    (run) => run.id === wanted,
    (run) => String(run.number) === wanted,
    (run) => run.name === wanted,
    (run) => wanted.length >= 4 && run.id.startsWith(wanted.toUpperCase()),
  ];
  for (const test of tests) {
    const found = within.filter(test);
    const [first, second] = found;
    if (first !== undefined && second === undefined) return first;
    if (first !== undefined) {
      const options = found.slice(0, 4).map((run) => `${run.experiment}/${run.number}`);
      throw new Problem(
        `${text} is more than one run: ${options.join(", ")}${found.length > 4 ? ", …" : ""}`,
      );
    }
  }
  throw new Problem(runs.length === 0 ? "nothing was recorded here yet" : `there is no run ${text}`);
}
