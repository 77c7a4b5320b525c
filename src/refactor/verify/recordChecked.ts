/** Writes into the lock what a check has shown, and for which files and cells. */
import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseLock, type Lock } from "../../pipeline/lock.ts";
import { basisWords, type Verification, type VerifyMode } from "./model.ts";
import { cellsDigest, currentDigest } from "./proof.ts";
import type { Subject } from "./subject.ts";

type Checked = Lock["checked"];

const place = { "in-process": "in one process", isolated: "step by step" } as const;

/** The block of the lock that a check writes; the rest stays as it is, byte for byte. */
const block = /^ {2}"checked": \{[\s\S]*?^ {2}\}/m;

/**
 * Updates `checked`; what was shown about other files or other cells than those of now is forgotten. A check on a sample
 * or against saved outputs is no proof of the whole, and stands apart.
 */
export async function recordChecked(subject: Subject, verification: Verification): Promise<void> {
  const file = path.join(subject.folder, "pipeline.lock.json");
  const text = await readFile(file, "utf8");
  const parsed = parseLock(text);
  if ("reason" in parsed) return;
  const digest = await currentDigest(subject.folder, parsed.lock.files);
  const cells = cellsDigest(subject.notebook);
  const before = parsed.lock.checked;
  const known = before.digest === digest && (before.cells ?? cells) === cells;
  const next = nextChecked(before, known, verification, { digest, cells });
  const entry = `"checked": ${JSON.stringify(next, null, 2).replaceAll("\n", "\n  ")}`;
  const written = text.replace(block, () => `  ${entry}`);
  if (written === text) return;
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, written);
  await rename(temporary, file);
}

function nextChecked(
  before: Checked,
  known: boolean,
  verification: Verification,
  now: { readonly digest: string; readonly cells: string },
): Checked {
  const modes: readonly VerifyMode[] =
    verification.mode === "both" ? ["in-process", "isolated"] : [verification.mode];
  const isWhole = verification.basis.kind === "run";
  const sameIn = (mode: VerifyMode): boolean =>
    verification.compared.every((one) => one.same || one.mode !== mode);
  const stateOf = (mode: VerifyMode): Checked["step by step"] => {
    if (isWhole && modes.includes(mode)) return sameIn(mode) ? "same" : "different";
    return known ? before[place[mode]] : "not checked";
  };
  const { state } = verification.signatures;
  const signatures = state === "not checked" ? (known ? before.signatures : undefined) : state;
  const basis = basisWords(verification.basis);
  const earlier = known ? (before.partly ?? []) : [];
  const partly = isWhole
    ? earlier
    : [
        ...earlier.filter((one) => one.basis !== basis || !modes.some((mode) => place[mode] === one.run)),
        ...modes.map((mode) => ({ basis, run: place[mode], same: sameIn(mode) })),
      ];
  return {
    "in one process": stateOf("in-process"),
    "step by step": stateOf("isolated"),
    ...(signatures === undefined ? {} : { signatures }),
    ...(partly.length === 0 ? {} : { partly }),
    with: verification.with,
    ...now,
    "not compared": before["not compared"],
  };
}
