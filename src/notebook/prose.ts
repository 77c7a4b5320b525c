/** What the markdown around code cells says: headings, the text under them, title and introduction. */

export interface MarkdownPart {
  /** Without its hashes; undefined for the text before any heading. */
  readonly heading: string | undefined;
  readonly text: string;
}

/** Cuts markdown at its headings; a `#` inside a fenced block is none. */
export function cutAtHeadings(markdown: string): readonly MarkdownPart[] {
  const parts: { heading: string | undefined; lines: string[] }[] = [{ heading: undefined, lines: [] }];
  let fence: string | undefined;
  for (const line of markdown.split(/\r\n|\r|\n/)) {
    const mark = /^\s*(```|~~~)/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || fence === mark))
      fence = fence === undefined ? mark : undefined;
    const heading = fence === undefined ? /^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$/.exec(line)?.[1] : undefined;
    if (heading === undefined) parts.at(-1)?.lines.push(line);
    else parts.push({ heading: plain(heading), lines: [] });
  }
  return parts
    .map(({ heading, lines }) => ({ heading, text: lines.join("\n").trim() }))
    .filter(({ heading, text }) => heading !== undefined || text !== "");
}

function plain(heading: string): string {
  return heading
    .replace(/<[^>]*>/g, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/(\*\*|__|[*`])/g, "")
    .trim();
}

/** The texts of some parts, without headings, as one text. */
export function proseOf(parts: readonly MarkdownPart[]): string {
  return parts
    .map(({ text }) => text)
    .filter((text) => text !== "")
    .join("\n\n");
}
