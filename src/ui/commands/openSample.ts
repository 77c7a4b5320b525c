import { cp } from "node:fs/promises";
import path from "node:path";
import * as vscode from "vscode";
import { WalkthroughId } from "../../ids.ts";
import { Problem } from "../../problem.ts";
import type { Parts } from "../parts.ts";

const folderName = "cellsmith-sample";

/** Copies the sample workspace to a folder that the user chooses, and opens the copy. */
export async function openSampleCommand(parts: Parts, argument: unknown): Promise<string | undefined> {
  const chosen =
    argument instanceof vscode.Uri
      ? [argument]
      : await vscode.window.showOpenDialog({
          canSelectFiles: false,
          canSelectFolders: true,
          openLabel: `Copy ${folderName} Here`,
          title: "Where should the sample workspace go?",
        });
  const [parent] = chosen ?? [];
  if (parent === undefined) return undefined;
  const target = path.join(parent.fsPath, folderName);
  await copySample(path.join(parts.extensionFolder, "media", "sample"), target);
  await vscode.commands.executeCommand("vscode.openFolder", vscode.Uri.file(target), {
    forceReuseWindow: false,
  });
  return target;
}

async function copySample(source: string, target: string): Promise<void> {
  try {
    await cp(source, target, { recursive: true, errorOnExist: true, force: false });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_FS_CP_EEXIST") return;
    throw new Problem(`The sample cannot be copied to ${target} (${String(code ?? error)}).`);
  }
}

export async function openWalkthroughCommand(): Promise<void> {
  const [publisher] = WalkthroughId.split(".");
  await vscode.commands.executeCommand(
    "workbench.action.openWalkthrough",
    `${publisher ?? ""}.cellsmith#${WalkthroughId.split(".")[1] ?? ""}`,
    false,
  );
}
