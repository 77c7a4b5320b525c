/** Doing what a library rule says. */
import { callBack } from "./classes.ts";
import { consume, iterate } from "./iteration.ts";
import type { Rule } from "./knowledge.ts";
import type { Argument } from "./parameters.ts";
import type { SyntaxNode } from "./parser.ts";
import type { Run } from "./run.ts";
import { immutableTypes } from "./types.ts";
import {
  elementsOf,
  joinAll,
  joinValues,
  reach,
  scalar,
  tupleOf,
  unknownScalar,
  valueOf,
  type Obj,
  type Value,
} from "./values.ts";

export interface RuledCall {
  readonly receiver: Value;
  readonly args: readonly Argument[];
  readonly node: SyntaxNode;
  readonly method?: string;
  readonly path?: string;
}

/** The argument at a position, or under a keyword. */
export function argumentAt(args: readonly Argument[], at: number, keyword = ""): Argument | undefined {
  const named = args.find((argument) => argument.keyword === keyword);
  const unnamed = args.filter((argument) => argument.keyword === undefined && argument.star === "");
  return named ?? unnamed[at];
}

export function applyRule(run: Run, rule: Rule, call: RuledCall): Value {
  const { receiver, args, node } = call;
  const returned: Obj[] = [];
  let passed: Value | undefined;
  for (const { value } of args) {
    consume(run, value);
    if (!isCallable(value)) continue;
    passed ??= partsOf(joinAll([receiver, ...args.map((each) => each.value)]));
    returned.push(...callBack(run, value, passed, node).objects);
  }
  consume(run, receiver);
  mutate(run, rule, call);
  effects(run, rule, call);
  files(run, rule, call);
  if (rule.stores !== "") store(run, rule, call);
  const value = result(run, rule, call);
  if (returned.length === 0) return value;
  // What a function that was handed over gave back may be in the result.
  for (const holder of value.objects) {
    if (holder.kind === "iterator" || holder.made === run.statement.number) {
      for (const part of returned) run.heap.addElement(holder, part);
    }
  }
  return value;
}

function isCallable({ objects }: Value): boolean {
  for (const { code, kind } of objects) if (code !== undefined || kind === "class") return true;
  return false;
}

function partsOf(value: Value): Value {
  return valueOf([...elementsOf(value).objects].filter((object) => object.code === undefined));
}

function mutate(run: Run, rule: Rule, { receiver, args }: RuledCall): void {
  const inplace = args.find((argument) => argument.keyword === "inplace");
  if (inplace !== undefined && inplace.value.constant !== false) {
    run.mutate(receiver, receiver.type === "pandas.DataFrame" ? "structure" : "content");
  }
  const out = args.find((argument) => argument.keyword === "out");
  if (out !== undefined) run.mutate(out.value);
  for (const { what, structure } of rule.mutates) {
    if (what === "self") run.mutate(receiver, structure ? "structure" : "content");
    else if (what === "deep") run.mutate(receiver, "deep");
    else {
      const target = /^\d+$/.test(what) ? argumentAt(args, Number(what)) : argumentAt(args, Infinity, what);
      if (target !== undefined) run.mutate(target.value);
    }
  }
}

function effects(run: Run, rule: Rule, { receiver, args }: RuledCall): void {
  const draws = rule.effects.some(({ effect }) => effect === "<pyplot>");
  // Drawing on given axes leaves pyplot's current figure alone.
  const onAxes =
    draws && args.some((argument) => argument.keyword === "ax" && argument.value.type !== "None");
  if (draws && run.slot("<options:matplotlib>") !== undefined) run.readEffect("<options:matplotlib>");
  for (const { mode, effect } of rule.effects) {
    if (onAxes && effect === "<pyplot>") continue;
    if (mode === "r" || mode === "rw") run.readEffect(effect);
    if (mode !== "r") run.writeEffect(effect, mode === "s");
    if (effect !== "<pyplot>") continue;
    if (mode === "rw") run.mutate(run.figures);
    if (mode === "s" && rule.returns === "none") run.figures = unknownScalar;
  }
  const seeded =
    rule.seed === undefined ||
    args.some(({ keyword, value }) => keyword === rule.seed && value.type !== "None");
  const unseeded = rule.flags.has("fits") && [...reach(receiver.objects)].some((object) => object.unseeded);
  if (!seeded || unseeded) {
    run.readEffect("<rng:numpy>");
    run.writeEffect("<rng:numpy>");
  }
}

function files(run: Run, rule: Rule, { receiver, args }: RuledCall): void {
  for (const { write, self, at, keyword } of rule.files) {
    const value = self ? receiver : argumentAt(args, at, keyword)?.value;
    if (value !== undefined) touchFile(run, value, write ? "write" : "read");
  }
}

/** Reads or writes the file that a value names; a handle of an open file is changed instead. */
export function touchFile(run: Run, value: Value, how: "read" | "write" | "append"): void {
  if (value.objects.size > 0 && value.type !== "pathlib.Path" && value.constant === undefined)
    run.mutate(value);
  if (value.type === "io.File") return;
  if (value.type === "None") return;
  const { constant } = value;
  const network = typeof constant === "string" && /^\w+:\/\//.test(constant);
  const effect = typeof constant !== "string" ? "<file:*>" : network ? "<network>" : `<file:${constant}>`;
  if (run.slot("<cwd>") !== undefined) run.readEffect("<cwd>");
  if (how !== "write") run.readEffect(effect);
  if (how !== "read") run.writeEffect(effect, how === "write" && effect !== "<file:*>");
}

function store(run: Run, rule: Rule, { receiver, args }: RuledCall): void {
  const [first] = args;
  const holders = receiver.objects.size > 0 ? receiver : first?.value;
  for (const holder of holders?.objects ?? []) {
    for (const { value } of args) {
      const kept = rule.stores === "storeall" ? elementsOf(value) : value;
      for (const part of kept.objects) run.heap.addElement(holder, part);
    }
  }
}

function result(run: Run, rule: Rule, call: RuledCall): Value {
  const { receiver, args, node } = call;
  const [first] = args;
  const type =
    rule.returns === "self" ? receiver.type : rule.returns === "0" ? first?.value.type : rule.returns;
  const inplace = args.find((argument) => argument.keyword === "inplace");
  if (inplace !== undefined && inplace.value.constant !== false) return scalar("None", null);
  if (rule.flags.has("figure")) return makeFigure(run, rule, call);
  if (rule.gives === "split") return splitParts(run, call);
  if (type?.startsWith("(") === true) {
    const items = type
      .slice(1, -1)
      .split(",")
      .map((each, at) => valueOf([run.object(node, { type: each }, `@${at}`)], each));
    return {
      ...run.fresh(
        node,
        "tuple",
        items.flatMap((item) => [...item.objects]),
      ),
      items,
      nonEmpty: true,
    };
  }
  if (type === "pathlib.Path") return { ...scalar(type, pathOf(call)), objects: new Set() };
  if (type === "none") return scalar("None", null);
  const alias = aliased(run, rule, call, type);
  if (alias !== undefined) return alias;
  if (type !== undefined && immutableTypes.has(type))
    return scalar(type === "scalar" ? undefined : type, joinedPath(call));
  const made = run.object(node, {
    type,
    kind: rule.flags.has("once") ? "iterator" : rule.flags.has("resource") ? "resource" : "plain",
  });
  const each = eachOf(rule, call);
  if (each !== undefined) made.each = each;
  if (rule.gives === "hold" || each !== undefined) {
    for (const part of [...receiver.objects, ...args.flatMap(({ value }) => [...value.objects])]) {
      run.heap.addElement(made, part);
    }
  }
  if (rule.gives?.startsWith("elements") === true) {
    const from =
      rule.gives === "elements0" || receiver.objects.size === 0 ? args.map(({ value }) => value) : [receiver];
    for (const part of from.flatMap((value) => [...iterate(run, value).objects]))
      run.heap.addElement(made, part);
  }
  return valueOf([made], type);
}

/** What a loop over the result gives, found when it is looped over. */
function eachOf({ gives }: Rule, { receiver, args }: RuledCall): (() => Value) | undefined {
  const sources = args.filter(({ keyword }) => keyword === undefined).map(({ value }) => value);
  if (args.some(({ star }) => star !== "")) return undefined;
  const of = (value: Value | undefined): Value => {
    if (value === undefined) return unknownScalar;
    const [first, ...rest] = value.objects;
    if (first?.each !== undefined && rest.length === 0) return first.each();
    return value.type === "range" ? scalar("int") : elementsOf(value);
  };
  switch (gives) {
    case "keys":
    case "values":
      return () => elementsOf(receiver);
    case "items":
      return () => tupleOf([elementsOf(receiver), elementsOf(receiver)]);
    case "enumerate":
      return () => tupleOf([scalar("int"), of(sources[0])]);
    case "zip":
      return () => tupleOf(sources.map(of));
    case "through":
      return () => of(sources[0]);
    case "filtered":
      return () => of(sources[1]);
    default:
      return undefined;
  }
}

function aliased(
  run: Run,
  rule: Rule,
  { receiver, args, node }: RuledCall,
  type: string | undefined,
): Value | undefined {
  const first = args[0]?.value ?? unknownScalar;
  const all = joinAll(args.map(({ value }) => value));
  switch (rule.gives) {
    case "self":
      return { ...receiver, type: type ?? receiver.type };
    case "0":
      return first;
    case "view":
      return run.view(node, receiver, type);
    case "view0":
      // Of a list or dict the numbers are copied.
      return first.objects.size === 0 || /^(list|dict|tuple|set)$/.test(first.type ?? "")
        ? run.fresh(node, type)
        : run.view(node, first, type ?? first.type);
    case "element": {
      const from = receiver.objects.size > 0 ? receiver : all;
      return { ...elementsOf(valueOf([...from.objects, ...all.objects])), type };
    }
    case "element0":
      return { ...elementsOf(first), type };
    case "figures":
      return { ...run.figures, objects: new Set([...run.figures.objects, run.object(node)]), type };
    case "concat": {
      const frames = first.items ?? (first.type === "list" ? [] : undefined);
      const parts =
        frames?.length === 0
          ? [...elementsOf(first).objects].map((object) => object.type)
          : frames?.map((item) => item.type);
      const certain =
        parts !== undefined && parts.length > 0 && parts.every((part) => part === "pandas.DataFrame");
      return run.fresh(node, certain ? "pandas.DataFrame" : undefined);
    }
    default:
      return undefined;
  }
}

/** `plt.subplots` and `plt.figure`: a figure and its axes are one thing to draw on, and become pyplot's current one. */
function makeFigure(run: Run, rule: Rule, { args, node }: RuledCall): Value {
  const figure = valueOf(
    [run.object(node, { type: "matplotlib.figure.Figure" }, "@figure")],
    "matplotlib.figure.Figure",
  );
  if (!rule.flags.has("subplots")) {
    run.figures = joinValues(figure, run.figures);
    return figure;
  }
  const several = args.some(
    ({ keyword, star }) => star !== "" || keyword === undefined || /^[ns](rows|cols|queeze)$/.test(keyword),
  );
  const type = several ? undefined : "matplotlib.axes.Axes";
  const axes = run.object(node, { type }, "@axes");
  for (const object of figure.objects) run.heap.share(axes, object);
  run.figures = joinValues(valueOf([...figure.objects, axes]), run.figures);
  const items = [figure, valueOf([axes], type)];
  return { ...run.fresh(node, "tuple", [...figure.objects, axes]), items, nonEmpty: true };
}

/** `train_test_split`: two parts of each array it is given, each of the type it had. */
function splitParts(run: Run, { args, node }: RuledCall): Value {
  const whole = args.filter((argument) => argument.keyword === undefined);
  if (whole.some((argument) => argument.star !== "")) return run.fresh(node, "list");
  const items = whole.flatMap(({ value }, at) =>
    [0, 1].map((part) => {
      const made = run.object(node, { type: value.type }, `@${at}.${part}`);
      for (const element of value.type === "list" ? elementsOf(value).objects : [])
        run.heap.addElement(made, element);
      return valueOf([made], value.type);
    }),
  );
  return {
    ...run.fresh(
      node,
      "list",
      items.flatMap((item) => [...item.objects]),
    ),
    items,
    nonEmpty: true,
  };
}

/** The text of a path built from known parts. */
function pathOf({ receiver, args, path, method }: RuledCall): string | undefined {
  const parts = args.map(({ value }) => value.constant);
  if (!parts.every((part) => typeof part === "string")) return undefined;
  if (path === "pathlib.Path" || path === "pathlib.PurePath")
    return parts.length === 0 ? "." : parts.join("/");
  if (method === "joinpath" && typeof receiver.constant === "string")
    return [receiver.constant, ...parts].join("/");
  return undefined;
}

function joinedPath({ args, path }: RuledCall): string | undefined {
  const parts = args.map(({ value }) => value.constant);
  const known = parts.every((part) => typeof part === "string");
  if (path === "os.path.join" && known) return parts.join("/");
  if (path === "builtins.str" && args.length === 1 && known) return parts[0];
  return undefined;
}
