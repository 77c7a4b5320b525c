/** A page of ours as a webview: one script, one style sheet, messages that are checked on the way in. */
import * as vscode from "vscode";
import { pageHtml } from "./html.ts";

export interface PageOptions {
  readonly extensionFolder: string;
  /** Folder of `media/` that it is made of. */
  readonly name: string;
  readonly viewType: string;
  readonly title: string;
  readonly column: vscode.ViewColumn;
  /** Leaves the focus where it is. */
  readonly quiet?: boolean;
}

export function createPage(options: PageOptions): vscode.WebviewPanel {
  const folder = vscode.Uri.file(options.extensionFolder);
  const dist = vscode.Uri.joinPath(folder, "dist", "media");
  const media = vscode.Uri.joinPath(folder, "media");
  const panel = vscode.window.createWebviewPanel(
    options.viewType,
    options.title,
    { viewColumn: options.column, preserveFocus: options.quiet ?? false },
    { enableScripts: true, localResourceRoots: [dist] },
  );
  const { webview } = panel;
  panel.iconPath = {
    light: vscode.Uri.joinPath(media, "cellsmith-light.svg"),
    dark: vscode.Uri.joinPath(media, "cellsmith-dark.svg"),
  };
  webview.html = pageHtml({
    title: options.title,
    script: webview.asWebviewUri(vscode.Uri.joinPath(dist, `${options.name}.js`)).toString(),
    style: webview.asWebviewUri(vscode.Uri.joinPath(dist, `${options.name}.css`)).toString(),
    source: webview.cspSource,
  });
  return panel;
}
