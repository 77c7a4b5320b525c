// A served VS Code with the packaged extension installed as a user installs it, and the gestures a person makes in it.
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { type Browser, type Frame, type Locator, type Page } from "playwright-core";
import { openPage, workbenchUrl } from "../../scripts/host/openWorkbench.ts";
import { installVsix } from "../../scripts/host/installVsix.ts";
import { quietSettings } from "../../scripts/host/quietSettings.ts";
import { serveVsCode, type ServedVsCode } from "../../scripts/host/serveVsCode.ts";
import { ensureChromium } from "../../scripts/setup/chromium.ts";
import { out, vsixFile } from "../../scripts/setup/paths.ts";
import { ensureVsCodeHost } from "../../scripts/setup/vscodeHost.ts";
import { type FoundProcess, runProcessesOf } from "./processes.ts";
import { Editor } from "./editor.ts";
import { Sidebar } from "./sidebar.ts";
import { until } from "./until.ts";

/** `name` as the settings know it, `label` as the picker shows it, `kind` as the workbench's class says it. */
const themes = {
  dark: { name: "Dark Modern", label: "Dark Modern", kind: "vs-dark" },
  light: { name: "Light Modern", label: "Light Modern", kind: "vs" },
  highContrast: { name: "Default High Contrast", label: "Dark High Contrast", kind: "hc-black" },
} as const;

export type Theme = keyof typeof themes;

export interface WorkbenchOptions {
  /** Folder that is copied and opened, or what fills an empty one; the copy is `workbench.folder`. */
  readonly workspace: string | ((folder: string) => Promise<void>);
  /** Name of the copy, where a test wants a space or an umlaut in it. */
  readonly folderName?: string;
  readonly trust?: "trusted" | "restricted";
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Interpreter in the machine's settings: what belongs to a machine is not read from the user's while a window is remote. */
  readonly python?: string;
  readonly theme?: Theme;
  readonly size?: { readonly width: number; readonly height: number };
  /** Added to the environment of the extension host and all that it starts. */
  readonly env?: Readonly<Record<string, string>>;
}

const screenshots = join(out, "screenshots");

export class Workbench {
  readonly page: Page;
  /** The opened folder: a copy that lives as long as the workbench. */
  readonly folder: string;
  readonly sidebar: Sidebar;
  readonly editor: Editor;
  readonly #browser: Browser;
  readonly #server: ServedVsCode;
  readonly #scratch: string;
  readonly #settingsFile: string;

  private constructor(parts: {
    page: Page;
    folder: string;
    browser: Browser;
    server: ServedVsCode;
    scratch: string;
    settingsFile: string;
  }) {
    this.page = parts.page;
    this.sidebar = new Sidebar(parts.page);
    this.editor = new Editor(parts.page);
    this.folder = parts.folder;
    this.#browser = parts.browser;
    this.#server = parts.server;
    this.#scratch = parts.scratch;
    this.#settingsFile = parts.settingsFile;
  }

  /** Installs the VSIX, opens a copy of the workspace, and waits until the workbench can be used. */
  static async start(options: WorkbenchOptions): Promise<Workbench> {
    const host = await ensureVsCodeHost();
    const chromium = await ensureChromium();
    const scratch = await mkdtemp(join(tmpdir(), "cellsmith-e2e-"));
    const folder = join(scratch, options.folderName ?? "churn");
    await mkdir(folder);
    if (typeof options.workspace === "string") await cp(options.workspace, folder, { recursive: true });
    else await options.workspace(folder);
    const extensionsFolder = join(scratch, "extensions");
    await installVsix(host, vsixFile, extensionsFolder);
    if (options.python !== undefined) {
      const machine = join(scratch, "user", "Machine");
      await mkdir(machine, { recursive: true });
      const settings = { "cellsmith.python": options.python };
      await writeFile(join(machine, "settings.json"), JSON.stringify(settings));
    }
    const server = await serveVsCode({
      host,
      dataFolder: scratch,
      extensionsFolder,
      trust: options.trust ?? "trusted",
      // Under automation VS Code shows no notification.
      automated: false,
      settings: {
        ...quietSettings,
        // A port that some other program of this machine listens on is no news.
        "remote.autoForwardPorts": false,
        "workbench.colorTheme": themes[options.theme ?? "dark"].name,
        ...options.settings,
      },
      env: { ...process.env, ...options.env, TMPDIR: scratch },
    });
    try {
      const { browser, page } = await openPage({
        chromium,
        ...(options.size ?? { width: 1280, height: 800 }),
      });
      page.setDefaultTimeout(20_000);
      const workbench = new Workbench({
        page,
        folder,
        browser,
        server,
        scratch,
        settingsFile: join(scratch, "user", "User", "settings.json"),
      });
      await workbench.#ready(() => page.goto(workbenchUrl(server.url, folder)));
      return workbench;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Loads the window again, as `Developer: Reload Window` does. */
  async reload(): Promise<void> {
    await this.#ready(() => this.page.reload());
  }

  /** Opens another folder (or `.code-workspace`) in the same window. */
  async open(target: string): Promise<void> {
    await this.#ready(() => this.page.goto(workbenchUrl(this.#server.url, target)));
  }

  /** Loads the page and waits until it can be clicked and the extensions that start with a window have started. */
  async #ready(load: () => Promise<unknown>): Promise<void> {
    const before = await this.#startedHosts();
    await load();
    await this.page
      .locator(".monaco-workbench .activitybar .action-item")
      .first()
      .waitFor({ timeout: 60_000 });
    await until("the extension host starts", async () => (await this.#startedHosts()) > before, 60);
  }

  /** How many windows' extension hosts have started all that starts with a window. */
  async #startedHosts(): Promise<number> {
    const logs = join(this.#scratch, "user", "logs");
    const files = await readdir(logs, { recursive: true }).catch(() => []);
    const hosts = files.filter((file) => basename(file) === "remoteexthost.log");
    const texts = await Promise.all(hosts.map((file) => readFile(join(logs, file), "utf8")));
    return texts.filter((text) => text.includes("Eager extensions activated")).length;
  }

  /** Processes of runs: Python and its supervisors, of this window or left by it. */
  async runProcesses(): Promise<readonly FoundProcess[]> {
    return runProcessesOf(this.#scratch);
  }

  /** Chooses a command in the palette by the title it has there, category included. */
  async command(title: string): Promise<void> {
    await this.#quickOpen("F1");
    await this.#pick(`>${title}`, title);
  }

  /** Opens a file by quick open. `path` is relative to the folder. */
  async openFile(path: string): Promise<void> {
    await this.#quickOpen("ControlOrMeta+P");
    await this.#pick(path, path.split("/").at(-1) ?? path);
  }

  /** Chooses from the quick pick that stands open, typing nothing. */
  async choose(label: string): Promise<void> {
    await this.quickPickRow(label).click();
  }

  /** Types into the input box that stands open and accepts. */
  async enter(text: string): Promise<void> {
    await this.#quickInput.locator("input").fill(text);
    await this.page.keyboard.press("Enter");
  }

  /** A row of the quick pick by the start of its label. */
  quickPickRow(label: string): Locator {
    return this.#quickInput.locator(".monaco-list-row").filter({ hasText: label }).first();
  }

  /** The titles that the palette offers for a text. */
  async commandsFor(text: string): Promise<string[]> {
    await this.#quickOpen("F1");
    await this.#quickInput.locator("input").fill(`>${text}`);
    await this.#quickInput.locator(".monaco-list-row").first().waitFor();
    const labels = await this.#quickInput.locator(".monaco-list-row .label-name").allInnerTexts();
    await this.page.keyboard.press("Escape");
    return labels;
  }

  /** A notification on screen by its text. */
  notification(text: string | RegExp): Locator {
    return this.page.locator(".notification-toast", { hasText: text }).first();
  }

  /** Waits until a text is on screen; without `within`, anywhere in the workbench. */
  async waitForText(text: string | RegExp, within = ".monaco-workbench", seconds = 30): Promise<void> {
    await this.page
      .locator(within)
      .getByText(text)
      .first()
      .waitFor({ state: "visible", timeout: seconds * 1000 });
  }

  /** The text of the active editor as it is shown, decorations included. */
  async editorText(): Promise<string> {
    const text = await this.page.locator(".editor-group-container.active .view-lines").first().innerText();
    return text.replaceAll("\u00a0", " ");
  }

  /** The page of a webview, by something that only this page has. */
  async webview(selector: string): Promise<Frame> {
    let found: Frame | undefined;
    await until(
      `a page shows ${selector}`,
      async () => {
        for (const frame of this.page.frames()) {
          // A frame may go while it is asked.
          const count = await frame
            .locator(selector)
            .count()
            .catch(() => 0);
          if (count > 0) found = frame;
        }
        return found !== undefined;
      },
      30,
    );
    if (found === undefined) throw new Error("unreachable: waited for it");
    return found;
  }

  /** The tab in front, by its title or part of it. */
  tab(title: string | RegExp): Locator {
    return this.page.locator(".editor-group-container.active .tab.active", { hasText: title }).first();
  }

  /** An entry of the context menu that stands open. */
  menuEntry(label: string): Locator {
    return this.page.locator(".monaco-menu .action-label", { hasText: label }).first();
  }

  /**
   * Changes the user's settings while the workbench runs, in the JSON editor as a person does: a served workbench does not watch the
   * file. What was there and is not named stays.
   */
  async changeSettings(changes: Readonly<Record<string, unknown>>): Promise<void> {
    const settings: unknown = JSON.parse(await readFile(this.#settingsFile, "utf8"));
    const merged = { ...(isRecord(settings) ? settings : {}), ...changes };
    await this.command("Preferences: Open User Settings (JSON)");
    const editor = this.page
      .locator(`.editor-instance[data-uri$="/User/settings.json"], [data-uri$="/User/settings.json"]`)
      .first();
    await editor.locator(".view-lines").click();
    await this.page.keyboard.press("ControlOrMeta+A");
    await this.page.keyboard.insertText(JSON.stringify(merged));
    await this.command("File: Save");
    await this.command("View: Close Editor");
  }

  /** Chooses a colour theme as a person does. */
  async setTheme(theme: Theme): Promise<void> {
    await this.command("Preferences: Color Theme");
    const { label, kind } = themes[theme];
    await this.#pick(label, label);
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor();
  }

  /** The same screen in each theme; the dark one stays. */
  async screenshotInThemes(name: string): Promise<void> {
    await this.screenshot(`${name}-light`, "light");
    await this.screenshot(`${name}-high-contrast`, "highContrast");
    await this.screenshot(name, "dark");
  }

  /** Writes `out/screenshots/<name>.png`, in the theme asked for, with the pointer out of the way. Returns its path. */
  async screenshot(name: string, theme?: Theme): Promise<string> {
    if (theme !== undefined) await this.setTheme(theme);
    await this.page.mouse.move(0, 0);
    return this.screenshotAsItIs(name);
  }

  /** The same without moving the pointer, for what shows under it. */
  async screenshotAsItIs(name: string, scale: "css" | "device" = "device"): Promise<string> {
    const file = join(screenshots, `${name}.png`);
    await mkdir(dirname(file), { recursive: true });
    // What fades in or out has no end that one could wait for.
    await this.page.waitForTimeout(400);
    await this.page.screenshot({ path: file, caret: "hide", animations: "disabled", scale });
    return file;
  }

  /** Ends the window, the server and everything they started, and deletes the copy of the workspace. */
  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    await rm(this.#scratch, { recursive: true, force: true });
  }

  get #quickInput(): Locator {
    return this.page.locator(".quick-input-widget");
  }

  /** A key is lost while the focus moves into a page that is just loading; one presses it again then. */
  async #quickOpen(key: string): Promise<void> {
    const input = this.#quickInput.locator("input");
    for (let tries = 0; tries < 5; tries += 1) {
      await this.page.keyboard.press(key);
      const open = await input.waitFor({ timeout: 2000 }).then(
        () => true,
        () => false,
      );
      if (open) return;
      // Keys go nowhere while the focus is in a page that was just closed.
      await this.page.locator(".part.sidebar .title-label").first().click();
    }
    throw new Error(`${key} opens nothing`);
  }

  /** Types into the quick input and takes the row with just that label. A next quick pick may stand open afterwards. */
  async #pick(typed: string, label: string): Promise<void> {
    const input = this.#quickInput.locator("input");
    await input.fill(typed);
    const name = this.page.locator(".label-name", { hasText: new RegExp(`^${escaped(label)}$`) });
    await this.#quickInput.locator(".monaco-list-row").filter({ has: name }).first().click();
    while ((await input.isVisible()) && (await input.inputValue()) === typed)
      await this.page.waitForTimeout(50);
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
