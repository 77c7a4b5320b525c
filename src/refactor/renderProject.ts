/** Writes what stands around the components: run.py, requirements.txt, README.md. */
import { namedChildren, parsePython } from "../analysis/parser.ts";
import { docstringOf, list, summaryLine } from "./docstring.ts";
import { importsOf } from "./importLines.ts";
import { firstTellingLine } from "../notebook/tellingLine.ts";
import type { PlannedFile } from "./model.ts";
import type { Draft } from "./plan.ts";
import { plainProse } from "./settings.ts";
import { distributions, packagesOfFormat, standardLibrary } from "./tables.ts";

export function renderRunScript(draft: Draft): PlannedFile {
  const { plan } = draft;
  const examples = plan.settings
    .filter(({ access }) => access === undefined)
    .slice(0, 2)
    .map(({ name, default: value }) => `-p ${name}=${value.type === "str" ? value.value : value.text}`)
    .filter((text) => !/[\s"\\]/.test(text.slice(3)));
  const rows: (readonly [string, string])[] = [
    ["python run.py", "the whole pipeline"],
    ...(examples.length === 0
      ? []
      : [[`python run.py ${examples.join(" ")}`, "with other parameters"] as const]),
    ["python run.py --isolate", "every step in a process of its own"],
    ["python run.py step NAME --in x=FILE --out y=FILE", "one step alone"],
    ["python run.py check", "do the components still match the notebook?"],
    ["python run.py --help", "the parameters and their defaults"],
  ];
  const width = Math.max(...rows.map(([command]) => command.length));
  const text = [
    `"""Run the ${plan.pipeline} pipeline. It needs Python and requirements.txt, and nothing of Cellsmith.`,
    "",
    ...rows.map(([command, does]) => `    ${command.padEnd(width)}   ${does}`),
    "",
    "pipeline.yaml says what the pipeline does; components/ says how.",
    '"""',
    "",
    "from _runtime import main",
    "",
    'if __name__ == "__main__":',
    "    raise SystemExit(main(__file__))",
    "",
  ];
  return { path: "run.py", text: text.join("\n") };
}

/** Top-level modules that the given Python files import from outside the standard library. */
export function importedModules(files: readonly PlannedFile[]): readonly string[] {
  const found = new Set<string>();
  for (const { path, text } of files) {
    if (!path.endsWith(".py")) continue;
    const visit = (node: Parameters<typeof importsOf>[0]): void => {
      for (const { module } of importsOf(node)) {
        const [top = ""] = module.split(".");
        if (top !== "" && !standardLibrary.has(top)) found.add(top);
      }
      namedChildren(node).forEach(visit);
    };
    visit(parsePython(text).root);
  }
  return [...found].sort();
}

/**
 * @param versions installed versions by distribution name, where an interpreter was asked; else none is pinned.
 * @param local modules that lie beside the notebook.
 */
export function renderRequirements(
  draft: Draft,
  components: readonly PlannedFile[],
  versions: ReadonlyMap<string, string>,
  local: ReadonlySet<string>,
): PlannedFile {
  const imported = importedModules(components)
    .filter((module) => !local.has(module))
    .map((module) => distributions[module] ?? module);
  const formats = draft.plan.steps.flatMap(({ outputs }) =>
    outputs.map(({ format }) => packagesOfFormat[format]),
  );
  const values = formats.filter((name) => name !== undefined && !imported.includes(name));
  const pin = (name: string): string => {
    const version = versions.get(name.toLowerCase());
    return version === undefined ? name : `${name}==${version}`;
  };
  const section = (title: string, names: readonly (string | undefined)[]): string[] => {
    const sorted = [...new Set(names.flatMap((name) => (name === undefined ? [] : [name])))].sort();
    return sorted.length === 0 ? [] : [`# ${title}`, ...sorted.map(pin)];
  };
  const lines = [
    ...section("what the components import", imported),
    ...section("values as files between steps (run.py --isolate)", values),
    ...section("tests", ["pytest"]),
  ];
  return { path: "requirements.txt", text: `${lines.join("\n")}\n` };
}

export interface ReadmeFacts {
  readonly notebook: string;
  readonly requirements: string;
}

export function renderReadme(draft: Draft, { notebook, requirements }: ReadmeFacts): PlannedFile {
  const { plan, source } = draft;
  const introduction = plainProse(source.notebook.introduction);
  const printed = source.notebook.cells
    .flatMap(({ outputs }) =>
      outputs.filter(({ kind }) => kind === "stream").flatMap(({ text }) => text.split("\n")),
    )
    .find(
      (line) =>
        plan.metrics.some(({ name }) => new RegExp(`\\b${name}\\b.*\\d\\.\\d`, "i").test(line)) &&
        line.length < 60,
    );
  const tuned = plan.settings.find(
    ({ type, access }) => access === undefined && type !== "bool" && type !== "str",
  );
  const command = (text: string, remark: string | undefined): string =>
    remark === undefined ? text : `${text.padEnd(36)} # ${remark}`;
  const example =
    tuned === undefined
      ? []
      : [command(`python run.py -p ${tuned.name}=${tuned.default.text}`, "parameters: python run.py --help")];
  const rows = draft.steps.map((step) => {
    const does = summaryLine(docstringOf(draft, step)).replaceAll("|", "\\|");
    const gives = step.step.outputs.map(({ name, format }) => {
      if (format === "png") return `out/${step.step.name}.png`;
      return plan.metrics.some(({ from }) => from === `${step.step.name}.${name}`) ? `**${name}**` : name;
    });
    const takes = step.step.inputs.map(({ name }) => name);
    return `| [${step.step.name}](components/${step.step.name}.py) | ${does} | ${takes.join(", ")} | ${gives.join(", ")} |`;
  });
  const paths = (access: "read" | "write"): string[] =>
    plan.settings
      .filter((setting) => setting.access === access)
      .map(({ default: value }) => `\`${value.type === "str" ? value.value : value.text}\``);
  const files = [
    ...(paths("read").length > 0 ? [`reads ${list(paths("read"))}`] : []),
    `writes ${list([...paths("write"), "`out/`"])}`,
  ];
  const relative =
    paths("read").length + paths("write").length > 0 ? " Paths start at the notebook's folder." : "";
  const left = plan.leftOut.map(({ cell }) => {
    const entry = source.cells[cell]?.python.cell;
    return `cell ${entry?.number ?? cell + 1} (\`${firstTellingLine(entry ?? { source: "" }).replaceAll("`", "'")}\`)`;
  });
  const file = notebook.split("/").at(-1) ?? notebook;
  const parts = [
    `# ${plan.pipeline}`,
    ...(introduction === "" ? [] : [introduction]),
    [
      "```",
      `pip install -r ${requirements}`,
      command("python run.py", printed),
      ...example,
      "pytest",
      "```",
    ].join("\n"),
    ["| step | does | takes | gives |", "|---|---|---|---|", ...rows].join("\n"),
    `It ${files.join(" and ")}.${relative}`,
    `Taken from [${file}](${encodeURI(notebook)}), which it follows: \`python run.py check\` says whether the notebook has changed since.${
      left.length === 0 ? "" : `\nLeft out, because no later cell needs them: ${list(left)}.`
    }`,
  ];
  return { path: "README.md", text: `${parts.join("\n\n")}\n` };
}
