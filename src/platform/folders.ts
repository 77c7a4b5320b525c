import * as vscode from "vscode";

/** A workspace folder on disk. */
export interface Folder {
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
}

/** The workspace's folders that are on a disk; those of other file systems are browsed by nobody here. */
export function workspaceFolders(): readonly Folder[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === "file")
    .map(({ name, uri }) => ({ name, path: uri.fsPath }));
}

/** The workspace folder that a file lies in. */
export function folderOf(file: string): Folder | undefined {
  const found = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file));
  return found === undefined ? undefined : { name: found.name, path: found.uri.fsPath };
}
