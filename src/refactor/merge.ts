/**
 * Merging three ways, so that a re-conversion keeps what people wrote into generated files. The work is git's where there
 * is a git to ask (`git/mergeFile.ts`). The line merge of this file stands in where there is none, and in folders that
 * are not trusted, where no process may be started.
 */

/** The three texts. `mine` is on disk, `base` was generated before, `theirs` is generated now. */
export interface MergeInput {
  readonly base: string;
  readonly mine: string;
  readonly theirs: string;
}

export type Side = "mine" | "theirs";

/** `marked` has git's conflict marks round the lines that both sides changed. */
export type Merge =
  { readonly clean: true; readonly text: string } | { readonly clean: false; readonly marked: string };

/**
 * Merges. Changes that touch or overlap are a conflict unless they are the same.
 * @param favor whose lines are taken where both sides changed the same; without it that is a conflict.
 */
export type MergeTexts = (input: MergeInput, favor?: Side) => Promise<Merge>;

export const sideNames = {
  mine: "changed by hand",
  base: "as it was generated",
  theirs: "from the notebook",
};

/** Asks `merge` only where both sides changed, and speaks to it in one kind of line ends: those of the text on disk. */
export async function mergeThreeWays(merge: MergeTexts, input: MergeInput, favor?: Side): Promise<Merge> {
  const windows = input.mine.includes("\r\n");
  const plain = (text: string): string => text.replaceAll("\r\n", "\n");
  const ended = (text: string): string => (windows ? text.replaceAll("\n", "\r\n") : text);
  const [base, mine, theirs] = [plain(input.base), plain(input.mine), plain(input.theirs)];
  if (mine === theirs || base === theirs) return { clean: true, text: input.mine };
  if (base === mine) return { clean: true, text: ended(theirs) };
  const merged = await merge({ base, mine, theirs }, favor);
  return merged.clean
    ? { clean: true, text: ended(merged.text) }
    : { clean: false, marked: ended(merged.marked) };
}

/** The merge that needs no git. */
export const mergeLines: MergeTexts = ({ base, mine, theirs }, favor) => {
  const [lines, mineLines, theirLines] = [base.split("\n"), mine.split("\n"), theirs.split("\n")];
  const toMine = matchLines(lines, mineLines);
  const toTheirs = matchLines(lines, theirLines);
  const result: string[] = [];
  let clean = true;
  let [at, atMine, atTheirs] = [0, 0, 0];
  for (;;) {
    // The next base line that both sides kept ends the stretch in between.
    let next = at;
    while (next < lines.length && (toMine[next] === undefined || toTheirs[next] === undefined)) next += 1;
    const endMine = next < lines.length ? (toMine[next] ?? mineLines.length) : mineLines.length;
    const endTheirs = next < lines.length ? (toTheirs[next] ?? theirLines.length) : theirLines.length;
    const stretch = {
      base: lines.slice(at, next),
      mine: mineLines.slice(atMine, endMine),
      theirs: theirLines.slice(atTheirs, endTheirs),
    };
    const merged = mergeStretch(stretch) ?? (favor === undefined ? undefined : stretch[favor]);
    if (merged === undefined) clean = false;
    result.push(...(merged ?? marked(stretch)));
    if (next >= lines.length) break;
    result.push(lines[next] ?? "");
    at = next + 1;
    atMine = endMine + 1;
    atTheirs = endTheirs + 1;
  }
  const text = result.join("\n");
  return Promise.resolve(clean ? { clean, text } : { clean, marked: text });
};

type Stretch = Readonly<Record<"base" | "mine" | "theirs", readonly string[]>>;

function mergeStretch({ base, mine, theirs }: Stretch): readonly string[] | undefined {
  const same = (a: readonly string[], b: readonly string[]): boolean =>
    a.length === b.length && a.every((line, position) => line === b[position]);
  if (same(mine, theirs) || same(base, theirs)) return mine;
  return same(base, mine) ? theirs : undefined;
}

function marked({ base, mine, theirs }: Stretch): readonly string[] {
  return [
    ...[`<<<<<<< ${sideNames.mine}`, ...mine],
    ...[`||||||| ${sideNames.base}`, ...base],
    ...["=======", ...theirs, `>>>>>>> ${sideNames.theirs}`],
  ];
}

/** For each line of `a` the line of `b` it corresponds to in a longest common subsequence. */
function matchLines(a: readonly string[], b: readonly string[]): readonly (number | undefined)[] {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let row = a.length - 1; row >= 0; row -= 1) {
    for (let column = b.length - 1; column >= 0; column -= 1) {
      const here = row * width + column;
      lengths[here] =
        a[row] === b[column]
          ? (lengths[here + width + 1] ?? 0) + 1
          : Math.max(lengths[here + width] ?? 0, lengths[here + 1] ?? 0);
    }
  }
  const matches: (number | undefined)[] = new Array<number | undefined>(a.length).fill(undefined);
  let row = 0;
  let column = 0;
  while (row < a.length && column < b.length) {
    const here = row * width + column;
    if (a[row] === b[column]) {
      matches[row] = column;
      row += 1;
      column += 1;
    } else if ((lengths[here + width] ?? 0) >= (lengths[here + 1] ?? 0)) row += 1;
    else column += 1;
  }
  return matches;
}
