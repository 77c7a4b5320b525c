/** Exit codes of the command line; see README, "Command line". */
export const ExitCode = {
  done: 0,
  failed: 1,
  badInput: 2,
  refused: 3,
  different: 4,
  cancelled: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/**
 * Something a person can put right. `message` is one clear sentence that says what is wrong and what to do;
 * it is shown as it is, without a stack, in the editor and on the command line alike.
 */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = ExitCode.badInput) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** One sentence for any thrown value: a Problem's own words, else the error's message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
