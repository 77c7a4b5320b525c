import type { ParseArgsOptionsConfig } from "node:util";
import type { ExitCode } from "../problem.ts";

/** Where a command writes: the result to `out`, progress and logs to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Aborted by Ctrl+C: the command stops what it started and leaves nothing half-written. */
  readonly signal: AbortSignal;
}

export interface CommandInput {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
}

/** One command of the command line. `run` throws a Problem for anything a person can put right. */
export interface CliCommand {
  readonly usage: string;
  readonly summary: string;
  readonly options: ParseArgsOptionsConfig;
  run(input: CommandInput, terminal: Terminal): Promise<ExitCode>;
}
