/** What stands above and below the steps: decisions, cells left out, settings, results, notes, files. */
import type { PlanCell, PlanView } from "../../src/protocol/planPage.ts";
import { element, type Child } from "./element.ts";
import { ask, say } from "./host.ts";
import { button, cellLink, editName, iconButton, phrase, section } from "./parts.ts";

/** A button that leaves a cell out, or keeps it again. */
function choice(cell: PlanCell, leaveOut: boolean): HTMLElement {
  const act = (): void => {
    ask({ kind: "leaveOut", cell: cell.index, leaveOut });
  };
  const words = leaveOut ? "Leave Out" : "Keep";
  return button(words, act, {
    "aria-label": leaveOut ? `Leave ${cell.label} out` : `Keep ${cell.label}`,
    "data-key": `keep-${cell.index}`,
  });
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

export function decisions(plan: PlanView): Child {
  if (plan.decisions.length === 0) return "";
  const rows = plan.decisions.map(({ cell, line, message, ways }) =>
    element(
      "li",
      {},
      cellLink(line === "" ? cell : { ...cell, line }),
      element("span", { class: "why" }, message),
      element(
        "span",
        { class: "ways" },
        ...ways.map(({ text, edit }) =>
          button(
            text,
            () => {
              ask(edit);
            },
            { "aria-label": `${text} (${cell.label})` },
          ),
        ),
      ),
    ),
  );
  const title = `Needs your decision (${plan.decisions.length})`;
  return section(title, "decisions", element("ul", { class: "decisions" }, ...rows));
}

export function leftOut(plan: PlanView): Child {
  if (plan.leftOut.length === 0) return "";
  const rows = plan.leftOut.map(({ cell, reason, byChoice }) =>
    cellRow(cell, reason, byChoice ? choice(cell, false) : ""),
  );
  const title = `Left out (${plan.leftOut.length})`;
  return section(title, "left-out", element("ul", { class: "cells" }, ...rows));
}

export function couldLeave(plan: PlanView): Child {
  if (plan.couldLeave.length === 0) return "";
  const rows = plan.couldLeave.map(({ cell, reason }) => cellRow(cell, reason, choice(cell, true)));
  const title = `Could be left out (${plan.couldLeave.length})`;
  return section(title, "could-leave", element("ul", { class: "cells" }, ...rows));
}

type Setting = PlanView["settings"][number];

function settingChip({ key, name, text, fixed }: Setting): HTMLElement {
  const shown = element("code", {}, name);
  const rename = iconButton(
    "edit",
    `Rename the setting ${name}`,
    () => {
      editName(
        shown,
        name,
        (other) => {
          ask({ kind: "renameSetting", key, name: other });
        },
        () => {
          rename.focus();
        },
      );
    },
    { "data-key": `rename-${key}` },
  );
  const off = iconButton(
    "off",
    `No setting: leave ${text} in the code`,
    () => {
      ask({ kind: "setting", key, on: false });
    },
    { "data-key": `off-${key}` },
  );
  return element(
    "li",
    { class: "setting" },
    shown,
    element("span", { class: "quiet" }, text),
    element("span", { class: "actions" }, fixed ? "" : rename, off),
  );
}

function moreSettings(plan: PlanView): Child {
  const more = plan.moreSettings;
  if (more.length === 0) return "";
  const numbers = more.every(({ text }) => /^-?[\d.]/.test(text));
  const what = numbers ? (more.length === 1 ? "number" : "numbers") : more.length === 1 ? "value" : "values";
  const chips = more.map(({ key, text, cell }) => {
    const add = iconButton(
      "on",
      `Make ${key} of ${cell} a setting`,
      () => {
        ask({ kind: "setting", key, on: true });
      },
      { "data-key": `on-${key}` },
    );
    return element(
      "li",
      {},
      add,
      element("code", {}, key),
      element("span", { class: "quiet" }, `${text} · ${cell}`),
    );
  });
  return element(
    "details",
    { "data-key": "more-settings" },
    element("summary", { class: "quiet" }, `+ ${more.length} more ${what}…`),
    element("ul", { class: "chips" }, ...chips),
  );
}

export function settings(plan: PlanView): Child {
  if (plan.settings.length + plan.moreSettings.length === 0) return "";
  return section(
    `Settings (${plan.settings.length})`,
    "settings",
    element("ul", { class: "chips" }, ...plan.settings.map(settingChip)),
    moreSettings(plan),
  );
}

const goals = {
  maximize: "higher is better",
  minimize: "lower is better",
  none: "no direction",
} as const;

export function results(plan: PlanView): Child {
  if (plan.metrics.length + plan.plots.length === 0) return "";
  const metrics = plan.metrics.map(({ name, goal }) => {
    const options = (["maximize", "minimize", "none"] as const).map((value) =>
      element("option", value === goal ? { value, selected: "" } : { value }, goals[value]),
    );
    const select = element(
      "select",
      { "aria-label": `Which way ${name} is better`, "data-key": `goal-${name}`, class: "plain" },
      ...options,
    );
    select.addEventListener("change", () => {
      if (!(select instanceof HTMLSelectElement)) return;
      const chosen = (["maximize", "minimize", "none"] as const).find((value) => value === select.value);
      if (chosen !== undefined) ask({ kind: "goal", metric: name, goal: chosen });
    });
    return element("li", {}, element("code", {}, name), select);
  });
  const plots = plan.plots.map((name) =>
    element("li", {}, element("code", {}, name), element("span", { class: "quiet" }, "plot")),
  );
  return section("Results", "results", element("ul", { class: "chips" }, ...metrics, ...plots));
}

export function goodToKnow(plan: PlanView): Child {
  if (plan.goodToKnow.length === 0) return "";
  const notes = plan.goodToKnow.map((note) => element("li", {}, ...phrase(note)));
  return section("Good to know", "good", element("ul", { class: "notes" }, ...notes));
}

const stateWords = {
  new: "",
  same: "as it is",
  changed: "changes",
  edited: "edited by hand: shown first",
} as const;

export function files(plan: PlanView): Child {
  if (plan.files.length === 0) return "";
  const rows = plan.files.map(({ path, state }) => {
    const act = (): void => {
      say({ type: "showFile", path });
    };
    return element(
      "li",
      {},
      button(path, act, { class: "link", title: `Show ${path}`, "data-key": `file-${path}` }),
      element("span", { class: state === "edited" ? "warning" : "quiet" }, stateWords[state]),
    );
  });
  return element(
    "details",
    { class: "fileList", "data-key": "files" },
    element("summary", {}, `Files (${plan.files.length})`),
    element("ul", { class: "files" }, ...rows),
  );
}
