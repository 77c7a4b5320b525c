/** `!pip install pandas`: another day, another version. */
import type { NotebookProblem, Place } from "./model.ts";
import type { Reading } from "./reading.ts";

const command =
  /^\s*[!%]\s*(?:(?:python3?|\{?sys\.executable\}?)\s+-m\s+)?(?:pip3?|uv pip)\s+install\s+(.*)$/;
/** Options that take the next word. */
const withValue =
  /^(-[rcitef]|--(requirement|constraint|index-url|extra-index-url|target|find-links|editable))$/;

export function unpinnedInstalls(reading: Reading): readonly NotebookProblem[] {
  return reading.cells.flatMap(({ cell }) =>
    cell.source.split("\n").flatMap((text, line): NotebookProblem[] => {
      const found = command.exec(text);
      const rest = found?.[1];
      if (rest === undefined) return [];
      const from = text.length - rest.length;
      const packages: { name: string; place: Place }[] = [];
      let skip = false;
      for (const match of rest.replace(/\s#.*$/, (comment) => " ".repeat(comment.length)).matchAll(/\S+/g)) {
        const [word] = match;
        if (/^[;&|>]/.test(word)) break;
        const taken = skip;
        skip = withValue.test(word);
        if (taken || skip || word.startsWith("-")) continue;
        const name = /^["']?([A-Za-z0-9][\w.-]*)(\[[\w,-]*\])?["']?$/.exec(word)?.[1];
        if (name === undefined || /\.(txt|whl|zip|gz)$/.test(name)) continue;
        const column = from + match.index;
        packages.push({ name, place: { line, column, endLine: line, endColumn: column + word.length } });
      }
      if (packages.length === 0) return [];
      const names = packages.map(({ name }) => name).join(", ");
      return [
        {
          code: "unpinnedInstall",
          cell: cell.index,
          place: {
            line,
            column: text.length - text.trimStart().length,
            endLine: line,
            endColumn: text.length,
          },
          message: `installs ${names} in whatever version there is that day`,
          fixes: [{ kind: "pin", title: "Pin the installed versions", cell: cell.index, packages }],
        },
      ];
    }),
  );
}
