import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { packages, rooms, vscodeRooms } from "./rooms.ts";

const src = path.resolve(import.meta.dirname, "../../src");

const roomOf = (file: string): string =>
  path.relative(src, file).split(path.sep)[0]?.replace(/\.ts$/, "") ?? "";

/** Every module that a file imports, types included. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [
    ...text.matchAll(/(?:^|\n)\s*(?:import|export)\b[^;"']*?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g),
  ].map((match) => match[1] ?? match[2] ?? "");
}

function complaintsAbout(file: string): string[] {
  const room = roomOf(file);
  const allowed = rooms[room];
  const name = path.relative(src, file);
  if (allowed === undefined) return [`${name}: the room ${room} is not in the table`];
  return importsOf(file).flatMap((target) => {
    if (target === "vscode") return vscodeRooms.includes(room) ? [] : [`${name} imports vscode`];
    if (!target.startsWith(".")) {
      const owners = Object.entries(packages).find(
        ([name_]) => target === name_ || target.startsWith(`${name_}/`),
      )?.[1];
      return owners === undefined || owners.includes(room) ? [] : [`${name} imports ${target}`];
    }
    if (target === "../../package.json") return [];
    const other = roomOf(path.resolve(path.dirname(file), target));
    const face = ["ui", "cli"].includes(other);
    const free =
      other === room || ["ids", "problem", "formats"].includes(other) || (allowed.includes("*") && !face);
    return free || allowed.includes(other) ? [] : [`${name} imports ${other}`];
  });
}

describe("architecture", () => {
  const files = globSync("**/*.ts", { cwd: src }).map((file) => path.join(src, file));

  it("reads the source files", () => {
    assert.ok(files.length > 5);
  });

  it("holds the table of rooms", () => {
    assert.deepEqual(files.flatMap(complaintsAbout), []);
  });
});
