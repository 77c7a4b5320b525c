/** Formulas of statsmodels, patsy and formulaic: texts that are evaluated among the caller's names. */
import type { Argument } from "./parameters.ts";
import type { SyntaxNode } from "./parser.ts";
import type { Run } from "./run.ts";
import { namesInText } from "./specialCalls.ts";

const takesFormula = /(^|\.)(dmatrix|dmatrices|model_matrix|Formula|from_formula|get_model_matrix)$/;

/** Formulas such as `y ~ scaled(x)` are evaluated where the call stands: their words may be names of the program. */
export function formulaNames(run: Run, path: string, args: readonly Argument[], node: SyntaxNode): void {
  const always = takesFormula.test(path);
  for (const argument of args) {
    const { constant } = argument.value;
    const text = typeof constant === "string" ? constant : argument.node.text;
    const literal = typeof constant === "string" || argument.node.type.endsWith("string");
    if (literal && (always || text.includes("~"))) namesInText(run, argument, /([A-Za-z_]\w*)/g, node);
  }
}
