import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execute, lastLine } from "../setup/execute.ts";
import type { VsCodeHost } from "../setup/vscodeHost.ts";

/** Installs a VSIX into a folder of extensions, as VS Code's own "Install from VSIX" does. */
export async function installVsix(host: VsCodeHost, vsix: string, extensionsFolder: string): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), "cellsmith-install-"));
  try {
    const done = await execute(host.node, [
      join(host.folder, "out", "server-main.js"),
      ...["--accept-server-license-terms", "--telemetry-level", "off"],
      ...["--user-data-dir", join(data, "user"), "--server-data-dir", join(data, "server")],
      ...["--extensions-dir", extensionsFolder, "--install-extension", vsix, "--force"],
    ]);
    if (done.code !== 0 || !done.stdout.includes("successfully installed")) {
      throw new Error(`The VSIX cannot be installed: ${lastLine(done)}`);
    }
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}
