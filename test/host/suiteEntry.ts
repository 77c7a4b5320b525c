import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { format } from "node:util";
import Mocha from "mocha";

/** What the extension host calls: runs every compiled test beside this file and rejects if one fails. */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  // The extension host's console hands its arguments on one by one, without the %s and %d of mocha's reporter filled in.
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => {
    console.log(format(...args));
  };
  const mocha = new Mocha({
    ui: "bdd",
    color: false,
    timeout: 60_000,
    forbidOnly: true,
    forbidPending: true,
  });
  const folder = join(import.meta.dirname, "tests");
  const files = await readdir(folder, { recursive: true });
  for (const file of files.filter((name) => name.endsWith(".test.js")).sort())
    mocha.addFile(join(folder, file));
  await mocha.loadFilesAsync();
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failures > 0) throw new Error(`${failures} failed`);
}
