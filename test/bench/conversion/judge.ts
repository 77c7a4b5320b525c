/** Pure judgement: did something show the same as the notebook, and is a notebook fit to be asked about? */
import type { Judged, RunRecord, Shown } from "./model.ts";

export interface Whole {
  readonly stdout: string;
  readonly images: readonly string[];
}

/** What a run showed from top to bottom, however it was cut into cells or steps. */
export function whole(shown: readonly Shown[]): Whole {
  return {
    stdout: shown.map(({ stdout }) => stdout).join(""),
    images: shown.flatMap(({ images }) => images),
  };
}

/** Compares printed text and pictures; results that a cell merely echoes are not counted against anyone. */
export function judgeRecord(wanted: readonly Shown[], record: RunRecord): Judged {
  if ("failed" in record) return { outcome: "crash", reason: record.failed };
  const [mine, theirs] = [whole(wanted), whole(record.cells)];
  const text = judgeText(mine.stdout, theirs.stdout);
  if (text.outcome !== "same") return text;
  const at = mine.images.findIndex((image, index) => image !== theirs.images[index]);
  if (at >= 0 || mine.images.length !== theirs.images.length) {
    const place = at >= 0 ? at : mine.images.length;
    const reason = theirs.images[place] === undefined ? "is not drawn" : "is another";
    return { outcome: "different", reason: `figure ${place + 1} ${reason}` };
  }
  return text;
}

/** Compares printed text alone. */
export function judgeText(wanted: string, printed: string): Judged {
  const [mine, theirs] = [masked(wanted), masked(printed)];
  if (mine === theirs) return { outcome: "same", reason: "" };
  const lines = theirs.split("\n");
  const row = mine.split("\n").findIndex((line, at) => line !== lines[at]);
  const at = row < 0 ? mine.split("\n").length : row;
  const [one = "nothing", other = "nothing"] = [mine.split("\n")[at], lines[at]];
  return { outcome: "different", reason: `line ${at + 1}: ${shortened(one)} became ${shortened(other)}` };
}

/** Addresses of objects differ from run to run. */
export function masked(text: string): string {
  return text.replaceAll(/\b0x[0-9a-fA-F]{6,}\b/g, "0x");
}

function shortened(line: string): string {
  return JSON.stringify(line.slice(0, 60));
}

export type Fitness =
  | "fit"
  | "small"
  | "slow"
  | "needs the network"
  | "needs a file"
  | "needs a package"
  | "fails"
  | "shows nothing"
  | "not the same twice";

const needs: readonly (readonly [RegExp, Fitness])[] = [
  [/^took too long/, "slow"],
  [/offline|URLError|HTTPError|ConnectionError|gaierror|Max retries/, "needs the network"],
  [/^FileNotFoundError/, "needs a file"],
  [/^(ModuleNotFound|Import)Error/, "needs a package"],
];

/** Why a notebook does not run, from what ended it. */
export function whyItFails(failed: string): Fitness {
  return needs.find(([pattern]) => pattern.test(failed))?.[1] ?? "fails";
}

/** Is a notebook fit to measure conversions with? From two runs of it. */
export function fitness(first: RunRecord, second: RunRecord): Fitness {
  if ("failed" in first) return whyItFails(first.failed);
  const shows = first.cells.some(
    ({ stdout, texts, images }) => stdout !== "" || texts.length > 0 || images.length > 0,
  );
  if (!shows) return "shows nothing";
  return JSON.stringify(first) === JSON.stringify(second) ? "fit" : "not the same twice";
}

/** One of several ways to run the same conversion: the worst counts. */
export function worst(judged: readonly Judged[]): Judged {
  const order = ["different", "crash", "refused", "same"];
  const [first = { outcome: "same" as const, reason: "" }] = judged.toSorted(
    (a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome),
  );
  return first;
}
