/** What stands behind the dot. */
import { callBack, classAttribute } from "./classes.ts";
import { attributeRule, effectOfValue } from "./knowledge.ts";
import { fieldOf, type SyntaxNode } from "./parser.ts";
import { classNamed, readName } from "./reading.ts";
import type { Run } from "./run.ts";
import { immutableTypes } from "./types.ts";
import { elementsOf, external, joinAll, scalar, unknownScalar, valueOf, type Value } from "./values.ts";

export function evaluateAttribute(run: Run, node: SyntaxNode): Value {
  const object = fieldOf(node, "object");
  const name = fieldOf(node, "attribute")?.text ?? "";
  return object === undefined ? unknownScalar : attributeOf(run, run.evaluate(object), name, node);
}

/** The value of an attribute. */
export function attributeOf(run: Run, base: Value, name: string, node: SyntaxNode): Value {
  if (base.path !== undefined) {
    const path = `${base.path}.${name}`;
    const effect = effectOfValue(path);
    if (effect !== undefined) run.readEffect(effect);
    for (const option of [`<options:${path.split(".")[0] ?? ""}>`]) {
      if (run.slot(option) !== undefined) run.readEffect(option);
    }
    return external(path);
  }
  const rule = base.type === undefined ? undefined : attributeRule(base.type, name);
  if (rule !== undefined) {
    if (rule.gives === "self") return { ...base, type: rule.returns };
    if (rule.gives === "view") return run.view(node, base, rule.returns);
    return rule.returns === undefined || !immutableTypes.has(rule.returns)
      ? run.fresh(node, rule.returns)
      : scalar(rule.returns);
  }
  if (base.type !== undefined && /^(int|float|bool|str|bytes|None|tuple|scalar|range)$/.test(base.type))
    return unknownScalar;
  const found: Value[] = [];
  for (const object of base.objects) {
    const own = object.attributes.get(name);
    const inherited = object.classCode === undefined ? undefined : classAttribute(object.classCode, name);
    const property = object.kind === "instance" ? inherited : undefined;
    for (const method of property?.objects ?? []) {
      if (method.code?.binding === "property") {
        found.push(callBack(run, valueOf([method]), valueOf([object]), node));
      }
    }
    if (own !== undefined) found.push(own);
    if (inherited !== undefined) {
      const home =
        object.kind === "instance" && object.classCode !== undefined && classNamed(run, object.classCode);
      if (own === undefined && typeof home === "string") readName(run, home, node);
      found.push(inherited);
    }
    if (own === undefined && inherited === undefined) found.push(elementsOf(valueOf([object])));
  }
  return found.length === 0 ? unknownScalar : joinAll(found);
}
