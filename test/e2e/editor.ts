// The editor in front, as a person reads it: text, lenses above lines, numbers after their end, hovers; a notebook's cells.
import type { Locator, Page } from "playwright-core";

export class Editor {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Puts the cursor into a line, counted from 1, and so brings it into view. */
  async goTo(line: number): Promise<void> {
    await this.#page.keyboard.press("Control+G");
    await this.#page.locator(".quick-input-widget input").fill(`:${line}`);
    await this.#page.keyboard.press("Enter");
  }

  /** A button in the editor's title. */
  action(label: string): Locator {
    return this.#group.locator(`.editor-actions .action-label[aria-label^="${label}"]`).first();
  }

  /** A button in the toolbar of the notebook in front. */
  toolbarAction(label: string): Locator {
    return this.#page
      .locator(`.notebook-toolbar-container .action-label[aria-label^="${label}"]:visible`)
      .first();
  }

  /** A lens that is in view, by its text or part of it. */
  lens(text: string | RegExp): Locator {
    return this.#group.locator(".codelens-decoration > *", { hasText: text }).first();
  }

  /** What stands after the ends of the lines in view. */
  async marks(): Promise<string[]> {
    // As text: this side of the test knows no browser.
    const all: unknown = await this.#page.evaluate(
      `[...document.querySelectorAll(".editor-group-container.active .view-line span[class*='ced-']")]
        .map((span) => getComputedStyle(span, "::after").content)`,
    );
    const texts = Array.isArray(all) ? all.map(String) : [];
    return texts.filter((text) => text !== "none").map((text) => text.replaceAll(/^"|"$/g, ""));
  }

  /** What the hover over a text in view says. */
  async hover(text: string | RegExp): Promise<Locator> {
    await this.#group.locator(".view-line span span", { hasText: text }).first().hover();
    return this.#page.locator(".monaco-hover:visible").first();
  }

  /** The status bars of a notebook's cells in view. */
  cellStatus(text: string | RegExp): Locator {
    return this.#page.locator(".cell-statusbar-container:visible", { hasText: text }).first();
  }

  get #group(): Locator {
    return this.#page.locator(".editor-group-container.active");
  }
}
