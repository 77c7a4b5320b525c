import path from "node:path";
import * as vscode from "vscode";

export type FileEvent = "made" | "changed" | "deleted";

/**
 * Tells of files that were made, changed or deleted in the workspace's folders, and of folders that came or went as a
 * whole: of what lies in those the editor says nothing. Hidden folders are left out.
 * @param pattern a glob for the files.
 */
export function watchFiles(
  pattern: string,
  listener: (folder: string, file: string, how: FileEvent) => void,
): vscode.Disposable {
  const tell =
    (how: FileEvent, fits: (file: string) => boolean = () => true) =>
    (uri: vscode.Uri): void => {
      const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri;
      if (uri.scheme !== "file" || folder === undefined || !fits(uri.fsPath)) return;
      if (/[\\/]\.[^\\/]+[\\/]/.test(uri.fsPath.slice(folder.fsPath.length))) return;
      listener(folder.fsPath, uri.fsPath, how);
    };
  const files = vscode.workspace.createFileSystemWatcher(pattern);
  const folders = vscode.workspace.createFileSystemWatcher("**", false, true, false);
  return vscode.Disposable.from(
    files,
    files.onDidCreate(tell("made")),
    files.onDidChange(tell("changed")),
    files.onDidDelete(tell("deleted")),
    folders,
    folders.onDidCreate(tell("made", mayBeFolder)),
    folders.onDidDelete(tell("deleted", mayBeFolder)),
  );
}

/** By its name alone: asking the disk for every file that comes would cost more than a needless look. */
function mayBeFolder(file: string): boolean {
  const name = path.basename(file);
  return path.extname(name) === "" && !name.startsWith(".") && name !== "__pycache__";
}
