import type { RunEvent } from "../../../src/tracking/events.ts";
import type { RunContext } from "../../../src/tracking/reduceRun.ts";
import { parseEvent } from "../../../src/tracking/parseEvent.ts";

/** An event as a journal would hold it; `fields` must hold what its kind needs. */
export function event(t: string, ts: number, fields: Record<string, unknown> = {}): RunEvent {
  const parsed = parseEvent(JSON.stringify({ v: 1, seq: 0, t, ts, ...fields }));
  if (parsed.kind !== "event") throw new TypeError(`a test made a bad event: ${JSON.stringify(parsed)}`);
  return parsed.event;
}

export const start = (ts: number, fields: Record<string, unknown> = {}): RunEvent =>
  event("run", ts, {
    id: "one",
    name: "",
    experiment: "churn",
    target: { kind: "pipeline", path: "/work space/pipelines/churn" },
    ...fields,
  });

export const context = (over: Partial<RunContext> = {}): RunContext => ({
  id: "one",
  store: "test",
  folder: "/work space/.cellsmith/runs/one",
  number: 1,
  ownerAlive: false,
  logs: [],
  ...over,
});
