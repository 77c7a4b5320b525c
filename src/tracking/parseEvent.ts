import { eventSchema, type RunEvent } from "./events.ts";

/** Longer lines are left out: no event of ours comes near, and one would hold up everybody who reads. */
export const longestLine = 1024 * 1024;

export type ParsedLine =
  | { readonly kind: "event"; readonly event: RunEvent }
  /** Of a kind that a newer version writes. */
  | { readonly kind: "unknown" }
  | { readonly kind: "unreadable"; readonly reason: string };

const known: ReadonlySet<string> = new Set(eventSchema.options.map((option) => option.shape.t.value));

/** Reads one line of a journal; never throws. */
export function parseEvent(line: string): ParsedLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: "unreadable", reason: "not JSON" };
  }
  if (typeof value !== "object" || value === null || !("t" in value) || typeof value.t !== "string") {
    return { kind: "unreadable", reason: "not an event" };
  }
  if (!known.has(value.t)) return { kind: "unknown" };
  const parsed = eventSchema.safeParse(value);
  if (parsed.success) return { kind: "event", event: parsed.data };
  const issue = parsed.error.issues[0];
  return {
    kind: "unreadable",
    reason: `a "${value.t}" event whose ${issue?.path.join(".") ?? "form"} is wrong`,
  };
}
