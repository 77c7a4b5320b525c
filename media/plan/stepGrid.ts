/**
 * The steps and their cells as a tree that one can walk with the keyboard and rearrange with keys, buttons and the mouse.
 * It decides nothing: every edit is asked for, and the plan that comes back is shown.
 */
import type { PlanStep, PlanValue, PlanView } from "../../src/protocol/planPage.ts";
import { element, type Child } from "./element.ts";
import { ask, say } from "./host.ts";
import { icon } from "./icons.ts";
import { button, cellLink, editName, iconButton, phrase } from "./parts.ts";

type StepCell = PlanStep["cells"][number];

/** What stays while the page is made anew: where one is, what is folded, whose reasons are open. */
const state = {
  current: "",
  folded: new Set<string>(),
  explained: new Set<number>(),
  /** Big notebooks start folded, once. */
  begun: false,
};

/** From here on cells start folded. */
const many = 40;

/** Steps are known by their first cell, so that a renamed one is still the same. */
function stepKey(step: PlanStep): string {
  return `step-${step.cells[0]?.index ?? step.name}`;
}

function cellKey(cell: StepCell): string {
  return `cell-${cell.index}`;
}

interface Row {
  readonly key: string;
  readonly step: PlanStep;
  readonly cell: StepCell | undefined;
  readonly row: HTMLElement;
}

export interface StepGrid {
  readonly table: HTMLElement;
  /** Puts the focus back where it was before the page was made anew. */
  focus(): void;
}

/** @param hint says why a key does nothing here. */
export function stepGrid(plan: PlanView, again: () => void, hint: (text: string) => void): StepGrid {
  begin(plan);
  const rows = plan.steps.flatMap((step, position) => rowsOf(plan, step, position, again));
  const visible = rows.filter(({ row }) => !row.hidden);
  const current =
    visible.find(({ key }) => key === state.current) ??
    visible.find(({ cell }) => cell !== undefined && `step-${cell.index}` === state.current) ??
    visible[0];
  if (current !== undefined) stand(rows, current);
  const columns = ["Step", "Takes", "Gives", "Settings"];
  const head = element(
    "tr",
    { role: "row" },
    ...columns.map((name) => element("th", { scope: "col", role: "columnheader" }, name)),
  );
  const table = element(
    "table",
    {
      class: "steps",
      role: "treegrid",
      "aria-labelledby": "steps",
      "aria-describedby": "keys",
      "aria-rowcount": String(rows.length + 1),
    },
    element("thead", { role: "rowgroup" }, head),
    element("tbody", { role: "rowgroup" }, ...rows.map(({ row }) => row)),
  );
  listen(table, rows, plan, again, hint);
  drag(rows, plan);
  return {
    table,
    focus: () => {
      rows.find(({ key }) => key === state.current)?.row.focus();
    },
  };
}

function begin(plan: PlanView): void {
  if (state.begun) return;
  state.begun = true;
  const cells = plan.steps.reduce((count, step) => count + step.cells.length, 0);
  if (cells > many) for (const step of plan.steps) state.folded.add(stepKey(step));
}

/** Only the row one stands on, and what is in it, is reached with Tab. */
function stand(rows: readonly Row[], current: Row): void {
  state.current = current.key;
  for (const { row } of rows) {
    const here = row === current.row;
    row.tabIndex = here ? 0 : -1;
    for (const inner of row.querySelectorAll<HTMLElement>("button")) inner.tabIndex = here ? 0 : -1;
  }
}

function rowsOf(plan: PlanView, step: PlanStep, position: number, again: () => void): Row[] {
  const key = stepKey(step);
  const folded = state.folded.has(key);
  const row = element(
    "tr",
    {
      role: "row",
      class: "step",
      "aria-level": "1",
      "aria-expanded": String(!folded),
      "aria-posinset": String(position + 1),
      "aria-setsize": String(plan.steps.length),
    },
    stepHead(plan, step, position, folded, again),
    element("td", { role: "gridcell" }, values(step.takes)),
    element("td", { role: "gridcell" }, values(step.gives)),
    element("td", { role: "gridcell" }, settingNames(step.settings)),
  );
  const cells = step.cells.map((cell, at) => cellRow(plan, { step, position, cell, at }, folded, again));
  return [{ key, step, cell: undefined, row }, ...cells];
}

function stepHead(
  plan: PlanView,
  step: PlanStep,
  position: number,
  folded: boolean,
  again: () => void,
): HTMLElement {
  const toggle = button(icon("chevron"), () => {
    fold(step, !folded);
    again();
  });
  toggle.className = folded ? "icon fold" : "icon fold open";
  toggle.title = folded ? "Show the cells" : "Hide the cells";
  toggle.setAttribute("aria-label", `${toggle.title} of ${step.name}`);
  const show = (): void => {
    say({ type: "showStep", step: step.name });
  };
  const name = button(step.name, show, {
    class: "link name",
    title: `Show the code of ${step.name} (Enter)`,
  });
  const above = plan.steps[position - 1];
  const actions = element(
    "span",
    { class: "actions" },
    iconButton("edit", `Rename ${step.name}`, () => {
      rename(step, name);
    }),
    above === undefined
      ? ""
      : iconButton("merge", `Merge ${step.name} with ${above.name}`, () => {
          ask({ kind: "merge", step: step.name });
        }),
  );
  const about = [step.heading === "" ? "" : `“${step.heading}”`, cellNumbers(step.cells)].filter(
    (text) => text !== "",
  );
  return element(
    "th",
    { scope: "row", role: "rowheader" },
    element(
      "span",
      { class: "stepName" },
      ...[toggle, name, element("span", { class: "quiet heading" }, about.join(" · ")), actions],
    ),
    step.notes.length === 0 ? "" : element("span", { class: "quiet note" }, step.notes.join(" · ")),
  );
}

/** `cell 4`, `cells 4, 6–9`. */
function cellNumbers(cells: readonly StepCell[]): string {
  const numbers = cells.map(({ label }) => Number(/\d+$/.exec(label)?.[0] ?? 0));
  const runs: string[] = [];
  for (let at = 0; at < cells.length;) {
    let end = at;
    while (end + 1 < cells.length && (cells[end + 1]?.index ?? 0) === (cells[end]?.index ?? 0) + 1) end += 1;
    const [from, to] = [numbers[at] ?? 0, numbers[end] ?? 0];
    runs.push(end - at > 1 ? `${from}–${to}` : end > at ? `${from}, ${to}` : String(from));
    at = end + 1;
  }
  return `${cells.length === 1 ? "cell" : "cells"} ${runs.join(", ")}`;
}

function values(all: readonly PlanValue[]): HTMLElement {
  if (all.length === 0) return element("span", { class: "quiet" }, "–");
  const items = all.map(({ name, type, from }) => {
    const full = [name, type, from === undefined ? undefined : `from ${from}`].filter(
      (part) => part !== undefined,
    );
    return element(
      "li",
      { title: full.join(" · ") },
      element("code", {}, name),
      type === undefined ? "" : element("span", { class: "type" }, ` ${type.split(".").at(-1) ?? type}`),
    );
  });
  return element("ul", { class: "values" }, ...items);
}

function settingNames(names: readonly string[]): HTMLElement {
  if (names.length === 0) return element("span", { class: "quiet" }, "–");
  const items = names.map((name) => element("li", {}, element("code", {}, name)));
  return element("ul", { class: "settingNames" }, ...items);
}

interface CellPlace {
  readonly step: PlanStep;
  readonly position: number;
  readonly cell: StepCell;
  readonly at: number;
}

function cellRow(plan: PlanView, place: CellPlace, folded: boolean, again: () => void): Row {
  const { step, cell, at } = place;
  const row = element(
    "tr",
    {
      role: "row",
      class: "cellRow",
      draggable: "true",
      "aria-level": "2",
      "aria-posinset": String(at + 1),
      "aria-setsize": String(step.cells.length),
    },
    element(
      "th",
      { scope: "row", role: "rowheader" },
      element(
        "div",
        {},
        element("span", { class: "grip", title: "Drag to another step" }, icon("grip")),
        cellLink(cell),
      ),
    ),
    element("td", { role: "gridcell", colspan: "3" }, reasons(cell, again), cellActions(plan, place)),
  );
  row.hidden = folded;
  return { key: cellKey(cell), step, cell, row };
}

/** Why a cell is here: one quiet phrase, all of them where one asks. */
function reasons(cell: StepCell, again: () => void): Child {
  const [first, ...rest] = cell.why;
  if (first === undefined) return "";
  const open = state.explained.has(cell.index);
  if (rest.length === 0) return element("span", { class: "why" }, ...phrase(first));
  const toggle = button(
    open ? "less" : `+${rest.length}`,
    () => {
      explain(cell);
      again();
    },
    {
      class: "link more",
      "aria-expanded": String(open),
      "aria-label": `More reasons why ${cell.label} is here`,
    },
  );
  const more = open ? rest.flatMap((reason) => [element("br"), ...phrase(reason)]) : [];
  return element("span", { class: "why" }, ...phrase(first), " ", toggle, ...more);
}

function explain({ index }: StepCell): void {
  if (!state.explained.delete(index)) state.explained.add(index);
}

function fold(step: PlanStep, folded: boolean): void {
  if (folded) state.folded.add(stepKey(step));
  else state.folded.delete(stepKey(step));
}

function cellActions(plan: PlanView, { position, cell, at }: CellPlace): HTMLElement {
  const above = plan.steps[position - 1];
  const below = plan.steps[position + 1];
  return element(
    "span",
    { class: "actions" },
    above === undefined
      ? ""
      : iconButton("up", `Move ${cell.label} to ${above.name}`, () => {
          ask({ kind: "move", cell: cell.index, by: -1 });
        }),
    below === undefined
      ? ""
      : iconButton("down", `Move ${cell.label} to ${below.name}`, () => {
          ask({ kind: "move", cell: cell.index, by: 1 });
        }),
    at === 0
      ? ""
      : iconButton("split", `Start a step with ${cell.label}`, () => {
          ask({ kind: "split", cell: cell.index });
        }),
    iconButton("leave", `Leave ${cell.label} out`, () => {
      ask({ kind: "leaveOut", cell: cell.index, leaveOut: true });
    }),
  );
}

function rename(step: PlanStep, shown: HTMLElement): void {
  const row = shown.closest<HTMLElement>("tr");
  editName(
    shown,
    step.name,
    (name) => {
      ask({ kind: "rename", step: step.name, name });
    },
    () => row?.focus(),
  );
}

function listen(
  table: HTMLElement,
  rows: readonly Row[],
  plan: PlanView,
  again: () => void,
  hint: (text: string) => void,
): void {
  const rowOf = (target: EventTarget | null): Row | undefined => {
    const row = target instanceof Element ? target.closest("tr") : null;
    return rows.find((one) => one.row === row);
  };
  table.addEventListener("focusin", ({ target }) => {
    const row = rowOf(target);
    if (row !== undefined) stand(rows, row);
  });
  table.addEventListener("keydown", (event) => {
    const here = rowOf(event.target);
    if (here === undefined) return;
    const onRow = event.target === here.row;
    if (event.ctrlKey || event.metaKey) return;
    // A button in the row has its own Enter and Space.
    if (!onRow && ["Enter", " "].includes(event.key)) return;
    if (press(event, here, { rows, plan, again, hint })) event.preventDefault();
  });
}

interface Ground {
  readonly rows: readonly Row[];
  readonly plan: PlanView;
  readonly again: () => void;
  readonly hint: (text: string) => void;
}

/** True where the key meant something. */
function press(event: KeyboardEvent, here: Row, ground: Ground): boolean {
  const { rows, again, hint } = ground;
  const visible = rows.filter(({ row }) => !row.hidden);
  const at = visible.indexOf(here);
  const go = (to: Row | undefined): boolean => {
    to?.row.focus();
    return true;
  };
  const { step, cell } = here;
  if (event.altKey) {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return false;
    if (cell === undefined) hint(`Choose one of the cells of ${step.name} to move it.`);
    else ask({ kind: "move", cell: cell.index, by: event.key === "ArrowUp" ? -1 : 1 });
    return true;
  }
  switch (event.key) {
    case "ArrowDown":
      return go(visible[at + 1]);
    case "ArrowUp":
      return go(visible[at - 1]);
    case "Home":
      return go(visible[0]);
    case "End":
      return go(visible.at(-1));
    case "ArrowRight":
      if (cell === undefined && state.folded.has(here.key)) {
        fold(step, false);
        again();
        return true;
      }
      return cell === undefined ? go(visible[at + 1]) : true;
    case "ArrowLeft":
      if (cell !== undefined) return go(rows.find((one) => one.step === step && one.cell === undefined));
      fold(step, true);
      again();
      return true;
    case "Enter":
      if (cell === undefined) say({ type: "showStep", step: step.name });
      else say({ type: "showCell", cell: cell.index });
      return true;
    case " ":
      if (cell === undefined) fold(step, !state.folded.has(here.key));
      else explain(cell);
      again();
      return true;
    case "F2": {
      const head = rows.find((one) => one.step === step && one.cell === undefined)?.row;
      const name = head?.querySelector<HTMLElement>(".name");
      if (name) rename(step, name);
      return true;
    }
    case "m":
    case "M":
      ask({ kind: "merge", step: step.name });
      return true;
    case "s":
    case "S":
      if (cell === undefined) hint(`Choose one of the cells of ${step.name} to start a step with it.`);
      else ask({ kind: "split", cell: cell.index });
      return true;
    case "Delete":
    case "Backspace": {
      const only = cell ?? (step.cells.length === 1 ? step.cells[0] : undefined);
      if (only === undefined) hint(`Choose one of the cells of ${step.name} to leave it out.`);
      else ask({ kind: "leaveOut", cell: only.index, leaveOut: true });
      return true;
    }
    default:
      return false;
  }
}

/** Cells are dragged between steps; what stands between is shown to go along. */
function drag(rows: readonly Row[], plan: PlanView): void {
  let dragged: StepCell | undefined;
  const clear = (): void => {
    for (const { row } of rows) row.classList.remove("target", "along");
  };
  for (const { row, step, cell } of rows) {
    row.addEventListener("dragstart", (event) => {
      if (cell === undefined) return;
      dragged = cell;
      event.dataTransfer?.setData("text/plain", cell.label);
      if (event.dataTransfer !== null) event.dataTransfer.effectAllowed = "move";
    });
    row.addEventListener("dragend", () => {
      dragged = undefined;
      clear();
    });
    row.addEventListener("dragover", (event) => {
      if (dragged === undefined || step.cells.includes(dragged)) {
        clear();
        return;
      }
      event.preventDefault();
      clear();
      const along = between(plan, dragged, step);
      for (const other of rows) {
        if (other.step === step) other.row.classList.add("target");
        if (other.cell !== undefined && along.has(other.cell.index)) other.row.classList.add("along");
      }
    });
    row.addEventListener("drop", (event) => {
      event.preventDefault();
      clear();
      if (dragged === undefined || step.cells.includes(dragged)) return;
      state.current = cellKey(dragged);
      ask({ kind: "moveTo", cell: dragged.index, step: step.name });
    });
  }
}

/** The cells that would go to a step with one. */
function between(plan: PlanView, cell: StepCell, target: PlanStep): ReadonlySet<number> {
  const up = (target.cells[0]?.index ?? 0) < cell.index;
  const edge = up ? (target.cells.at(-1)?.index ?? 0) : (target.cells[0]?.index ?? 0);
  const all = plan.steps.flatMap(({ cells }) => cells.map(({ index }) => index));
  return new Set(
    all.filter((index) => (up ? index > edge && index <= cell.index : index < edge && index >= cell.index)),
  );
}
