/**
 * The page of a notebook's dependencies: the cells in the notebook's order, one a row, and beside them the lines along
 * which they hand on their names. The rows say everything in words too. Decides nothing.
 */
import type { FlowCell, FlowRail, FlowView, FromFlowPage, ToFlowPage } from "../../src/protocol/flowPage.ts";
import { element, type Child } from "../plan/element.ts";
import { placeRails, type Placed } from "./layout.ts";
import "./flow.css";

declare function acquireVsCodeApi(): { postMessage(message: FromFlowPage): void };

const host = acquireVsCodeApi();
const live = element("p", { class: "live", role: "status", "aria-live": "polite" });
const content = element("div", { id: "content" });
const space = "http://www.w3.org/2000/svg";

/** From here on only the row one is at says what it takes and gives. */
const many = 40;

interface Row {
  readonly cell: FlowCell;
  readonly item: HTMLElement;
  readonly head: HTMLElement;
}

let flow: FlowView | undefined;
let rows: readonly Row[] = [];
let placed: readonly Placed[] = [];
/** Code cell that one is at. */
let current: number | undefined;
/** Where one came from along a line: back leads there again, and from there to the next one. */
let came: number | undefined;

function show(cell: number): void {
  host.postMessage({ type: "showCell", cell });
}

function numberOf(cell: number): number {
  return flow?.cells.find(({ index }) => index === cell)?.number ?? cell + 1;
}

function codes(names: readonly string[]): Child[] {
  return names.flatMap((name, at) => [at === 0 ? "" : ", ", element("code", {}, name)]);
}

function numbers(cells: readonly number[]): string {
  const all = cells.map(numberOf).map(String);
  const last = all.at(-1) ?? "";
  const list = all.length < 2 ? last : `${all.slice(0, -1).join(", ")} and ${last}`;
  return `${all.length === 1 ? "cell" : "cells"} ${list}`;
}

/** What comes into a cell, nearest first. */
function incoming(cell: number): { rail: FlowRail; changes: boolean }[] {
  return (flow?.rails ?? [])
    .flatMap((rail) => rail.to.filter((end) => end.cell === cell).map(({ changes }) => ({ rail, changes })))
    .sort((a, b) => b.rail.from - a.rail.from || Number(a.rail.effect) - Number(b.rail.effect));
}

function outgoing(cell: number): FlowRail[] {
  return (flow?.rails ?? []).filter(({ from }) => from === cell);
}

/** In words, for the ear. */
function sentence(cell: number): string {
  const takes = incoming(cell).map(
    ({ rail, changes }) =>
      `${changes ? "changes" : rail.effect ? "shares" : "takes"} ${rail.names.join(", ")} ${rail.effect ? "with" : "of"} cell ${numberOf(rail.from)}`,
  );
  const gives = outgoing(cell).map(
    ({ names, effect, to }) =>
      `${effect ? "shares" : "gives"} ${names.join(", ")} ${effect ? "with" : "to"} ${numbers(to.map((end) => end.cell))}`,
  );
  return [...takes, ...gives].join("; ");
}

function edgeButton(label: Child[], to: number, words: string, kind: string): HTMLElement {
  const made = element(
    "button",
    { type: "button", class: `edge ${kind}`, title: words, "aria-label": words, tabindex: "-1" },
    ...label,
  );
  made.addEventListener("click", () => {
    go(to, true);
    show(to);
  });
  return made;
}

/** What a row says below its line: every line in and out, each of which leads to its other end. */
function details(cell: FlowCell): HTMLElement {
  const ins = incoming(cell.index).map(({ rail, changes }) => {
    const verb = changes ? "changes " : rail.effect ? "shares " : "takes ";
    const words = `${verb}${rail.names.join(", ")} ${rail.effect ? "with" : "of"} cell ${numberOf(rail.from)}`;
    const label = [
      verb,
      ...(rail.effect ? [rail.names.join(", ")] : codes(rail.names)),
      ` ${rail.effect ? "with" : "of"} cell ${numberOf(rail.from)}`,
    ];
    return edgeButton(label, rail.from, words, changes ? "changes" : rail.effect ? "effect" : "");
  });
  const outs = outgoing(cell.index).map(({ names, effect, to }) => {
    const words = `${effect ? "shares " : "gives "}${names.join(", ")} ${effect ? "with" : "to"} ${numbers(to.map((end) => end.cell))}`;
    const label = [
      effect ? "shares " : "gives ",
      ...(effect ? [names.join(", ")] : codes(names)),
      ` ${effect ? "with" : "to"} ${numbers(to.map((end) => end.cell))}`,
    ];
    return edgeButton(label, to[0]?.cell ?? cell.index, words, effect ? "effect" : "");
  });
  return element("div", { class: "details" }, ...ins, ...outs);
}

/** The names that come in, where the lines end. */
function arrivals(cell: FlowCell): HTMLElement {
  const named = incoming(cell.index).filter(({ rail }) => !rail.effect);
  const parts = named
    .sort((a, b) => Number(b.changes) - Number(a.changes))
    .flatMap(({ rail, changes }) => rail.names.map((name) => ({ name, changes })));
  const shown = parts.slice(0, 3);
  const rest = parts.length - shown.length;
  return element(
    "span",
    { class: "arrivals", "aria-hidden": "true" },
    ...shown.map(({ name, changes }) =>
      element("span", { class: changes ? "changed" : "" }, changes ? `Δ ${name}` : name),
    ),
    rest > 0 ? element("span", {}, `+${rest}`) : "",
  );
}

function rowOf(cell: FlowCell): Row {
  const words = sentence(cell.index);
  const head = element(
    "button",
    {
      type: "button",
      class: "head",
      tabindex: "-1",
      "aria-label": `cell ${cell.number}: ${cell.line}${words === "" ? "" : `; ${words}`}`,
      title: `Show cell ${cell.number} in the notebook`,
    },
    arrivals(cell),
    element("span", { class: "number" }, String(cell.number)),
    element("code", { class: "line" }, cell.line),
    element("span", { class: "stage" }, cell.stage),
  );
  head.addEventListener("click", () => {
    go(cell.index, true);
    show(cell.index);
  });
  const item = element(
    "li",
    { "data-cell": String(cell.index) },
    cell.heading === undefined ? "" : element("p", { class: "heading" }, cell.heading),
    head,
    details(cell),
  );
  return { cell, item, head };
}

function showFlow(next: FlowView): void {
  const focused = document.activeElement?.closest("li") !== null && document.activeElement !== document.body;
  flow = next;
  rows = next.cells.map(rowOf);
  const position = new Map(next.cells.map(({ index }, at) => [index, at]));
  placed = placeRails(next.rails, (cell) => position.get(cell));
  const lanes = Math.max(0, ...placed.map(({ lane }) => lane + 1));
  const list = element(
    "ol",
    { "aria-label": `Cells of ${next.title}`, "aria-describedby": "help" },
    ...rows.map(({ item }) => item),
  );
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("class", "rails");
  const board = element("div", { class: next.cells.length > many ? "board many" : "board" }, list);
  board.prepend(drawing);
  // Wide enough for all lanes, narrow enough to leave the cells their room.
  const step = Math.max(4, Math.min(12, 170 / Math.max(1, lanes)));
  board.style.setProperty("--gutter", `${Math.ceil(lanes * step + 18)}px`);
  board.dataset.step = String(step);
  content.replaceChildren(
    next.problem === undefined ? "" : element("p", { class: "problem", role: "alert" }, next.problem),
    element("p", { id: "help", class: "quiet" }, ...help()),
    board,
  );
  if (current === undefined || !rows.some(({ cell }) => cell.index === current))
    current = rows[0]?.cell.index;
  mark();
  if (focused) rowAt(current)?.head.focus();
}

function help(): Child[] {
  const known: readonly (readonly [string, string])[] = [
    ["↑ ↓", "cell by cell"],
    ["←", "to what it takes"],
    ["→", "to what takes it"],
    ["Enter", "shows it in the notebook"],
  ];
  const legend = element(
    "span",
    { class: "legend" },
    element("span", { class: "changed" }, "Δ"),
    " changes it in place",
    element("span", { class: "dash", "aria-hidden": "true" }),
    " no name: random state, figure, file",
  );
  return [...known.map(([key, does]) => element("span", {}, element("kbd", {}, key), ` ${does}`)), legend];
}

function rowAt(cell: number | undefined): Row | undefined {
  return rows.find((row) => row.cell.index === cell);
}

/** Shows which cell one is at and what it is tied to. */
function mark(): void {
  if (current === undefined) return;
  const feeds = new Set(incoming(current).map(({ rail }) => rail.from));
  const uses = new Set(outgoing(current).flatMap(({ to }) => to.map((end) => end.cell)));
  for (const { cell, item, head } of rows) {
    const here = cell.index === current;
    item.className = [
      here ? "here" : "",
      feeds.has(cell.index) ? "feeds" : "",
      uses.has(cell.index) ? "uses" : "",
    ].join(" ");
    head.tabIndex = here ? 0 : -1;
    if (here) head.setAttribute("aria-current", "true");
    else head.removeAttribute("aria-current");
    for (const edge of item.querySelectorAll<HTMLElement>(".edge")) edge.tabIndex = here ? 0 : -1;
  }
  draw();
}

function go(cell: number, focus: boolean): void {
  current = cell;
  mark();
  const row = rowAt(cell);
  if (focus) row?.head.focus({ preventScroll: true });
  row?.item.scrollIntoView({ block: "nearest" });
}

function line(d: string, kind: string): SVGElement {
  const made = document.createElementNS(space, "path");
  made.setAttribute("d", d);
  made.setAttribute("class", kind);
  return made;
}

/** Lines from the cell that makes a name down its lane to each cell that takes it. */
function draw(): void {
  const drawing = content.querySelector("svg.rails");
  const board = content.querySelector<HTMLElement>(".board");
  if (drawing === null || board === null) return;
  const top = board.getBoundingClientRect().top;
  const middle = new Map(
    rows.map(({ cell, head }) => {
      const box = head.getBoundingClientRect();
      return [cell.index, box.top - top + box.height / 2];
    }),
  );
  const width = Number.parseFloat(getComputedStyle(board).getPropertyValue("--gutter"));
  drawing.setAttribute("width", String(width));
  drawing.setAttribute("height", String(board.scrollHeight));
  const step = Number(board.dataset.step ?? "10");
  const edge = width - 4;
  const shapes: { element: SVGElement; lit: boolean }[] = [];
  for (const { rail, lane } of placed) {
    const x = edge - 10 - lane * step;
    const start = middle.get(rail.from) ?? 0;
    for (const { cell, changes } of rail.to) {
      const end = middle.get(cell) ?? 0;
      const down = end > start;
      const turn = Math.min(5, Math.abs(end - start) / 2);
      const sign = down ? 1 : -1;
      const path = `M${edge} ${start + 3}H${x + turn}Q${x} ${start + 3} ${x} ${start + 3 + sign * turn}V${end - 3 - sign * turn}Q${x} ${end - 3} ${x + turn} ${end - 3}H${edge}`;
      const lit = current === rail.from || current === cell;
      const kind = `rail${rail.effect ? " effect" : ""}${changes ? " changes" : ""}${lit ? " lit" : ""}`;
      const drawn = line(path, kind);
      const label = document.createElementNS(space, "title");
      label.textContent = `${rail.names.join(", ")}: cell ${numberOf(rail.from)} → cell ${numberOf(cell)}`;
      drawn.append(label);
      drawn.addEventListener("click", () => {
        go(cell, true);
        show(cell);
      });
      const tip = changes ? `M${edge - 4} ${end - 3}l4 -4l4 4l-4 4z` : `M${edge - 4} ${end - 6}l5 3l-5 3z`;
      shapes.push({ element: drawn, lit }, { element: line(tip, `tip ${kind}`), lit });
    }
    const dot = line(
      `M${edge - 2} ${start + 3}a2 2 0 1 0 4 0a2 2 0 1 0 -4 0`,
      `dot${current === rail.from ? " lit" : ""}`,
    );
    shapes.push({ element: dot, lit: current === rail.from });
  }
  // What is lit lies on top.
  drawing.replaceChildren(
    ...shapes.filter(({ lit }) => !lit).map((shape) => shape.element),
    ...shapes.filter(({ lit }) => lit).map((shape) => shape.element),
  );
}

/** One row up or down, or along a line to the nearest other end. */
function target(key: string): number | undefined {
  if (current === undefined) return undefined;
  const at = rows.findIndex(({ cell }) => cell.index === current);
  switch (key) {
    case "ArrowUp":
      return rows[at - 1]?.cell.index;
    case "ArrowDown":
      return rows[at + 1]?.cell.index;
    case "Home":
      return rows[0]?.cell.index;
    case "End":
      return rows.at(-1)?.cell.index;
    case "ArrowLeft": {
      const makers = incoming(current).map(({ rail }) => rail.from);
      return makers.find((maker) => maker === came) ?? makers[0];
    }
    case "ArrowRight": {
      const ends = outgoing(current)
        .flatMap(({ to }) => to.map(({ cell }) => cell))
        .sort((a, b) => a - b);
      const after = came;
      return (after === undefined ? undefined : ends.find((end) => end > after)) ?? ends[0];
    }
    default:
      return undefined;
  }
}

content.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const along = ["ArrowLeft", "ArrowRight"].includes(event.key);
  if (!along && !["ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return;
  event.preventDefault();
  const next = target(event.key);
  if (next !== undefined) {
    came = along ? current : undefined;
    go(next, true);
  } else if (along)
    live.textContent =
      event.key === "ArrowLeft" ? "It takes nothing of another cell." : "No cell takes anything of it.";
});

document.getElementById("page")?.append(content, live);
new ResizeObserver(draw).observe(content);
window.addEventListener("message", ({ data }: MessageEvent<ToFlowPage>) => {
  if (data.type === "flow") showFlow(data.flow);
  else go(data.cell, false);
});
host.postMessage({ type: "ready" });
