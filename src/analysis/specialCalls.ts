/** Calls that say more than a library rule can: they take names out of strings, run text, or open files. */
import { visibleText } from "./literals.ts";
import type { Argument } from "./parameters.ts";
import { namedChildren, parsePython, type SyntaxNode } from "./parser.ts";
import { asksFor, homeOf, readName } from "./reading.ts";
import { argumentAt, touchFile } from "./rules.ts";
import type { Run } from "./run.ts";
import { external, joinAll, scalar, unknownScalar, valueOf, type Value } from "./values.ts";

/** Handles the call if it is one of them; undefined leaves it to the rules. */
export function callSpecial(
  run: Run,
  path: string,
  args: readonly Argument[],
  node: SyntaxNode,
): Value | undefined {
  const first = args[0]?.value;
  switch (path) {
    case "builtins.eval":
    case "builtins.exec":
      return runText(run, path === "builtins.eval" ? "eval" : "exec", args, node);
    case "builtins.compile":
    case "builtins.__import__":
      run.diagnose(node, "dynamic-code", "error", "What this brings in is known only when it runs.");
      return valueOf([run.object(node)]);
    case "builtins.globals":
      return external("globals()");
    case "builtins.locals":
    case "builtins.vars":
    case "builtins.dir":
      if (args.length > 0) return path === "builtins.vars" ? first : run.fresh(node, "list");
      return run.flow.scope.kind === "module" ? external("globals()") : run.fresh(node, "dict");
    case "globals().get":
      return fromGlobals(run, args, node);
    case "globals().pop":
    case "globals().update":
    case "globals().setdefault":
    case "globals().items":
    case "globals().keys":
    case "globals().values":
    case "globals().copy":
      run.diagnose(
        node,
        "dynamic-names",
        "error",
        "Which names this touches through globals() is known only when it runs.",
      );
      return valueOf([run.object(node)]);
    case "builtins.input":
      run.diagnose(node, "unknown", "error", "This asks a person for input while it runs.");
      return scalar("str");
    case "builtins.open":
    case "io.open":
    case "gzip.open":
      return openFile(run, args, node);
    case "builtins.range":
      return rangeOf(args);
    case "builtins.super":
      return homeOf(run, "self").slots.get("self")?.value ?? unknownScalar;
    case "pandas.eval":
      namesInText(run, args[0], /\b([A-Za-z_]\w*)\b/g, node);
      return undefined;
    default:
      return path.startsWith("IPython.get_ipython") ? callShell(run, path, args, node) : undefined;
  }
}

function runText(run: Run, how: "eval" | "exec", args: readonly Argument[], node: SyntaxNode): Value {
  const text = args[0]?.value.constant;
  if (typeof text !== "string" || args.length > 1) {
    run.diagnose(node, "dynamic-code", "error", `What this ${how} does is known only when it runs.`);
    return valueOf([run.object(node)]);
  }
  const { root, problems } = parsePython(text.trim());
  if (problems.length > 0) {
    run.diagnose(node, "dynamic-code", "error", `The text that this ${how} runs is not Python.`);
    return unknownScalar;
  }
  const { path, text: place } = run;
  run.path = `${path}${run.keyOf(node)}%/`;
  run.text = { ...place, base: 0, quoted: true };
  const statements = namedChildren(root);
  let value = scalar("None", null);
  if (how === "exec") run.execute(statements);
  else value = joinAll(statements.flatMap(namedChildren).map((child) => run.evaluate(child)));
  Object.assign(run, { path, text: place });
  return value;
}

function fromGlobals(run: Run, args: readonly Argument[], node: SyntaxNode): Value {
  const name = args[0]?.value.constant;
  if (typeof name !== "string") {
    run.diagnose(
      node,
      "dynamic-names",
      "error",
      "Which name this takes from globals() is known only when it runs.",
    );
    return unknownScalar;
  }
  const fallback = args[1]?.value ?? scalar("None", null);
  return asksFor(run, name) === "unbound" ? fallback : joinAll([readName(run, name, node), fallback]);
}

/** Reads the names that a text such as `b > @limit` mentions, as far as they are names here. */
export function namesInText(
  run: Run,
  argument: Argument | undefined,
  pattern: RegExp,
  node: SyntaxNode,
): void {
  if (argument === undefined) return;
  const { constant } = argument.value;
  const literal = argument.node.type.endsWith("string");
  if (typeof constant !== "string" && !literal) {
    run.diagnose(node, "dynamic-names", "warning", "Which names this text uses is known only when it runs.");
    return;
  }
  const text = typeof constant === "string" ? constant : visibleText(argument.node);
  for (const match of text.matchAll(pattern)) {
    const name = match[1] ?? "";
    const home = homeOf(run, name);
    const slot = run.flow.slot(home, name);
    if (slot !== undefined && slot.presence !== "unbound") readName(run, name, node);
  }
}

function openFile(run: Run, args: readonly Argument[], node: SyntaxNode): Value {
  const mode = argumentAt(args, 1, "mode")?.value;
  const text = mode === undefined ? "r" : typeof mode.constant === "string" ? mode.constant : "r+";
  const file = argumentAt(args, 0, "file")?.value ?? unknownScalar;
  if (text.includes("+")) touchFile(run, file, "append");
  else touchFile(run, file, /[wx]/.test(text) ? "write" : text.includes("a") ? "append" : "read");
  return valueOf([run.object(node, { kind: "resource", type: "io.File" })], "io.File");
}

function rangeOf(args: readonly Argument[]): Value {
  const numbers = args.map(({ value }) => value.constant);
  const [a, b, step = 1] = numbers;
  const [from, to] = numbers.length === 1 ? [0, a] : [a, b];
  const known = typeof from === "number" && typeof to === "number" && typeof step === "number";
  return { ...scalar("range"), nonEmpty: known && (step > 0 ? from < to : from > to) };
}

/** What `!ls`, `%cd x` and `%%bash` become. */
function callShell(run: Run, path: string, args: readonly Argument[], node: SyntaxNode): Value {
  const method = path.slice("IPython.get_ipython".length + 1);
  if (method === "") return external("IPython.get_ipython");
  const name = args[0]?.value.constant;
  for (const argument of args) namesInText(run, argument, /[{$]\s*([A-Za-z_]\w*)/g, node);
  if (method === "system" || method === "getoutput") {
    run.readEffect("<shell>");
    run.writeEffect("<shell>");
    run.readEffect("<file:*>");
    run.writeEffect("<file:*>");
    if (method === "system") run.writeEffect("<stdout>");
    run.diagnose(
      node,
      "shell",
      "error",
      `This runs a command of the shell${typeof name === "string" ? `: ${name}` : ""}.`,
    );
    return method === "system" ? scalar("None", null) : run.fresh(node, "IPython.SList");
  }
  if (/^run_(line|cell)_magic$/.test(method) && typeof name === "string") {
    magicEffects(run, name);
    const sign = method === "run_cell_magic" ? "%%" : "%";
    run.diagnose(node, "magic", "error", `${sign}${name} works only in a notebook.`);
    return valueOf([run.object(node)]);
  }
  run.diagnose(node, "magic", "error", "get_ipython() is there only in a notebook.");
  return valueOf([run.object(node)]);
}

function magicEffects(run: Run, name: string): void {
  if (name === "cd") run.writeEffect("<cwd>");
  else if (name === "env" || name === "set_env") run.writeEffect("<env>");
  else {
    for (const effect of ["<shell>", "<file:*>"]) {
      run.readEffect(effect);
      run.writeEffect(effect);
    }
  }
}
