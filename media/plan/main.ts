/** The page of a planned conversion: shows what it is sent, says what was clicked. Decides nothing. */
import type { FromPlanPage, PlanCell, PlanView, ToPlanPage } from "../../src/protocol/planPage.ts";
import { element, type Child } from "./element.ts";
import "./plan.css";

declare function acquireVsCodeApi(): { postMessage(message: FromPlanPage): void };

const host = acquireVsCodeApi();

function say(message: FromPlanPage): void {
  host.postMessage(message);
}

function button(text: string, act: () => void, attributes: Record<string, string> = {}): HTMLElement {
  const made = element("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
}

function section(title: string, id: string, ...children: Child[]): HTMLElement {
  return element("section", { "aria-labelledby": id }, element("h2", { id }, title), ...children);
}

function cellLink(cell: PlanCell, withLine = true): HTMLElement {
  const act = (): void => {
    say({ type: "showCell", cell: cell.index });
  };
  const title = `Show ${cell.label} in the notebook`;
  return element(
    "span",
    { class: "cell" },
    button(cell.label, act, { class: "link", title }),
    withLine ? element("code", {}, cell.line) : "",
  );
}

function names(all: readonly string[]): HTMLElement {
  return all.length === 0
    ? element("span", { class: "quiet" }, "–")
    : element("span", {}, ...all.flatMap((name, at) => [at > 0 ? " " : "", element("code", {}, name)]));
}

/** A pencil that puts an input in the place of a name. */
function renameButton(shown: HTMLElement, old: string, renamed: (name: string) => void): HTMLElement {
  const words = `Rename ${old}`;
  const edit = (): void => {
    const input = element("input", { value: old, "aria-label": `New name of ${old}`, size: "14" });
    if (!(input instanceof HTMLInputElement)) return;
    input.addEventListener("keydown", (event) => {
      const name = input.value.trim();
      if (event.key === "Escape" || (event.key === "Enter" && (name === old || name === ""))) {
        input.replaceWith(shown);
      } else if (event.key === "Enter") renamed(name);
    });
    shown.replaceWith(input);
    input.focus();
    input.select();
  };
  return button("✎", edit, { class: "icon", title: words, "aria-label": words });
}

/** `pipelines/churn`, its last part to be renamed. */
function pipelineFolder({ to, name }: PlanView): HTMLElement {
  if (name === undefined) return element("span", {}, to);
  const shown = element("span", {}, name);
  const rename = renameButton(shown, name, (other) => {
    say({ type: "renamePipeline", name: other });
  });
  return element("span", { class: "stepName" }, to.slice(0, to.length - name.length), shown, rename);
}

function stepName(step: PlanView["steps"][number]): HTMLElement {
  const act = (): void => {
    say({ type: "showStep", step: step.name });
  };
  const open = button(step.name, act, { class: "link name", title: `Show the code of ${step.name}` });
  const rename = renameButton(open, step.name, (name) => {
    say({ type: "rename", step: step.name, name });
  });
  return element("span", { class: "stepName" }, open, rename);
}

function stepsTable(plan: PlanView): HTMLElement {
  const rows = plan.steps.map((step) =>
    element(
      "tr",
      {},
      element(
        "th",
        { scope: "row" },
        stepName(step),
        step.heading === "" ? "" : element("span", { class: "quiet heading" }, `“${step.heading}”`),
      ),
      element(
        "td",
        {},
        ...step.cells.flatMap((cell, at) => [
          at > 0 ? element("br") : "",
          cellLink(cell, step.cells.length < 4),
        ]),
      ),
      element("td", {}, names(step.takes)),
      element("td", {}, names(step.gives)),
      element("td", {}, names(step.settings)),
    ),
  );
  const columns = ["step", "from", "takes", "gives", "settings"];
  const head = element("tr", {}, ...columns.map((name) => element("th", { scope: "col" }, name)));
  return element(
    "div",
    { class: "scroll" },
    element("table", { class: "steps" }, element("thead", {}, head), element("tbody", {}, ...rows)),
  );
}

/** A button that leaves a cell out, or keeps it again. */
function choice(cell: PlanCell, leaveOut: boolean): HTMLElement {
  const act = (): void => {
    say({ type: "leaveOut", cell: cell.index, leaveOut });
  };
  const words = leaveOut ? "Leave Out" : "Keep";
  return button(words, act, { "aria-label": leaveOut ? `Leave ${cell.label} out` : `Keep ${cell.label}` });
}

function cellRow(cell: PlanCell, text: string, act: Child): HTMLElement {
  return element(
    "li",
    {},
    cellLink(cell),
    element("span", { class: "why" }, text),
    act === "" ? element("span") : act,
  );
}

function decisions(plan: PlanView): Child {
  if (plan.decisions.length === 0) return "";
  const rows = plan.decisions.map(({ cell, line, message }) =>
    cellRow(line === "" ? cell : { ...cell, line }, message, choice(cell, true)),
  );
  const title = `Needs your decision (${plan.decisions.length})`;
  return section(title, "decisions", element("ul", { class: "cells decisions" }, ...rows));
}

function leftOut(plan: PlanView): Child {
  if (plan.leftOut.length === 0) return "";
  const rows = plan.leftOut.map(({ cell, reason, byChoice }) =>
    cellRow(cell, reason, byChoice ? choice(cell, false) : ""),
  );
  const title = `Left out (${plan.leftOut.length})`;
  return section(title, "left-out", element("ul", { class: "cells" }, ...rows));
}

function couldLeave(plan: PlanView): Child {
  if (plan.couldLeave.length === 0) return "";
  const rows = plan.couldLeave.map(({ cell, reason }) => cellRow(cell, reason, choice(cell, true)));
  const title = `Could be left out (${plan.couldLeave.length})`;
  return section(title, "could-leave", element("ul", { class: "cells" }, ...rows));
}

function settings(plan: PlanView): Child {
  if (plan.settings.length === 0) return "";
  const chips = plan.settings.map(({ name, text }) =>
    element("li", {}, element("code", {}, name), element("span", { class: "quiet" }, text)),
  );
  return section(
    `Settings (${plan.settings.length})`,
    "settings",
    element("ul", { class: "chips" }, ...chips),
  );
}

function results(plan: PlanView): Child {
  if (plan.results.length === 0) return "";
  const chips = plan.results.map(({ name, text }) =>
    element("li", {}, element("code", {}, name), element("span", { class: "quiet" }, text)),
  );
  return section("Results", "results", element("ul", { class: "chips" }, ...chips));
}

function goodToKnow(plan: PlanView): Child {
  if (plan.goodToKnow.length === 0) return "";
  return section(
    "Good to know",
    "good",
    element(
      "ul",
      { class: "notes" },
      ...plan.goodToKnow.map((note) =>
        element(
          "li",
          {},
          ...note.map((part) => (typeof part === "string" ? part : element("code", {}, part.code))),
        ),
      ),
    ),
  );
}

const stateWords = {
  new: "",
  same: "as it is",
  changed: "changes",
  edited: "edited by hand: shown first",
} as const;

function files(plan: PlanView): HTMLElement {
  const rows = plan.files.map(({ path, state }) => {
    const act = (): void => {
      say({ type: "showFile", path });
    };
    return element(
      "li",
      {},
      button(path, act, { class: "link", title: `Show ${path}` }),
      element("span", { class: state === "edited" ? "warning" : "quiet" }, stateWords[state]),
    );
  });
  return element(
    "details",
    {},
    element("summary", {}, `Files (${plan.files.length})`),
    element("ul", { class: "files" }, ...rows),
  );
}

function buttons(plan: PlanView): HTMLElement {
  const count = plan.files.filter(({ state }) => state !== "same").length;
  const words = count === 1 ? "Write 1 File" : `Write ${count} Files`;
  const off: Record<string, string> = plan.canWrite && plan.busy === undefined ? {} : { disabled: "" };
  const write = (check: boolean) => (): void => {
    say({ type: "write", check });
  };
  return element(
    "footer",
    {},
    plan.canCheck
      ? button(`${words} and Check`, write(true), { class: "primary", id: "write-check", ...off })
      : "",
    button(words, write(false), { id: "write", class: plan.canCheck ? "" : "primary", ...off }),
    button(
      "Cancel",
      () => {
        say({ type: "cancel" });
      },
      { id: "cancel" },
    ),
    element(
      "span",
      { class: "quiet", role: "status" },
      plan.busy ?? (plan.canWrite ? "Nothing has been written yet" : "Decide above, then write"),
    ),
  );
}

/** The page is made anew; what had the focus gets it back, by its id or by its place. */
function show(plan: PlanView): void {
  const page = document.getElementById("page");
  if (page === null) return;
  const focusable = (): HTMLElement[] => [...page.querySelectorAll<HTMLElement>("button, input, summary")];
  const focused = focusable().findIndex((one) => one === document.activeElement);
  const opened = page.querySelector("details")?.open === true;
  page.replaceChildren(
    element(
      "h1",
      {},
      element("span", {}, plan.from),
      element("span", { class: "quiet", "aria-label": "to" }, "→"),
      pipelineFolder(plan),
    ),
    plan.notice === undefined ? "" : element("p", { class: "notice" }, plan.notice),
    plan.problem === undefined ? "" : element("p", { class: "problem", role: "alert" }, plan.problem),
    decisions(plan),
    section(
      `Steps (${plan.steps.length})`,
      "steps",
      stepsTable(plan),
      plan.imports === undefined ? "" : element("p", { class: "quiet" }, plan.imports),
    ),
    couldLeave(plan),
    leftOut(plan),
    settings(plan),
    results(plan),
    goodToKnow(plan),
    files(plan),
    buttons(plan),
  );
  const details = page.querySelector("details");
  if (details !== null) details.open = opened;
  if (focused >= 0) focusable()[focused]?.focus();
  else page.querySelector<HTMLElement>(".primary")?.focus({ preventScroll: true });
}

window.addEventListener("message", ({ data }: MessageEvent<ToPlanPage>) => {
  show(data.plan);
});
window.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !(event.target instanceof HTMLInputElement)) say({ type: "cancel" });
});
say({ type: "ready" });
