import { installDebianPackages } from "./debian.ts";
import { onPath } from "./paths.ts";
import { SetupProblem } from "./say.ts";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** A Chromium that Playwright can drive: `CELLSMITH_CHROMIUM`, else one on the search path, else Debian's. */
export async function ensureChromium(): Promise<string> {
  const chosen = process.env.CELLSMITH_CHROMIUM;
  if (chosen !== undefined && chosen !== "") return chosen;
  const found = findChromium();
  if (found !== undefined) return found;
  await installDebianPackages("Chromium", ["chromium"]);
  const installed = findChromium();
  if (installed === undefined) throw new SetupProblem("Chromium was installed but is not on the search path");
  return installed;
}

function findChromium(): string | undefined {
  return names.map((name) => onPath(name)).find((file) => file !== undefined);
}
