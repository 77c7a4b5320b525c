import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { madeOnce } from "./cache.ts";
import { installDebianPackages } from "./debian.ts";
import { execute, lastLine, type Executed } from "./execute.ts";
import { onPath, root } from "./paths.ts";
import { SetupProblem, during } from "./say.ts";

const windows = process.platform === "win32";

/**
 * A Python with the packages of `scripts/requirements.txt`, in an environment of our own: the machine's is never touched.
 * Another list or another Python makes another environment.
 * @param lists further lists of packages, in `scripts`
 * @returns path of its interpreter
 */
export async function ensurePython(lists: readonly string[] = []): Promise<string> {
  const base = windows ? "python" : "python3";
  const files = ["requirements.txt", ...lists].map((list) => join(root, "scripts", list));
  const version = await execute(base, ["-c", "import sys; print(sys.base_prefix, *sys.version_info[:3])"]);
  if (version.code !== 0) throw new SetupProblem("Python 3 is missing; please install Python 3.11 or newer");
  const digest = createHash("sha256")
    .update(version.stdout)
    .update(Buffer.concat(await Promise.all(files.map((file) => readFile(file)))))
    .digest("hex")
    .slice(0, 12);
  const folder = await madeOnce(`python-${digest}`, async (unfinished) => {
    await ensureVenv(base);
    await during("Python packages: installing into an environment of our own, once", async () => {
      succeeded(await execute(base, ["-m", "venv", unfinished]));
      const pip = [
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--quiet",
        ...files.flatMap((file) => ["--requirement", file]),
      ];
      succeeded(await execute(interpreterOf(unfinished), pip));
    });
  });
  return interpreterOf(folder);
}

/** Debian splits `venv` from Python; elsewhere it is always there. */
async function ensureVenv(base: string): Promise<void> {
  if ((await execute(base, ["-c", "import venv, ensurepip"])).code === 0) return;
  if (onPath("apt-get") === undefined)
    throw new SetupProblem("Python's venv module is missing; please install it");
  await installDebianPackages("Python's venv module", ["python3-venv"]);
}

function interpreterOf(environment: string): string {
  return windows ? join(environment, "Scripts", "python.exe") : join(environment, "bin", "python");
}

function succeeded(done: Executed): void {
  if (done.code !== 0) throw new SetupProblem(`the Python packages cannot be installed: ${lastLine(done)}`);
}
