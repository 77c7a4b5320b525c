// Source -> dist/. `--watch` rebuilds on change, readable and unminified; otherwise what is shipped.
import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { context, type BuildOptions, type Plugin } from "esbuild";
import { root } from "./setup/paths.ts";

const watch = process.argv.includes("--watch");
const dist = join(root, "dist");
const source = join(root, "src");

const shared: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  minify: !watch,
  sourcemap: true,
  // The VSIX carries no maps, and a map's text is of use only beside the repository.
  sourcesContent: false,
  logLevel: "warning",
};

/** The extension host, the command line and the supervisor share chunks, so that each loads only what it uses. */
function nodeSide(): BuildOptions {
  return {
    ...shared,
    entryPoints: ["extension.ts", "cli.ts", "supervisor.ts"]
      .map((file) => join(source, file))
      .filter(existsSync),
    outdir: dist,
    chunkNames: "chunks/[name]-[hash]",
    format: "esm",
    splitting: true,
    platform: "node",
    target: "node22",
    external: ["vscode"],
    // Bundled CommonJS packages still call `require` for Node's own modules.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    plugins: [besideTheBundle],
  };
}

/** Each webview is one script, and one style sheet if it imports any: `media/<name>/main.ts` -> `dist/media/<name>.js`. */
async function webviews(): Promise<BuildOptions[]> {
  const entries = await readdir(join(root, "media"), { withFileTypes: true });
  const mains = entries
    .filter((entry) => entry.isDirectory() && existsSync(join(root, "media", entry.name, "main.ts")))
    .map((entry) => ({ in: join(root, "media", entry.name, "main.ts"), out: entry.name }));
  if (mains.length === 0) return [];
  return [
    {
      ...shared,
      entryPoints: mains,
      outdir: join(dist, "media"),
      format: "iife",
      platform: "browser",
      target: "chrome130",
    },
  ];
}

/** Files that the bundle reads at run time: the Python grammar and our Python. */
const besideTheBundle: Plugin = {
  name: "beside-the-bundle",
  setup(build) {
    build.onEnd(async () => {
      const resolve = createRequire(import.meta.url).resolve;
      await copyInto(dist, [
        resolve("web-tree-sitter/web-tree-sitter.wasm"),
        resolve("tree-sitter-python/tree-sitter-python.wasm"),
      ]);
      const runtime = join(source, "runtime");
      const python = (await readdir(runtime)).filter((name) => name.endsWith(".py"));
      await copyInto(
        join(dist, "runtime"),
        python.map((name) => join(runtime, name)),
      );
    });
  },
};

async function copyInto(folder: string, files: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of files) await copyFile(file, join(folder, basename(file)));
}

const started = performance.now();
await rm(dist, { recursive: true, force: true });
const contexts = await Promise.all([nodeSide(), ...(await webviews())].map((options) => context(options)));
if (watch) {
  await Promise.all(contexts.map((one) => one.watch()));
  console.error("Watching src/ and media/; end with Ctrl+C");
} else {
  await Promise.all(contexts.map((one) => one.rebuild()));
  await Promise.all(contexts.map((one) => one.dispose()));
  console.error(`Built dist/ in ${Math.round(performance.now() - started)} ms`);
}
