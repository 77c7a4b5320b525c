/** The command line: finds the command, parses its flags, and turns every failure into one line and an exit code. */
import { parseArgs } from "node:util";
import { ExitCode, messageOf, Problem } from "../problem.ts";
import type { CliCommand, CommandInput, Terminal } from "./command.ts";

/** Loaded when asked for, so that `cellsmith runs list` does not pay for the parser. */
const commands: Readonly<Record<string, () => Promise<CliCommand>>> = {
  analyze: async () => (await import("./analyze.ts")).analyze,
  check: async () => (await import("./check.ts")).check,
  convert: async () => (await import("./convert.ts")).convert,
  datasets: async () => (await import("./datasets.ts")).datasets,
  models: async () => (await import("./models.ts")).models,
  run: async () => (await import("./run.ts")).run,
  runs: async () => (await import("./runs.ts")).runs,
  update: async () => (await import("./update.ts")).update,
  verify: async () => (await import("./verify.ts")).verify,
};

/**
 * Runs one command line.
 * @param argv what follows the program's name.
 * @returns the exit code; nothing is thrown.
 */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    terminal.out(await overview());
    return name === undefined ? ExitCode.badInput : ExitCode.done;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    terminal.err(`cellsmith: there is no command ${name}; there are ${Object.keys(commands).join(", ")}\n`);
    return ExitCode.badInput;
  }
  try {
    return await runCommand(await load(), rest, terminal);
  } catch (error) {
    if (terminal.signal.aborted) return ExitCode.cancelled;
    terminal.err(`cellsmith: ${messageOf(error)}\n`);
    return error instanceof Problem ? error.exitCode : ExitCode.badInput;
  }
}

async function runCommand(command: CliCommand, argv: readonly string[], terminal: Terminal): Promise<number> {
  if (argv.includes("--help") || argv.includes("-h")) {
    terminal.out(`usage: cellsmith ${command.usage}\n\n${command.summary}\n`);
    return ExitCode.done;
  }
  return command.run(readFlags(command, argv), terminal);
}

/** Node's own words on a wrong flag are about dashes and positionals; a person wants to know which flags there are. */
function readFlags(command: CliCommand, argv: readonly string[]): CommandInput {
  try {
    return parseArgs({ args: [...argv], options: command.options, allowPositionals: true, strict: true });
  } catch (error) {
    const flag = /'(-[^' ]*)/.exec(messageOf(error))?.[1] ?? "an option";
    const known = Object.hasOwn(command.options, flag.replace(/^--?/, ""));
    throw new Problem(
      known
        ? `${flag} is not used like that: cellsmith ${command.usage}`
        : `there is no option ${flag}: cellsmith ${command.usage}`,
    );
  }
}

async function overview(): Promise<string> {
  const lines = await Promise.all(
    Object.values(commands).map(async (load) => {
      const { usage, summary } = await load();
      return `  cellsmith ${usage}\n      ${summary}`;
    }),
  );
  return ["From a notebook to production.", "", ...lines, ""].join("\n");
}
