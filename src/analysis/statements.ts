/** What statements do, and which way the flow goes through them. */
import { executeExpression } from "./assignments.ts";
import { bindName } from "./binding.ts";
import { executeIf, executeMatch } from "./branches.ts";
import { define } from "./definitions.ts";
import { executeTry, executeWith } from "./exceptions.ts";
import { executeImport } from "./imports.ts";
import { executeFor, executeWhile } from "./loops.ts";
import { fieldOf, namedChildren, type SyntaxNode } from "./parser.ts";
import type { Run } from "./run.ts";
import { remove } from "./targets.ts";
import { joinAll, unknownScalar } from "./values.ts";

export function execute(run: Run, nodes: readonly SyntaxNode[]): void {
  for (const node of nodes) {
    if (!run.flow.goesOn()) return;
    executeOne(run, node);
  }
}

function executeOne(run: Run, node: SyntaxNode): void {
  switch (node.type) {
    case "expression_statement":
      for (const child of namedChildren(node)) executeExpression(run, child);
      return;
    case "import_statement":
    case "import_from_statement": {
      executeImport(run, node);
      return;
    }
    case "future_import_statement":
    case "pass_statement":
    case "global_statement":
    case "nonlocal_statement":
    case "comment":
      return;
    case "function_definition":
    case "class_definition":
    case "decorated_definition": {
      define(run, node);
      return;
    }
    case "if_statement": {
      executeIf(run, node);
      return;
    }
    case "for_statement": {
      executeFor(run, node);
      return;
    }
    case "while_statement": {
      executeWhile(run, node);
      return;
    }
    case "try_statement": {
      executeTry(run, node);
      return;
    }
    case "with_statement": {
      executeWith(run, node);
      return;
    }
    case "match_statement": {
      executeMatch(run, node);
      return;
    }
    case "delete_statement":
      for (const child of namedChildren(node)) remove(run, child);
      return;
    case "return_statement":
      run.flow.returns.push(joinAll(namedChildren(node).map((child) => run.evaluate(child))));
      run.flow.exits.push(run.flow.snapshot());
      run.flow.reachable = false;
      return;
    case "raise_statement":
      for (const child of namedChildren(node)) run.evaluate(child);
      run.flow.reachable = false;
      return;
    case "break_statement":
      run.flow.breaks.push(run.flow.snapshot());
      run.flow.reachable = false;
      return;
    case "continue_statement":
      run.flow.continues.push(run.flow.snapshot());
      run.flow.reachable = false;
      return;
    case "type_alias_statement": {
      const name = /[^\W\d]\w*/.exec(fieldOf(node, "left")?.text ?? "")?.[0];
      if (name !== undefined) bindName(run, name, unknownScalar, "assignment");
      return;
    }
    default:
      for (const child of namedChildren(node)) run.evaluate(child);
  }
}
