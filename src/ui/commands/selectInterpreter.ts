/** Which Python runs a folder's code, and how one says so. */
import { existsSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import { CommandId } from "../../ids.ts";
import { describeInterpreter } from "../../interpreters/describeInterpreter.ts";
import { findInterpreter } from "../../interpreters/findInterpreter.ts";
import { folderOf } from "../../platform/folders.ts";
import { pythonOfExtension } from "../../platform/pythonExtension.ts";
import { messageOf, Problem } from "../../problem.ts";
import type { Parts } from "../parts.ts";
import { Offer } from "./offer.ts";
import { activeSubject, subjectOf } from "./subjectOf.ts";

/**
 * The Python for code in a folder.
 * @throws Offer to choose one, where there is none or the chosen one is not there.
 */
export async function interpreterFor(parts: Parts, workspace: string, folder: string): Promise<string> {
  try {
    const configured = parts.settings.python(workspace);
    const search = { folder, workspace, configured: configured === "" ? undefined : configured };
    if (configured !== "") return findInterpreter(search).path;
    const chosen = await pythonOfExtension(folder);
    return chosen ?? findInterpreter(search).path;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Offer(error.message, [{ title: "Select Interpreter", command: CommandId.selectInterpreter }]);
  }
}

interface Choice extends vscode.QuickPickItem {
  readonly value?: string;
  readonly browse?: true;
}

export async function selectInterpreterCommand(parts: Parts, argument: unknown): Promise<string | undefined> {
  const subject = subjectOf(argument) ?? activeSubject();
  const near = subject !== undefined && "path" in subject ? folderOf(subject.path) : undefined;
  const folder = near ?? parts.folders()[0];
  if (folder === undefined) throw new Problem("Open a folder first: the Python is chosen for a folder.");
  const choice = await vscode.window.showQuickPick(choices(parts, folder.path), {
    placeHolder: `Python for ${folder.name}`,
    matchOnDescription: true,
  });
  if (choice === undefined) return undefined;
  const value = choice.browse === true ? await browse() : choice.value;
  if (value === undefined) return undefined;
  if (value !== "")
    await describeInterpreter(
      findInterpreter({ folder: folder.path, workspace: folder.path, configured: value }).path,
    );
  await parts.settings.choosePython(folder.path, value);
  return value;
}

function choices(parts: Parts, folder: string): Choice[] {
  const current = parts.settings.python(folder);
  const automatic = found(folder, undefined);
  // `env` is a command, too, and no Python.
  const environments = [".venv", "venv", "env"].filter((name) => existsSync(path.join(folder, name)));
  const candidates = [...environments, "python3", "python3.13", "python3.12", "python3.11", "python"]
    .map((configured) => found(folder, configured))
    .filter((one) => one !== undefined);
  const distinct = [...new Map(candidates.map((one) => [one.path, one])).values()];
  return [
    {
      label: "$(sparkle) Choose automatically",
      description: automatic === undefined ? "there is none to be found" : automatic.path,
      value: "",
    },
    ...distinct.map((one): Choice => ({
      label: `${one.path === current ? "$(check) " : ""}${one.from}`,
      description: one.path,
      value: one.path.startsWith(folder + path.sep) ? path.relative(folder, one.path) : one.path,
    })),
    { label: "", kind: vscode.QuickPickItemKind.Separator },
    { label: "$(folder-opened) Another one …", browse: true },
  ];
}

function found(
  folder: string,
  configured: string | undefined,
): ReturnType<typeof findInterpreter> | undefined {
  try {
    return findInterpreter({ folder, workspace: folder, configured });
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw new Error(messageOf(error), { cause: error });
  }
}

async function browse(): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({ canSelectMany: false, openLabel: "Use This Python" });
  return chosen?.[0]?.fsPath;
}
