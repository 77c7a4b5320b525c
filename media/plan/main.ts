/** The page of a planned conversion: shows what it is sent, says what was clicked and pressed. Decides nothing. */
import type { PlanView, ToPlanPage } from "../../src/protocol/planPage.ts";
import { element, type Child } from "./element.ts";
import { ask, say } from "./host.ts";
import { button, editName, iconButton, section } from "./parts.ts";
import { couldLeave, decisions, files, goodToKnow, leftOut, results, settings } from "./sections.ts";
import { stepGrid, type StepGrid } from "./stepGrid.ts";
import "./plan.css";

/** These stay when the page is made anew, so that what is said in them is heard. */
const content = element("div", { id: "content" });
const live = element("p", { class: "status", role: "status", "aria-live": "polite" });
const acts = element("div", { class: "acts" });

/** `pipelines/churn`, its last part to be renamed. */
function pipelineFolder({ to, name }: PlanView): HTMLElement {
  if (name === undefined) return element("span", {}, to);
  const shown = element("span", {}, name);
  const rename = iconButton(
    "edit",
    `Rename ${name}`,
    () => {
      editName(
        shown,
        name,
        (other) => {
          say({ type: "renamePipeline", name: other });
        },
        () => {
          rename.focus();
        },
      );
    },
    { "data-key": "rename-pipeline" },
  );
  return element("span", { class: "stepName" }, to.slice(0, to.length - name.length), shown, rename);
}

const modeWords = {
  auto: "Cut automatically",
  headings: "Cut by headings",
  cells: "One step a cell",
  tags: "Cut by tags",
} as const;

function cutChooser({ cut }: PlanView): HTMLElement {
  const options = cut.modes.map((mode) =>
    element(
      "option",
      mode === cut.mode && !cut.arranged ? { value: mode, selected: "" } : { value: mode },
      modeWords[mode],
    ),
  );
  const own = element("option", { value: "", selected: "" }, "As arranged");
  const select = element(
    "select",
    { "aria-label": "How the notebook is cut into steps", "data-key": "cut" },
    ...(cut.arranged ? [own] : []),
    ...options,
  );
  select.addEventListener("change", () => {
    if (!(select instanceof HTMLSelectElement)) return;
    const mode = cut.modes.find((one) => one === select.value);
    if (mode !== undefined) ask({ kind: "cut", mode });
  });
  return select;
}

function tools(plan: PlanView): HTMLElement {
  const off = (can: boolean): Record<string, string> => (can ? {} : { disabled: "" });
  return element(
    "span",
    { class: "tools", role: "toolbar", "aria-label": "The plan" },
    cutChooser(plan),
    iconButton("undo", "Undo (Ctrl+Z)", undo, { "data-key": "undo", ...off(plan.canUndo) }),
    iconButton("redo", "Redo (Ctrl+Shift+Z)", redo, { "data-key": "redo", ...off(plan.canRedo) }),
    iconButton(
      "reset",
      "Reset to what was proposed",
      () => {
        ask({ kind: "reset" });
      },
      { "data-key": "reset", ...off(plan.canReset) },
    ),
  );
}

function undo(): void {
  say({ type: "undo" });
}

function redo(): void {
  say({ type: "redo" });
}

/** What the keys do, where one sees it. */
function keys(): HTMLElement {
  const known: readonly (readonly [string, string])[] = [
    ["Enter", "shows the code"],
    ["F2", "renames"],
    ["Alt+↑ ↓", "moves the cell"],
    ["S", "starts a step here"],
    ["M", "merges upwards"],
    ["Del", "leaves out"],
    ["Space", "says why"],
    ["Ctrl+Z", "undoes"],
  ];
  const parts = known.map(([key, does]) => element("span", {}, element("kbd", {}, key), ` ${does}`));
  return element("p", { id: "keys", class: "quiet keys" }, ...parts);
}

function buttons(plan: PlanView): Child[] {
  const count = plan.files.filter(({ state }) => state !== "same").length;
  const words = !plan.canWrite ? "Write" : count === 1 ? "Write 1 File" : `Write ${count} Files`;
  const off: Record<string, string> = plan.canWrite && plan.busy === undefined ? {} : { disabled: "" };
  const write = (check: boolean) => (): void => {
    say({ type: "write", check });
  };
  const both: Record<string, string> = { class: "primary", id: "write-check", "data-key": "write-check" };
  return [
    plan.canCheck ? button(`${words} and Check`, write(true), { ...both, ...off }) : "",
    button(words, write(false), {
      ...{ id: "write", "data-key": "write", class: plan.canCheck ? "" : "primary" },
      ...off,
    }),
    cancelButton(),
  ];
}

function cancelButton(): HTMLElement {
  const cancel = (): void => {
    say({ type: "cancel" });
  };
  return button("Cancel", cancel, { id: "cancel", "data-key": "cancel" });
}

let shown: PlanView | undefined;
let grid: StepGrid | undefined;

/** What just happened or stands in the way. */
function tell(text: string, kind: "quiet" | "problem" = "quiet"): void {
  live.className = kind === "problem" ? "status problem" : "status quiet";
  live.textContent = text;
}

function statusOf(plan: PlanView): string {
  if (plan.busy !== undefined) return plan.busy;
  const rest = plan.canWrite ? "Nothing has been written yet" : "Decide above, then write";
  return plan.said === undefined ? rest : `${plan.said} ${rest}.`;
}

/** The page is made anew; what had the focus gets it back. */
function show(plan: PlanView): void {
  const first = shown === undefined;
  shown = plan;
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement : undefined;
  const inGrid = focused !== undefined && focused.closest("table.steps") !== null;
  const key = focused?.dataset.key;
  const opened = new Set(
    [...content.querySelectorAll("details")].filter(({ open }) => open).map(({ dataset }) => dataset.key),
  );
  const again = (): void => {
    if (shown !== undefined) show(shown);
  };
  grid = stepGrid(plan, again, (text) => {
    tell(text);
  });
  const title = element("span", {}, `Steps (${plan.steps.length})`);
  content.replaceChildren(
    element(
      "h1",
      {},
      element("span", {}, plan.from),
      element("span", { class: "quiet", "aria-label": "to" }, "→"),
      pipelineFolder(plan),
    ),
    plan.notice === undefined ? "" : element("p", { class: "notice" }, plan.notice),
    decisions(plan),
    element(
      "section",
      { "aria-labelledby": "steps" },
      element("div", { class: "titleRow" }, element("h2", { id: "steps" }, title), tools(plan)),
      keys(),
      element("div", { class: "scroll" }, grid.table),
      plan.imports === undefined ? "" : element("p", { class: "quiet" }, plan.imports),
    ),
    couldLeave(plan),
    leftOut(plan),
    settings(plan),
    results(plan),
    goodToKnow(plan),
    files(plan),
  );
  acts.replaceChildren(...buttons(plan));
  if (plan.problem === undefined) tell(statusOf(plan));
  else tell(plan.problem, "problem");
  for (const details of content.querySelectorAll("details"))
    details.open = details.open || opened.has(details.dataset.key);
  if (inGrid || first) grid.focus();
  else if (key !== undefined) refocus(key);
}

/** The control of that name; where it is gone, the steps. */
function refocus(key: string): void {
  const found = document.querySelector<HTMLElement>(`[data-key=${JSON.stringify(key)}]`);
  if (found === null || found.hasAttribute("disabled")) grid?.focus();
  else found.focus();
}

function showReading(name: string): void {
  content.replaceChildren(
    section(
      `Reading ${name} …`,
      "reading",
      element("p", { class: "quiet" }, "What it does is worked out; none of it runs."),
    ),
  );
  acts.replaceChildren(cancelButton());
}

document.getElementById("page")?.append(content, element("footer", {}, live, acts));
window.addEventListener("message", ({ data }: MessageEvent<ToPlanPage>) => {
  if (data.type === "plan") show(data.plan);
  else showReading(data.name);
});
window.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLInputElement;
  if (typing) return;
  const command = event.ctrlKey || event.metaKey;
  const letter = event.key.toLowerCase();
  if (command && letter === "z") {
    event.preventDefault();
    if (event.shiftKey) redo();
    else undo();
  } else if (command && letter === "y") {
    event.preventDefault();
    redo();
  } else if (event.key === "Escape" && !(event.target instanceof HTMLSelectElement)) {
    // By a slip nothing that was arranged goes from the screen.
    if (shown?.canUndo === true) tell("Cancel closes the plan; your choices are remembered.");
    else say({ type: "cancel" });
  }
});
say({ type: "ready" });
