/** Asks a Python, in one short process, for its version and which packages it has. Only for folders that are trusted. */
import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as z from "zod";
import { Problem } from "../problem.ts";

export interface Interpreter {
  /** `3.11.7` */
  readonly version: string;
  /** Import name to version, "" where a package does not say; those not installed are absent. */
  readonly packages: Readonly<Record<string, string>>;
}

const answerSchema = z.object({ version: z.string(), packages: z.record(z.string(), z.string()) });

/** Finds packages without importing them. The current folder is taken off the path first: it may hold a json.py. */
const question = `
import sys
sys.path[:] = [entry for entry in sys.path if entry]
import importlib.util, json
packages = {}
for name in sys.argv[1:]:
    try:
        found = importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        found = False
    if found:
        packages[name] = ""
        try:
            import importlib.metadata as metadata
            packages[name] = metadata.version(name)
        except Exception:
            pass
print(json.dumps({"version": "%d.%d.%d" % sys.version_info[:3], "packages": packages}))
`;

const limitMilliseconds = 30_000;
const known = new Map<string, Promise<Interpreter>>();

/**
 * @param file absolute path of the interpreter.
 * @param packages import names to look for; top-level ones.
 * @throws Problem when it is missing, cannot be started, or is no Python that we can run with.
 */
export async function describeInterpreter(
  file: string,
  packages: readonly string[] = [],
): Promise<Interpreter> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) throw new Problem(`there is no Python at ${file}`);
  const key = JSON.stringify([file, found.mtimeMs, found.size, ...packages]);
  let answer = known.get(key);
  if (answer === undefined) {
    answer = ask(file, packages);
    known.set(key, answer);
    // What failed, or lacked a package, is worth another try: people put such things right.
    answer.then(
      (interpreter) => {
        if (packages.some((name) => !(name in interpreter.packages))) known.delete(key);
      },
      () => known.delete(key),
    );
  }
  return answer;
}

async function ask(file: string, packages: readonly string[]): Promise<Interpreter> {
  const output = await new Promise<string>((resolve, reject) => {
    execFile(
      file,
      ["-c", question, ...packages],
      { timeout: limitMilliseconds, cwd: tmpdir(), windowsHide: true, maxBuffer: 1024 * 1024 },
      (error, stdout) => {
        if (error === null) resolve(stdout);
        else reject(new Problem(`${file} does not run as Python: ${reasonOf(error)}`));
      },
    );
  });
  const answer = answerSchema.safeParse(jsonOf(output));
  if (!answer.success) throw new Problem(`${file} is not a Python: it did not answer as one`);
  if (!/^3\.(9|\d\d)\./.test(answer.data.version)) {
    throw new Problem(`${file} is Python ${answer.data.version}; Cellsmith's runs need 3.9 or newer`);
  }
  return answer.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: Error & { code?: unknown; killed?: boolean }): string {
  if (error.killed === true) return `no answer within ${limitMilliseconds / 1000} seconds`;
  if (error.code === "EACCES" || error.code === "ENOEXEC") return "it is not a program";
  if (error.code === "ENOENT") return "it, or what it links to, is not there";
  return typeof error.code === "number" ? `it ended with exit code ${error.code}` : error.message;
}
