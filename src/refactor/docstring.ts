/**
 * A step's docstring, from what its author wrote and what its calls are known to do: a first line with a verb, the rest
 * of the markdown, facts a reader cannot see, what it returns, where it came from.
 */
import type { Draft, DraftStep } from "./plan.ts";
import { changedInPlace } from "./draftSteps.ts";
import type { PlannedStep } from "./model.ts";
import { pathArgument, plainProse, sentencesOf } from "./settings.ts";
import { draws, stageOf } from "./stages.ts";
import { calleeOf, walk, type SourceStatement } from "./source.ts";
import { onlySets, titlesIn } from "./stepNames.ts";
import { verbs } from "./tables.ts";

const width = 96;

/** The lines between the quotes; without indentation. */
export function docstringOf(draft: Draft, { step, statements }: DraftStep): string {
  const prose = proseOf(draft, step);
  const [opening] = sentencesOf(prose);
  const asked = opening === undefined ? undefined : asVerb(opening);
  const fits = opening !== undefined && asked !== undefined && asked.length <= width - 7;
  const first = fits ? withStop(asked) : summaryOf(draft, step, statements);
  const rest = fits ? prose.slice(prose.indexOf(opening) + opening.length).trim() : prose;
  const paragraphs = [
    first,
    ...rest.split(/\n\n+/),
    ...facts(draft, step, statements),
    returns(step),
    origin(draft, step),
  ];
  return paragraphs
    .filter((paragraph) => paragraph !== "")
    .map((paragraph) => fill(paragraph).replaceAll("\\", "\\\\").replaceAll('"""', "'''"))
    .join("\n\n");
}

/** The first line alone, without its full stop: what the README's table says a step does. */
export function summaryLine(docstring: string): string {
  return (docstring.split("\n")[0] ?? "").replace(/\.$/, "");
}

/** Markdown above the step's cells; what stands above the first code cell is the notebook's, not the step's. */
function proseOf(draft: Draft, step: PlannedStep): string {
  const own = step.cells.map((cell) => draft.source.cells[cell]?.python.cell.prose ?? "");
  const [first] = step.cells;
  const above = draft.source.cells
    .filter(({ index, python }) => index < (first ?? 0) && python.cell.heading === step.heading)
    .filter(({ index }) => !draft.steps.some((other) => other.step.cells.includes(index)))
    .map(({ python }) => python.cell.prose);
  const paragraphs = [...above, ...own]
    .filter((text) => text !== "")
    .flatMap((text) => plainProse(text).split(/\n\n+/));
  return paragraphs.flatMap(withoutLeadIn).join("\n\n");
}

/** What leads over to the code below it ends here: `Fit and summary:` says nothing without it, a whole sentence does. */
function withoutLeadIn(paragraph: string): readonly string[] {
  if (!paragraph.endsWith(":")) return [paragraph];
  const sentence = /[^.!?]*$/.exec(paragraph)?.[0].trim() ?? "";
  const kept =
    sentence.split(" ").length > 4
      ? `${paragraph.slice(0, -1)}.`
      : paragraph.slice(0, -sentence.length).trim();
  return kept === "" ? [] : [kept];
}

/** `Let's split the data` and `We now split the data` as `Split the data`; undefined where no verb leads the sentence. */
function asVerb(sentence: string): string | undefined {
  const bare = sentence.replace(
    /^((first|next|now|then|here|finally),? )?((let's|let’s|let us|we (now |first |then |next |will |can )?) ?)?/i,
    "",
  );
  const [word = ""] = bare.split(/[\s,;:]/);
  if (!verbs.has(word.toLowerCase()) || (bare === sentence && !/^\p{Lu}/u.test(word))) return undefined;
  return bare.slice(0, 1).toUpperCase() + bare.slice(1);
}

function withStop(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

function summaryOf(draft: Draft, step: PlannedStep, statements: readonly SourceStatement[]): string {
  const targets = statements.flatMap(({ fact }) => fact.calls.map(({ target }) => target));
  const has = (pattern: RegExp): boolean => targets.some((target) => pattern.test(target));
  const given = step.outputs.filter(({ format }) => format !== "png").map(({ name }) => name);
  const taken = step.inputs.map(({ name }) => name);
  const stage = stageOf(statements);
  if (onlySets({ statements }, /^<(rng:|Out>)/)) return "Seed the random numbers of everything below.";
  if (onlySets({ statements }, /^<(rng:|options:|env>|cwd>|pyplot>|Out>)/))
    return "Set the options that everything below runs with.";
  switch (stage) {
    case "load":
      return `Read ${list(given) || "the data"}${fromFile(draft, step, statements)}.`;
    case "split": {
      const encoded = has(/get_dummies$/)
        ? `One-hot encode ${taken[0] ?? "the data"} and split it`
        : `Split ${list(taken) || "the data"}`;
      return `${encoded} into train and test sets.`;
    }
    case "train":
    case "tune":
      return trainSummary(step, statements);
    case "evaluate": {
      const others = taken.filter((name) => name !== modelName(step));
      const held = others.filter((name) => /(^|_)(test|val|valid|holdout)($|_|\d)/i.test(name));
      const onto = held.length > 0 ? held : others;
      return `Score ${modelName(step) ?? (list(taken) || "the result")}${onto.length > 0 && modelName(step) !== undefined ? ` on ${list(onto)}` : ""}.`;
    }
    case "predict":
      return `Predict ${list(given) || "with the model"}${taken.length > 0 ? ` from ${list(taken)}` : ""}.`;
    case "plot":
      return `Draw ${chartWords(statements, taken)}.`;
    case "save":
      return `Write ${list(taken) || "the result"}${writtenTo(step, draft)}.`;
    case "look":
      return taken.length === 0 ? "Print what the notebook prints here." : `Print a look at ${list(taken)}.`;
    default:
      return preparation(given, taken, has);
  }
}

function trainSummary(step: PlannedStep, statements: readonly SourceStatement[]): string {
  const fits = statements
    .flatMap(({ fact }) => fact.calls)
    .filter(({ target }) => /\.(fit|fit_predict|partial_fit)$/.test(target));
  const fit = fits.at(-1);
  const model =
    step.outputs.find(({ name }) => name === fit?.receiver) ??
    step.outputs.find(
      ({ type }) => /\.(\w+)$/.test(type ?? "") && !/^(pandas|numpy|matplotlib)\b/.test(type ?? ""),
    );
  const kind =
    model?.type?.split(".").at(-1) ??
    (fit === undefined ? undefined : /([A-Z]\w+)\.\w+$/.exec(fit.target)?.[1]);
  const what =
    kind === undefined
      ? (fit?.receiver ?? model?.name ?? "the model")
      : `${/^[AEIOU]/.test(kind) ? "an" : "a"} ${kind}`;
  const data = (fit?.arguments ?? []).flatMap(({ keyword, text }) =>
    keyword === undefined && /^\w+$/.test(text) ? [text] : [],
  );
  return `Fit ${what}${data.length > 0 ? ` on ${list(data)}` : ""}.`;
}

function modelName(step: PlannedStep): string | undefined {
  return step.inputs
    .map(({ name }) => name)
    .find((name) =>
      /(^|_)(model|clf|reg|estimator|pipe|pipeline|classifier|regressor|net)($|_|\d)/i.test(name),
    );
}

function chartWords(statements: readonly SourceStatement[], taken: readonly string[]): string {
  const callees = statements
    .filter(draws)
    .flatMap(({ node }) => [...walk(node)].map((child) => calleeOf(child) ?? ""));
  const known = [
    ...(callees.some((callee) => callee.includes("RocCurveDisplay")) ? ["the ROC curve"] : []),
    ...(callees.some((callee) => callee.includes("ConfusionMatrixDisplay")) ? ["the confusion matrix"] : []),
    ...(callees.some((callee) => callee.includes("PrecisionRecallDisplay"))
      ? ["the precision-recall curve"]
      : []),
    ...titlesIn(statements).map((title) => `"${title}"`),
  ];
  return known.length > 0 ? list(known) : `a chart${taken.length > 0 ? ` of ${list(taken)}` : ""}`;
}

const preparations: readonly { readonly call: RegExp; readonly words: string }[] = [
  { call: /get_dummies$|OneHotEncoder/, words: "One-hot encode" },
  { call: /(Standard|MinMax|Robust|MaxAbs)Scaler/, words: "Scale" },
  { call: /(^|\.)merge$/, words: "Join" },
  { call: /(Tfidf|Count|Hashing)Vectorizer/, words: "Turn into vectors" },
];

function preparation(
  given: readonly string[],
  taken: readonly string[],
  has: (pattern: RegExp) => boolean,
): string {
  const changed = given.filter((name) => taken.includes(name));
  const made = given.filter((name) => !taken.includes(name));
  const known = preparations.find(({ call }) => has(call))?.words;
  if (known !== undefined && taken.length > 0)
    return `${known} ${list(changed.length > 0 ? changed : taken)}.`;
  if (made.length > 0) return `Make ${list(made)}${taken.length > 0 ? ` from ${list(taken)}` : ""}.`;
  if (changed.length > 0) return `Prepare ${list(changed)}.`;
  return taken.length > 0 ? `Work through ${list(taken)}.` : "Do what the notebook does here.";
}

function fromFile(draft: Draft, step: PlannedStep, statements: readonly SourceStatement[]): string {
  const read = draft.plan.settings.filter(
    ({ name, access }) => access === "read" && step.settings.includes(name),
  );
  if (read.length === 0) return "";
  const call = statements
    .flatMap(({ fact }) => fact.calls)
    .map(pathArgument)
    .find((path) => path?.access === "read");
  const what = read.length === 1 ? `the ${call?.what ?? "file"} at ` : "the files at ";
  return ` from ${what}${list(read.map(({ name }) => name))}`;
}

function writtenTo(step: PlannedStep, draft: Draft): string {
  const written = draft.plan.settings.filter(
    ({ name, access }) => access === "write" && step.settings.includes(name),
  );
  return written.length === 0 ? "" : ` to ${list(written.map(({ name }) => name))}`;
}

function facts(draft: Draft, step: PlannedStep, statements: readonly SourceStatement[]): string[] {
  const taken = step.inputs.map(({ name }) => name);
  const inPlace = changedInPlace(statements, taken);
  const [only] = inPlace;
  const type = only === undefined ? undefined : draft.source.facts.typeOf(only, (step.cells[0] ?? 0) - 1);
  const copies = type === "pandas.DataFrame" || type === "pandas.Series" || type === "numpy.ndarray";
  const advice = inPlace.length === 1 && copies ? `; pass ${only ?? ""}.copy() to keep yours` : "";
  const changed = inPlace.length === 0 ? [] : [`Changes the ${list(inPlace)} it is given${advice}.`];
  const saves = stageOf(statements) === "save";
  const written = draft.plan.settings
    .filter(({ name, access }) => access === "write" && step.settings.includes(name) && !saves)
    .map(({ name }) => `Also writes ${whatIsWritten(statements, name, draft)} to ${name}.`);
  const clock = step.notes.includes("reads the clock") ? ["Reads the clock."] : [];
  return [...changed, ...written, ...clock];
}

function whatIsWritten(statements: readonly SourceStatement[], setting: string, draft: Draft): string {
  const places = draft.plan.settings.find(({ name }) => name === setting)?.places ?? [];
  for (const { cell, fact } of statements) {
    for (const call of fact.calls) {
      const path = pathArgument(call);
      const here = places.some(
        (place) =>
          place.cell === cell && place.range.start >= call.range.start && place.range.end <= call.range.end,
      );
      if (path?.access !== "write" || (path.argument.text !== setting && !here)) continue;
      if (path.what !== "") return path.what === "file" ? "a file" : path.what;
      const [value] = call.arguments;
      if (call.receiver !== undefined && /\.to_\w+$/.test(call.target)) return call.receiver;
      if (value !== undefined && /^\w+$/.test(value.text) && value !== path.argument) return value.text;
    }
  }
  return "a file";
}

function returns(step: PlannedStep): string {
  const names = step.outputs.map(({ name }) => name);
  if (names.length === 0) return "";
  const [only] = step.outputs;
  const telling = names.length > 1 || only?.format === "png" || only?.type === "pandas.DataFrame";
  return telling ? `Returns ${names.join(", ")}.` : "";
}

function origin(draft: Draft, step: PlannedStep): string {
  const file = draft.plan.notebook.split(/[\\/]/).at(-1) ?? draft.plan.notebook;
  return step.heading === undefined ? `From ${file}.` : `From ${file}, "${step.heading}".`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(names: readonly string[]): string {
  const unique = [...new Set(names)];
  return unique.length < 2 ? unique.join("") : `${unique.slice(0, -1).join(", ")} and ${unique.at(-1) ?? ""}`;
}

function fill(paragraph: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(/\s+/)) {
    if (line !== "" && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join("\n");
}
