/** `for` and `while`: followed until nothing new comes. */
import { certainty } from "./branches.ts";
import { useInstances } from "./classes.ts";
import type { Snapshot } from "./flow.ts";
import { iterate } from "./iteration.ts";
import { fieldOf, fieldsOf, hasToken, namedChildren, type SyntaxNode } from "./parser.ts";
import type { Run } from "./run.ts";
import { assign } from "./targets.ts";
import { joinAll, unknownScalar } from "./values.ts";

/** Goes round a body until nothing new comes; `entered` says that it runs at least once. */
function loop(
  run: Run,
  entered: boolean,
  endless: boolean,
  round: () => void,
  otherwise: SyntaxNode | undefined,
): void {
  const outer = { breaks: run.flow.breaks, continues: run.flow.continues };
  run.flow.breaks = [];
  const start = run.flow.snapshot();
  const ends: Snapshot[] = entered ? [] : [start];
  for (let turn = 0; turn < 3; turn += 1) {
    if (turn > 0) {
      const last = ends.at(-1);
      if (last === undefined) break;
      // Whatever the first turns leave is there in later ones, beside what was there at the start.
      run.flow.join(turn === 1 && entered ? [last] : [start, last]);
    }
    run.flow.continues = [];
    run.flow.reachable = true;
    round();
    run.flow.join([...run.flow.continues, ...(run.flow.goesOn() ? [run.flow.snapshot()] : [])]);
    if (!run.flow.goesOn()) break;
    ends.push(run.flow.snapshot());
  }
  const leaves = endless ? [] : ends;
  const breaks = run.flow.breaks;
  Object.assign(run, outer);
  run.flow.join(leaves);
  if (otherwise !== undefined && run.flow.goesOn())
    run.execute(namedChildren(fieldOf(otherwise, "body") ?? otherwise));
  run.flow.join([...(run.flow.goesOn() ? [run.flow.snapshot()] : []), ...breaks]);
}

export function executeFor(run: Run, node: SyntaxNode): void {
  const left = fieldOf(node, "left");
  const right = fieldsOf(node, "right");
  const body = fieldOf(node, "body");
  if (left === undefined || body === undefined) return;
  if (hasToken(node, "async") && run.flow.scope.kind === "module") {
    run.diagnose(
      node,
      "async",
      "error",
      "This loops with async outside a function, which only a notebook can do.",
    );
  }
  const source = joinAll(right.map((child) => run.evaluate(child)));
  const given = iterate(run, source);
  const entered = given.nonEmpty || enumerates(run, right[0]);
  loop(
    run,
    entered,
    false,
    () => {
      assign(run, left, given, "loop");
      run.execute(namedChildren(body));
    },
    fieldOf(node, "alternative"),
  );
}

/** `enumerate([1, 2])` is entered as surely as what it counts. */
function enumerates(run: Run, node: SyntaxNode | undefined): boolean {
  if (
    node?.type !== "call" ||
    !/^(enumerate|sorted|reversed|list|tqdm)$/.test(fieldOf(node, "function")?.text ?? "")
  )
    return false;
  const first = namedChildren(fieldOf(node, "arguments") ?? node)[0];
  if (first === undefined || !/^(list|tuple|call)$/.test(first.type)) return false;
  if (first.type !== "call") return namedChildren(first).some((child) => !child.type.includes("splat"));
  const recording = run.recording;
  run.recording = false;
  const value = fieldOf(first, "function")?.text === "range" ? run.evaluate(first) : unknownScalar;
  run.recording = recording;
  return value.nonEmpty;
}

export function executeWhile(run: Run, node: SyntaxNode): void {
  const condition = fieldOf(node, "condition");
  const body = fieldOf(node, "body");
  if (condition === undefined || body === undefined) return;
  const certain = certainty(condition) === true;
  useInstances(run, run.evaluate(condition), condition);
  loop(
    run,
    certain,
    certain,
    () => {
      run.execute(namedChildren(body));
      if (run.flow.goesOn()) run.evaluate(condition);
    },
    fieldOf(node, "alternative"),
  );
}
