import { execute, lastLine } from "./execute.ts";
import { onPath } from "./paths.ts";
import { SetupProblem, during } from "./say.ts";

let updated = false;

/**
 * Installs Debian packages, as root or through a `sudo` that asks for nothing.
 * @param what what they bring, for the sentence when they cannot be had
 * @throws SetupProblem naming the command a person can run instead
 */
export async function installDebianPackages(what: string, packages: readonly string[]): Promise<void> {
  const byHand = `install it with: apt-get install ${packages.join(" ")}`;
  if (onPath("apt-get") === undefined) throw new SetupProblem(`${what} is missing; please install it`);
  const prefix = await rootPrefix();
  if (prefix === undefined) throw new SetupProblem(`${what} is missing; as root, ${byHand}`);
  const aptGet = async (...args: string[]): Promise<void> => {
    const [program = "apt-get", ...rest] = [...prefix, "apt-get", "-y", "-qq", ...args];
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const done = await execute(program, rest, { env });
    if (done.code !== 0) throw new SetupProblem(`${what} is missing and apt-get failed: ${lastLine(done)}`);
  };
  await during(`${what}: apt-get install ${packages.join(" ")}`, async () => {
    if (!updated) await aptGet("update");
    updated = true;
    await aptGet("install", "--no-install-recommends", ...packages);
  });
}

/** What to put before a command so that it runs as root; undefined where that cannot be had. */
async function rootPrefix(): Promise<readonly string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  if (onPath("sudo") === undefined) return undefined;
  return (await execute("sudo", ["-n", "true"])).code === 0
    ? ["sudo", "-n", "--preserve-env=DEBIAN_FRONTEND"]
    : undefined;
}
