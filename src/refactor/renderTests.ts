/**
 * Writes `tests/test_components.py`: what the components take, and (where the data is at hand) the numbers that the
 * notebook shows in its saved outputs. No row of data goes into the repository, and no number that luck may change.
 */
import { list } from "./docstring.ts";
import { renderImports, type ImportLine } from "./importLines.ts";
import type { PlannedFile, PlannedStep, Setting } from "./model.ts";
import type { Draft } from "./plan.ts";

export interface TestFacts {
  /** The notebook's folder, relative to the pipeline's. */
  readonly workdir: string;
  /** Whether components import modules that lie beside the notebook. */
  readonly beside: boolean;
  /** False where the pipeline's folder has a name that Python cannot import, such as `churn-2`. */
  readonly importable: boolean;
}

export function renderTests(
  draft: Draft,
  { workdir, beside, importable }: TestFacts,
): readonly PlannedFile[] {
  const { plan } = draft;
  if (plan.steps.length === 0) return [];
  const data = plan.settings.filter(({ access, default: value }) => access === "read" && isLocal(value));
  const whole = wholeRun(draft, data);
  const imports = renderImports([
    { kind: "plain", module: "inspect", alias: undefined, binds: "inspect" },
    ...(whole.includes("math.isnan(")
      ? [{ kind: "plain", module: "math", alias: undefined, binds: "math" } as const]
      : []),
    ...(whole === ""
      ? []
      : [{ kind: "from", module: "pathlib", name: "Path", alias: undefined, binds: "Path" } as const]),
    { kind: "plain", module: "pytest", alias: undefined, binds: "pytest" },
  ]);
  const components = renderImports(
    plan.steps.map(({ name }): ImportLine => ({
      ...{ kind: "from", module: `${importable ? ".." : ""}components.${name}` },
      ...{ name, alias: undefined, binds: name },
    })),
  );
  const file = plan.notebook.split(/[\\/]/).at(-1) ?? "";
  const sentences = [
    `"""Hold the components to what ${file} showed when they were taken from it.`,
    "",
    ...(whole === ""
      ? []
      : [
          `test_same_as_the_notebook runs the whole pipeline${data.length > 0 ? "; it is skipped where the data is missing" : ""}.`,
        ]),
    "A number that changes for a good reason is yours to change.",
    '"""',
  ];
  const rows = plan.steps.map((step) => {
    const row = `        (${step.name}, [${argumentNames(step)
      .map((name) => JSON.stringify(name))
      .join(", ")}]),`;
    if (row.length <= 100) return row;
    const names = argumentNames(step).map((name) => `                ${JSON.stringify(name)},`);
    return `        (\n            ${step.name},\n            [\n${names.join("\n")}\n            ],\n        ),`;
  });
  const signatures = [
    "@pytest.mark.parametrize(",
    '    ("component", "takes"),',
    "    [",
    ...rows,
    "    ],",
    ")",
    "def test_signature(component, takes):",
    "    assert list(inspect.signature(component).parameters) == takes",
    "    assert component.__doc__",
  ];
  const constants =
    whole === ""
      ? ""
      : [
          `WORKDIR = Path(__file__).parent / ${JSON.stringify(`../${workdir}`)}`,
          ...(data.length === 0
            ? []
            : [`DATA = [${data.map(({ default: value }) => `WORKDIR / ${pythonText(value)}`).join(", ")}]`]),
        ].join("\n");
  const head = [sentences.join("\n"), imports, components, constants]
    .filter((part) => part !== "")
    .join("\n\n");
  const text = `${[head, signatures.join("\n"), whole].filter((part) => part !== "").join("\n\n\n")}\n`;
  const conftest = [
    '"""Let the components find the modules that lie beside the notebook."""',
    "",
    "import sys",
    "from pathlib import Path",
    "",
    `sys.path.insert(0, str((Path(__file__).parent / ${JSON.stringify(`../${workdir}`)}).resolve()))`,
    "",
  ];
  return [
    { path: "tests/__init__.py", text: "" },
    ...(beside ? [{ path: "tests/conftest.py", text: conftest.join("\n") }] : []),
    { path: "tests/test_components.py", text },
  ];
}

function isLocal(value: Setting["default"]): boolean {
  return value.type === "str" && !value.value.includes("://");
}

function argumentNames(step: PlannedStep): readonly string[] {
  return [...step.inputs.map(({ name }) => name), ...step.settings];
}

/** A literal as Python writes it. */
function pythonText(value: Setting["default"]): string {
  return value.text;
}

/** The pipeline called step by step, as a reader would call it; empty where a run would write what no setting redirects. */
function wholeRun(draft: Draft, data: readonly Setting[]): string {
  const { plan } = draft;
  const writes = draft.steps.some(({ statements, step }) =>
    statements.some(({ fact }) =>
      fact.effects.writes.some(
        (effect) =>
          /^<(shell|network|net|db)/.test(effect) ||
          (effect.startsWith("<file") &&
            !plan.settings.some(
              (setting) => setting.access === "write" && step.settings.includes(setting.name),
            )),
      ),
    ),
  );
  const remote = plan.settings.some(({ access, default: value }) => access === "read" && !isLocal(value));
  if (writes || remote) return "";
  const checks = isRepeatable(draft) ? numberChecks(draft) : [];
  const lines = checks.filter((check) => check.kind === "line");
  const needsTmp = plan.settings.some(({ access, steps }) => access === "write" && steps.length > 0);
  const used = new Set([
    ...plan.steps.flatMap(({ inputs }) => inputs.map(({ from }) => from)),
    ...checks.flatMap((check) => (check.kind === "metric" ? [check.from] : [])),
    ...plan.metrics.map(({ from }) => from),
  ]);
  const calls = plan.steps.flatMap((step) => callLines(draft, step, used));
  const fixtures = [
    ...(needsTmp ? ["tmp_path"] : []),
    "monkeypatch",
    ...(lines.length > 0 ? ["capsys"] : []),
  ];
  const metrics = plan.metrics
    .filter(({ from }) => !checks.some((check) => check.kind === "metric" && check.from === from))
    .map(({ from }) => `    assert not math.isnan(${variable(from)})`);
  const body = [
    "    monkeypatch.chdir(WORKDIR)",
    ...calls,
    ...checks.flatMap((check) =>
      check.kind === "metric"
        ? [`    assert round(${variable(check.from)}, ${check.digits}) == ${check.text}`]
        : [],
    ),
    ...metrics,
    ...(lines.length === 0
      ? []
      : [
          "    printed = capsys.readouterr().out",
          ...lines.map((check) => `    assert ${JSON.stringify(check.text)} in printed`),
        ]),
  ];
  const skip =
    data.length === 0
      ? []
      : ['@pytest.mark.skipif(not all(path.exists() for path in DATA), reason="the data is not here")'];
  return [...skip, `def test_same_as_the_notebook(${fixtures.join(", ")}):`, ...body].join("\n");
}

function variable(from: string): string {
  return from.split(".")[1] ?? from;
}

function callLines(draft: Draft, step: PlannedStep, used: ReadonlySet<string>): string[] {
  const data = step.inputs.map(({ name }) => name);
  const settings = step.settings.map((name) => {
    const setting = draft.plan.settings.find((entry) => entry.name === name);
    const file =
      setting?.default.type === "str" ? (setting.default.value.split(/[\\/]/).at(-1) ?? name) : name;
    const value =
      setting?.access === "write"
        ? `str(tmp_path / ${JSON.stringify(file)})`
        : (setting?.default.text ?? "None");
    return `${name}=${value}`;
  });
  const names = step.outputs.map(({ name }) => (used.has(`${step.name}.${name}`) ? name : "_"));
  const target = names.every((name) => name === "_") ? "" : `${names.join(", ")} = `;
  const line = `    ${target}${step.name}(${[...data, ...settings].join(", ")})`;
  if (line.length <= 100) return [line];
  return [
    `    ${target}${step.name}(`,
    ...[...data, ...settings].map((entry) => `        ${entry},`),
    "    )",
  ];
}

/** False where chance is in play and nothing fixes it. */
function isRepeatable(draft: Draft): boolean {
  const all = draft.steps.flatMap(({ statements }) => statements);
  const random = all.some(({ fact }) =>
    [...fact.effects.reads, ...fact.effects.writes].some((effect) => effect.startsWith("<rng")),
  );
  const seeded = all.some(({ fact }) =>
    fact.calls.some(({ target }) => /(^|\.)(seed|manual_seed|set_seed)$/.test(target)),
  );
  const clock = all.some(({ fact }) =>
    fact.effects.reads.some((effect) => /^<(clock|time|network|net|shell)/.test(effect)),
  );
  return (!random || seeded) && !clock;
}

type Check =
  | { readonly kind: "metric"; readonly from: string; readonly digits: number; readonly text: string }
  | { readonly kind: "line"; readonly text: string };

/** Numbers and printed lines in the saved outputs of the cells that became steps. */
function numberChecks(draft: Draft): readonly Check[] {
  const found: Check[] = [];
  const printed = draft.plan.steps
    .flatMap(({ cells }) => cells)
    .flatMap((index) => printedLines(draft, index));
  for (const { name, from } of draft.plan.metrics) {
    const word = name.replaceAll("_", "[ _-]?");
    const pattern = new RegExp(`(?:^|[^\\p{L}])${word}\\s*[:=]?\\s*(-?\\d+\\.\\d+)`, "iu");
    const text = printed.map((line) => pattern.exec(line)?.[1]).find((match) => match !== undefined);
    const digits = text?.split(".")[1]?.length ?? 0;
    if (text !== undefined) found.push({ kind: "metric", from, digits, text: String(Number(text)) });
  }
  const plain = printed.filter((line) => /\d/.test(line) && !/\d\.\d/.test(line) && !changing.test(line));
  return [...found, ...[...new Set(plain)].slice(0, 5).map((text): Check => ({ kind: "line", text }))];
}

const changing =
  /0x|\b\d+ ?(ms|s|sec|seconds?|minutes?|MB|KB|GB|it\/s)\b|\d:\d\d|\d{4}-\d\d|\b(time|took|elapsed|version|memory)\b/i;

/** Short printed text of a cell; nothing where the cell failed when it was saved or prints a report. */
function printedLines(draft: Draft, index: number): string[] {
  const outputs = draft.source.cells[index]?.python.cell.outputs ?? [];
  if (outputs.some(({ kind }) => kind === "error")) return [];
  const lines = outputs
    .filter(({ kind }) => kind === "stream")
    .flatMap(({ text }) => text.split("\n"))
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== "");
  return lines.length > 5 ? [] : lines;
}

/** `auc and recall`, for people. */
export function metricNames(draft: Draft): string {
  return list(draft.plan.metrics.map(({ name }) => name));
}
