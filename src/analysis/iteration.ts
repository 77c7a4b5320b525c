/** Going through things: what a loop gives, and what is used up by it. */
import { useInstances } from "./classes.ts";
import type { Run } from "./run.ts";
import { elementsOf, joinAll, reach, scalar, unknownScalar, valueOf, type Value } from "./values.ts";

/** What a loop over a value gives; reading an iterator or a file uses it up. */
export function iterate(run: Run, value: Value): Value {
  consume(run, value);
  if (value.path !== undefined) return unknownScalar;
  if (value.items !== undefined && value.items.length > 0) {
    return { ...joinAll(value.items), constant: undefined, nonEmpty: value.nonEmpty };
  }
  if (value.type === "range") return { ...scalar("int"), nonEmpty: value.nonEmpty };
  if (value.type === "str") return { ...scalar("str"), nonEmpty: value.nonEmpty };
  if (value.type === "pandas.DataFrame") return { ...unknownScalar, nonEmpty: value.nonEmpty };
  const [first, ...rest] = value.objects;
  if (first?.each !== undefined && rest.length === 0) return { ...first.each(), nonEmpty: value.nonEmpty };
  return { ...elementsOf(value), nonEmpty: value.nonEmpty };
}

/** Uses up the iterators and files that a value may be, and does what they had still to do. */
export function consume(run: Run, value: Value): void {
  for (const object of value.objects) {
    if (object.kind === "instance")
      useInstances(run, valueOf([object]), run.statement.node, /^__(iter|next|len|getitem)__$/);
    if (object.kind !== "iterator" && object.kind !== "resource") continue;
    run.mutate(valueOf([object]));
    const { resume } = object;
    object.resume = undefined;
    resume?.();
    object.resume = resume;
    for (const inner of reach([object])) {
      if (inner !== object && (inner.kind === "iterator" || inner.kind === "resource"))
        run.mutate(valueOf([inner]));
    }
  }
}
