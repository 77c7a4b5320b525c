// The sidebar's views as a person reads and clicks them. Rows outside the visible part do not exist on the page.
import type { Locator, Page } from "playwright-core";

export class Sidebar {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Shows a view container by a click on its icon. */
  async open(label: string): Promise<void> {
    const item = this.icon(label);
    await item.waitFor();
    if (!((await item.getAttribute("class")) ?? "").split(" ").includes("checked")) await item.click();
  }

  /** Drags the sidebar's edge so that it is so many pixels wide. */
  async widen(width: number): Promise<void> {
    const box = await this.#page.locator(".part.sidebar").boundingBox();
    if (box === null) throw new Error("there is no sidebar");
    const [edge, middle] = [box.x + box.width, box.y + box.height / 2];
    await this.#page.mouse.move(edge, middle);
    await this.#page.mouse.down();
    await this.#page.mouse.move(box.x + width, middle, { steps: 8 });
    await this.#page.mouse.up();
  }

  /** An icon of the activity bar. */
  icon(label: string): Locator {
    return this.#page.locator(`.activitybar .action-item:has([aria-label^="${label}"])`).first();
  }

  /** A section by its title. */
  section(title: string): Locator {
    return this.#page.locator(".sidebar .pane").filter({
      has: this.#page.locator(".pane-header .title", { hasText: new RegExp(`^${title}$`, "i") }),
    });
  }

  /** Opens these sections and folds the others, so that there is room for their rows. */
  async showOnly(...titles: readonly string[]): Promise<void> {
    for (const header of await this.#page.locator(".sidebar .pane-header").all()) {
      const title = (await header.locator(".title").innerText()).trim();
      const open = (await header.getAttribute("aria-expanded")) === "true";
      const wanted = titles.some((one) => one.toLowerCase() === title.toLowerCase());
      if (open !== wanted) await header.locator(".title").click();
    }
  }

  /** What the visible rows of a section say, as read aloud; without a title, all the sidebar's rows. */
  async said(title?: string): Promise<string[]> {
    const rows = await this.#within(title).locator(".monaco-list-row").all();
    return Promise.all(rows.map(async (row) => (await row.getAttribute("aria-label")) ?? ""));
  }

  /** The first row that shows a text. */
  row(text: string, title?: string): Locator {
    return this.#within(title).locator(".monaco-list-row").filter({ hasText: text }).first();
  }

  /** The first row that says all of the texts when it is read aloud: its status, too, which only its icon shows. */
  rowSaying(title: string, ...texts: readonly string[]): Locator {
    const says = texts.map((text) => `[aria-label*=${JSON.stringify(text)}]`).join("");
    return this.section(title).locator(`.monaco-list-row${says}`).first();
  }

  /** The section's welcome text, while it has no rows. */
  welcome(title: string): Locator {
    return this.section(title).locator(".welcome-view-content");
  }

  /** Opens a row that has children. */
  async expand(row: Locator): Promise<void> {
    await row.waitFor();
    if ((await row.getAttribute("aria-expanded")) === "false")
      await row.locator(".monaco-tl-twistie").click();
  }

  /** Closes a row that has children. */
  async fold(row: Locator): Promise<void> {
    if ((await row.getAttribute("aria-expanded")) === "true") await row.locator(".monaco-tl-twistie").click();
  }

  /** Presses a button at the right end of a row, which is there while the pointer is over it. */
  async press(row: Locator, button: string): Promise<void> {
    await row.hover();
    await row.getByRole("button", { name: button }).first().click();
  }

  #within(title: string | undefined): Locator {
    return title === undefined ? this.#page.locator(".sidebar") : this.section(title);
  }
}
