/** `try` and `with`: any statement may be the one that fails. */
import { bindName, unbindName } from "./binding.ts";
import { useInstances } from "./classes.ts";
import type { Snapshot } from "./flow.ts";
import { fieldOf, hasToken, namedChildren, type SyntaxNode } from "./parser.ts";
import type { Run } from "./run.ts";
import { assign } from "./targets.ts";
import { reach, unknownScalar, valueOf, type Value } from "./values.ts";

export function executeTry(run: Run, node: SyntaxNode): void {
  const body = fieldOf(node, "body");
  const handlers = namedChildren(node).filter((child) => child.type === "except_clause");
  const otherwise = namedChildren(node).find((child) => child.type === "else_clause");
  const last = namedChildren(node).find((child) => child.type === "finally_clause");
  // Any statement may be the one that fails.
  const fails: Snapshot[] = [run.flow.snapshot()];
  const tolerant = handlers.some((handler) => /^except\s*(:|NameError)/.test(handler.text));
  if (tolerant) run.tolerant += 1;
  for (const statement of body === undefined ? [] : namedChildren(body)) {
    if (!run.flow.goesOn()) break;
    run.execute([statement]);
    if (run.flow.goesOn()) fails.push(run.flow.snapshot());
  }
  if (tolerant) run.tolerant -= 1;
  // After the last statement nothing is left that could fail.
  if (run.flow.goesOn() && fails.length > 1) fails.pop();
  const ends: Snapshot[] = [];
  if (run.flow.goesOn()) {
    if (otherwise !== undefined) run.execute(namedChildren(fieldOf(otherwise, "body") ?? otherwise));
    if (run.flow.goesOn()) ends.push(run.flow.snapshot());
  }
  for (const handler of handlers) {
    run.flow.join(fails);
    handle(run, handler);
    if (run.flow.goesOn()) ends.push(run.flow.snapshot());
  }
  const fallen = handlers.length === 0 ? fails : [];
  if (last !== undefined && ends.length === 0) {
    run.flow.join(fallen.length > 0 ? fallen : fails);
    run.execute(namedChildren(last).flatMap(namedChildren));
    run.flow.reachable = false;
    return;
  }
  run.flow.join(ends);
  if (last !== undefined) run.execute(namedChildren(last).flatMap(namedChildren));
}

function handle(run: Run, handler: SyntaxNode): void {
  const value = fieldOf(handler, "value");
  const alias = value?.type === "as_pattern" ? fieldOf(value, "alias") : fieldOf(handler, "alias");
  for (const child of value?.type === "as_pattern"
    ? namedChildren(value)
    : value === undefined
      ? []
      : [value]) {
    if (child.field !== "alias") run.evaluate(child);
  }
  const name = alias?.text;
  if (name !== undefined) bindName(run, name, valueOf([run.object(handler)]), "except");
  const block = handler.children.find((child) => child.type === "block");
  run.execute(block === undefined ? [] : namedChildren(block));
  if (name !== undefined && run.flow.goesOn()) unbindName(run, name);
}

export function executeWith(run: Run, node: SyntaxNode): void {
  const items = namedChildren(node).find((child) => child.type === "with_clause");
  const opened: Value[] = [];
  let suppresses = false;
  if (hasToken(node, "async") && run.flow.scope.kind === "module") {
    run.diagnose(
      node,
      "async",
      "error",
      "This opens with async outside a function, which only a notebook can do.",
    );
  }
  for (const item of items === undefined ? [] : namedChildren(items)) {
    const value = fieldOf(item, "value");
    if (value === undefined) continue;
    const aliased = value.type === "as_pattern";
    const expression = aliased ? namedChildren(value)[0] : value;
    const alias = aliased ? fieldOf(value, "alias") : undefined;
    const given = expression === undefined ? unknownScalar : run.evaluate(expression);
    useInstances(run, given, item, /^__(enter|exit)__$/);
    suppresses ||= /\bsuppress\b/.test(expression?.text ?? "");
    opened.push(given);
    if (alias !== undefined) assign(run, alias, given, "with");
  }
  const body = namedChildren(fieldOf(node, "body") ?? node);
  if (suppresses) {
    run.flow.branch([
      () => {
        run.execute(body);
      },
      () => undefined,
    ]);
  } else run.execute(body);
  for (const value of opened) for (const object of reach(value.objects)) run.heap.flag(object, "closed");
}
