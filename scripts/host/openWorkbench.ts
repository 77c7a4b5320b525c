import { chromium, type Browser, type Page } from "playwright-core";

/** Extension and suite that the page loads into the extension host of an automated server. */
export interface DevelopmentExtension {
  readonly folder: string;
  /** Compiled entry of a suite: a module with `run()`. */
  readonly testsPath?: string;
}

export interface PageOptions {
  /** Executable of Chromium. */
  readonly chromium: string;
  readonly width: number;
  readonly height: number;
}

const browserArgs = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A headless Chromium with one empty page. Closing the browser ends everything it started. */
export async function openPage(options: PageOptions): Promise<{ browser: Browser; page: Page }> {
  const browser = await chromium.launch({
    executablePath: options.chromium,
    headless: true,
    args: browserArgs,
  });
  const { width, height } = options;
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: 2 });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  return { browser, page: await context.newPage() };
}

/**
 * Address of a workbench on a folder (or a `.code-workspace` file). Only an automated server reads the development extension; the
 * authority `remote` is a literal that every served workbench understands.
 */
export function workbenchUrl(origin: string, target: string, extension?: DevelopmentExtension): string {
  const url = folderUrl(origin, target);
  const payload: [string, string][] = [["skipWelcome", "true"]];
  if (extension !== undefined) {
    payload.push(["extensionDevelopmentPath", `vscode-remote://remote${extension.folder}`]);
    payload.push(["enableProposedApi", ""]);
  }
  if (extension?.testsPath !== undefined) {
    payload.push(["extensionTestsPath", `vscode-remote://remote${extension.testsPath}`]);
  }
  url.searchParams.set("payload", JSON.stringify(payload));
  return url.href;
}

/** Address under which a person opens a folder, with the server's token where it has one. */
export function folderUrl(origin: string, target: string, token?: string): URL {
  const url = new URL(origin);
  if (token !== undefined) url.searchParams.set("tkn", token);
  url.searchParams.set(target.endsWith(".code-workspace") ? "workspace" : "folder", target);
  return url;
}
