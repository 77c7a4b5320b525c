/** A three-way merge by lines, so that a re-conversion keeps what people wrote into generated files. */

export type Merge = { readonly clean: true; readonly text: string } | { readonly clean: false };

/**
 * Merges two changed texts of one base. Changes that touch or overlap are a conflict unless they are the same.
 * @param base the text as last generated.
 * @param mine the text on disk.
 * @param theirs the text as generated now.
 */
export function mergeTexts(base: string, mine: string, theirs: string): Merge {
  if (mine === theirs || base === theirs) return { clean: true, text: mine };
  if (base === mine) return { clean: true, text: theirs };
  const lines = base.split("\n");
  const mineLines = mine.split("\n");
  const theirLines = theirs.split("\n");
  const toMine = matchLines(lines, mineLines);
  const toTheirs = matchLines(lines, theirLines);
  const result: string[] = [];
  let at = 0;
  let atMine = 0;
  let atTheirs = 0;
  for (;;) {
    // The next base line that both sides kept ends the stretch in between.
    let next = at;
    while (next < lines.length && (toMine[next] === undefined || toTheirs[next] === undefined)) next += 1;
    const endMine = next < lines.length ? (toMine[next] ?? mineLines.length) : mineLines.length;
    const endTheirs = next < lines.length ? (toTheirs[next] ?? theirLines.length) : theirLines.length;
    const stretch = mergeStretch(
      lines.slice(at, next),
      mineLines.slice(atMine, endMine),
      theirLines.slice(atTheirs, endTheirs),
    );
    if (stretch === undefined) return { clean: false };
    result.push(...stretch);
    if (next >= lines.length) return { clean: true, text: result.join("\n") };
    result.push(lines[next] ?? "");
    at = next + 1;
    atMine = endMine + 1;
    atTheirs = endTheirs + 1;
  }
}

function mergeStretch(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
): readonly string[] | undefined {
  const same = (a: readonly string[], b: readonly string[]): boolean =>
    a.length === b.length && a.every((line, position) => line === b[position]);
  if (same(mine, theirs) || same(base, theirs)) return mine;
  return same(base, mine) ? theirs : undefined;
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
