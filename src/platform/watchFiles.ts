import * as vscode from "vscode";

/**
 * Tells of files that were made, changed or deleted in the workspace's folders.
 * @param pattern a glob.
 */
export function watchFiles(
  pattern: string,
  listener: (folder: string, file: string, how: "made" | "changed" | "deleted") => void,
): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  const tell = (how: "made" | "changed" | "deleted") => (uri: vscode.Uri) => {
    const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri;
    if (
      uri.scheme === "file" &&
      folder !== undefined &&
      !/[\\/]\.[^\\/]+[\\/]/.test(uri.fsPath.slice(folder.fsPath.length))
    ) {
      listener(folder.fsPath, uri.fsPath, how);
    }
  };
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(tell("made")),
    watcher.onDidChange(tell("changed")),
    watcher.onDidDelete(tell("deleted")),
  );
}
