// dist/ -> out/cellsmith.vsix. What ships is what .vscodeignore allows; everything else is bundled.
import { mkdir } from "node:fs/promises";
import { createVSIX } from "@vscode/vsce";
import { out, root, vsixFile } from "./setup/paths.ts";

await mkdir(out, { recursive: true });
try {
  await createVSIX({
    cwd: root,
    packagePath: vsixFile,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
} catch (error) {
  // vsce's messages are for people; its stack is not.
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
