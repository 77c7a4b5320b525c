/** Pieces that every part of the page is made of. */
import type { Phrase, PlanCell } from "../../src/protocol/planPage.ts";
import { element, type Child } from "./element.ts";
import { icon, type IconName } from "./icons.ts";
import { say } from "./host.ts";

export function button(
  text: Child,
  act: () => void,
  attributes: Readonly<Record<string, string>> = {},
): HTMLElement {
  const made = element("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    act();
  });
  return made;
}

/** A button that shows a drawing and says its words to a screen reader and in its title. */
export function iconButton(
  name: IconName,
  words: string,
  act: () => void,
  attributes: Readonly<Record<string, string>> = {},
): HTMLElement {
  return button(icon(name), act, { class: "icon", title: words, "aria-label": words, ...attributes });
}

export function section(title: Child, id: string, ...children: Child[]): HTMLElement {
  return element("section", { "aria-labelledby": id }, element("h2", { id }, title), ...children);
}

export function phrase(parts: Phrase): Child[] {
  return parts.map((part) => (typeof part === "string" ? part : element("code", {}, part.code)));
}

/** `cell 4`, which shows it in the notebook, and what it is about. */
export function cellLink(cell: PlanCell, attributes: Readonly<Record<string, string>> = {}): HTMLElement {
  const act = (): void => {
    say({ type: "showCell", cell: cell.index });
  };
  const title = `Show ${cell.label} in the notebook`;
  return element(
    "span",
    { class: "cell" },
    button(cell.label, act, { class: "link", title, ...attributes }),
    element("code", { title: cell.line }, cell.line),
  );
}

/** Puts an input in the place of a name until Enter or Escape, or until one goes elsewhere. */
export function editName(
  shown: HTMLElement,
  old: string,
  renamed: (name: string) => void,
  after: () => void,
): void {
  const input = element("input", { value: old, "aria-label": `New name of ${old}`, size: "18" });
  if (!(input instanceof HTMLInputElement)) return;
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    input.replaceWith(shown);
  };
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const name = input.value.trim();
    if (event.key === "Escape" || (event.key === "Enter" && (name === old || name === ""))) {
      close();
      after();
    } else if (event.key === "Enter") {
      close();
      after();
      renamed(name);
    }
  });
  input.addEventListener("blur", close);
  input.addEventListener("click", (event) => {
    event.stopPropagation();
  });
  shown.replaceWith(input);
  input.focus();
  input.select();
}
