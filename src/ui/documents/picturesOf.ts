/** The plots of a run as `data:` addresses, for a page that has no folder to take pictures from. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Run } from "../../tracking/model.ts";

const types: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
};

/** A page with larger or more pictures would open slowly; their files are linked all the same. */
const largest = 500_000;
const most = 8;

/** Path and address of each; those that are gone or too large are left out. */
export async function picturesOf({ artifacts }: Run): Promise<readonly (readonly [string, string])[]> {
  const plots = artifacts.filter(({ kind, path: file, size = 0 }) => {
    return kind === "plot" && typeOf(file) !== undefined && size <= largest;
  });
  const read = plots.slice(0, most).map(async ({ path: file }) => {
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes === undefined || bytes.length > largest) return [];
    return [[file, `data:${typeOf(file) ?? ""};base64,${bytes.toString("base64")}`] as const];
  });
  return (await Promise.all(read)).flat();
}

function typeOf(file: string): string | undefined {
  return types[path.extname(file).toLowerCase()];
}
