/** Names for steps: verbs, from the heading a step covers, else from what it does; never a number or a cell. */
import type { Flow } from "../analysis/model.ts";
import { verbOfHeading, type Group } from "./cuts.ts";
import { draws } from "./stages.ts";
import type { Stage } from "./stages.ts";
import { calleeOf, walk, type Source, type SourceStatement } from "./source.ts";
import { builtinNames, inertPackages, keywords, standardLibrary } from "./tables.ts";

export interface NamedGroup {
  readonly cells: Group;
  readonly flow: Flow;
  readonly stage: Stage;
  readonly statements: readonly SourceStatement[];
  /** Heading of its first cell, and whether no other step stands under it. */
  readonly heading: string | undefined;
  readonly coversHeading: boolean;
  /** A name that the user gave. */
  readonly given: string | undefined;
}

/** A name for each group, all different, none of them a name of the notebook. */
export function nameSteps(
  groups: readonly NamedGroup[],
  source: Source,
  taken: ReadonlySet<string>,
): readonly string[] {
  const used = new Set(groups.flatMap(({ given }) => (given === undefined ? [] : [given])));
  const free = (name: string): boolean =>
    !used.has(name) &&
    !taken.has(name) &&
    !builtinNames.has(name) &&
    !keywords.has(name) &&
    !standardLibrary.has(name) &&
    !inertPackages.has(name) &&
    name !== "shared";
  const wish = groups.map((group) => group.given ?? verbOf(group));
  return groups.map((group, position) => {
    if (group.given !== undefined) return group.given;
    const verb = wish[position] ?? "prepare";
    const first = wish.indexOf(verb);
    const last = wish.lastIndexOf(verb);
    // Of several charts the last one is the result; of several other steps the first one is the rule.
    const plain = first === last || position === (verb === "plot" ? last : first);
    const special = objectsOf(group, source).map((object) => withObject(verb, object));
    const heading = group.coversHeading ? headingSlug(group.heading ?? "") : undefined;
    const own = heading === undefined ? [] : [heading];
    // A verb that says nothing, or that others have too, tells less than the words the author put above the cells.
    const options = !plain
      ? [...own, ...special, verb]
      : tellsLittle(verb)
        ? [...own, verb, ...special]
        : [verb, ...special];
    const name = options.find(free) ?? numbered(verb, free);
    used.add(name);
    return name;
  });
}

function tellsLittle(verb: string): boolean {
  return verb === "show" || verb === "update" || verb === "make";
}

const smallWords = new Set(
  "a an and as at by for from in into is its of on or our some the this to using via with".split(" "),
);

/** `OLS with dummy variables` → `ols_dummy_variables`; undefined where the heading is a sentence, or no name in Python. */
function headingSlug(heading: string): string | undefined {
  const words = heading
    .replace(/\([^)]*\)|[`*_$'’]/g, "")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "" && !smallWords.has(word));
  // "2.1 Results" counts its sections; the number is not its name.
  while (/^(\d+|[ivx]+)$/.test(words[0] ?? "")) words.shift();
  const slug = words.join("_");
  return words.length > 0 && words.length <= 4 && slug.length <= 32 && /^\p{L}[\p{L}\p{N}_]*$/u.test(slug)
    ? slug
    : undefined;
}

/** `prepare` and `x` → `prepare_x`; an object that has the verb in it is not told twice. */
function withObject(verb: string, object: string): string {
  const slug = object
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
  return slug.startsWith(`${verb}_`) ? slug : `${verb}_${slug}`;
}

function numbered(verb: string, free: (name: string) => boolean): string {
  for (const word of ["more", "again", "further", "on"]) {
    if (free(`${verb}_${word}`)) return `${verb}_${word}`;
  }
  for (let count = 2; ; count += 1) {
    if (free(`${verb}_more_${count}`)) return `${verb}_more_${count}`;
  }
}

function verbOf(group: NamedGroup): string {
  const fromHeading =
    group.heading === undefined || !group.coversHeading ? undefined : verbOfHeading(group.heading);
  if (fromHeading !== undefined && fits(fromHeading, group)) return fromHeading;
  if (onlySets(group, /^<(rng:|Out>)/)) return "seed";
  if (group.stage !== "plot" && onlySets(group, /^<(rng:|options:|env>|cwd>|pyplot>|Out>)/))
    return "configure";
  switch (group.stage) {
    case "look":
      return "show";
    case "other":
      return group.flow.outputs.length === 0 ? "show" : changes(group) ? "update" : "make";
    default:
      return group.stage;
  }
}

/** True for statements that do nothing but set a state of the process: a seed, options. */
export function onlySets({ statements }: Pick<NamedGroup, "statements">, effects: RegExp): boolean {
  return (
    !statements.some(draws) &&
    statements.every(
      ({ fact }) =>
        fact.binds.length === 0 &&
        fact.mutates.length === 0 &&
        fact.calls.length > 0 &&
        fact.effects.writes.length > 0 &&
        fact.effects.writes.every((effect) => effects.test(effect)),
    )
  );
}

/** A heading is no name for a step that plainly does something else. */
function fits(verb: string, { stage }: NamedGroup): boolean {
  if (stage === "plot") return verb === "plot" || verb === "explore";
  return !(verb === "plot" && ["train", "load", "split"].includes(stage));
}

function changes({ flow }: NamedGroup): boolean {
  return flow.outputs.some((name) => flow.inputs.includes(name));
}

/** What a step is about, the most telling first: what a chart shows, what the step gives, what it takes. */
function objectsOf(group: NamedGroup, source: Source): readonly string[] {
  const chart =
    group.stage === "plot" || group.statements.some(draws) ? chartObject(group, source) : undefined;
  const given = group.flow.outputs.filter((name) => !group.flow.inputs.includes(name));
  const heading = (group.heading ?? "")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 2)
    .slice(0, 2)
    .join("_");
  const objects = [
    ...(given[0] === undefined ? [] : [given[0]]),
    ...group.flow.outputs,
    ...(group.flow.inputs[0] === undefined ? [] : [group.flow.inputs[0]]),
    ...(heading === "" ? [] : [heading]),
    ...(given.length > 1 ? [given.slice(0, 2).join("_and_")] : []),
  ];
  // `train_x` says less than anything longer would.
  return [
    ...(chart === undefined ? [] : [chart]),
    ...objects.filter((object) => object.length > 2),
    ...objects.filter((object) => object.length <= 2),
  ];
}

const chartCalls: readonly { readonly callee: RegExp; readonly object: string }[] = [
  { callee: /RocCurveDisplay|roc_curve/, object: "roc" },
  { callee: /ConfusionMatrixDisplay|confusion_matrix/, object: "confusion" },
  { callee: /PrecisionRecallDisplay/, object: "precision_recall" },
  { callee: /heatmap/, object: "heatmap" },
  { callee: /pairplot|scatter_matrix/, object: "pairs" },
  { callee: /\.hist$|histplot/, object: "distribution" },
];

function chartObject(group: NamedGroup, source: Source): string | undefined {
  const title = titlesIn(group.statements)[0] ?? "";
  const by = /\b(?:by|per|against|over) (\p{L}+(?: \p{L}+)?)\s*$/u.exec(title)?.[1];
  if (by !== undefined) return `by_${by}`;
  const callees = group.statements.flatMap(({ node }) =>
    [...walk(node)].map((child) => calleeOf(child) ?? ""),
  );
  const known = chartCalls.find(({ callee }) => callees.some((text) => callee.test(text)));
  if (known !== undefined) return known.object;
  const dull = new Set([
    "the",
    "and",
    "of",
    "a",
    "an",
    "who",
    "what",
    "how",
    "in",
    "for",
    "with",
    "plot",
    "chart",
  ]);
  const [word] = title
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== "" && !dull.has(part.toLowerCase()));
  return word ?? source.cells[group.cells[0] ?? 0]?.facts.reads[0];
}

/** Titles that stand in the calls that draw. */
export function titlesIn(statements: readonly SourceStatement[]): readonly string[] {
  return statements.flatMap(({ fact }) =>
    fact.calls.flatMap((call) => {
      const argument =
        call.arguments.find(({ keyword }) => keyword === "title") ??
        (/(^|\.)(title|set_title|suptitle)$/.test(call.target) ? call.arguments[0] : undefined);
      return argument?.literal?.type === "str" ? [argument.literal.value] : [];
    }),
  );
}
