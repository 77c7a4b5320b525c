/** `launch.json` in a run's folder: what the supervisor is to start. Holds no environment: that is inherited, not stored. */
import * as z from "zod";

export const launchSchema = z.object({
  format: z.literal(1),
  id: z.string(),
  name: z.string(),
  experiment: z.string(),
  target: z.object({ kind: z.enum(["pipeline", "script", "notebook"]), path: z.string() }),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  interpreter: z.string(),
  python: z.string().optional(),
  /** Arguments of the interpreter. */
  args: z.array(z.string()),
  cwd: z.string(),
  metricPattern: z.string().optional(),
  /** Absolute path of the module that reads printed numbers. */
  tap: z.string().optional(),
  /** Whether the supervisor may start git. */
  git: z.boolean(),
});

export type Launch = z.infer<typeof launchSchema>;

export const launchFile = "launch.json";
/** Its appearance asks the supervisor to stop the run. */
export const cancelFile = "cancel";

export function launchText(launch: Launch): string {
  return `${JSON.stringify(launch, undefined, 2)}\n`;
}
