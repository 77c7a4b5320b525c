import assert from "node:assert/strict";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { analyzeProgram } from "../../../src/analysis/analyzeProgram.ts";
import { describeNotebook } from "../../../src/notebook/insight.ts";
import { toProgram } from "../../../src/notebook/program.ts";
import { parseNotebook } from "../../../src/notebook/readNotebook.ts";
import { type NotebookFacts, notebookRows } from "../../../src/ui/views/notebookRows.ts";
import { readNotebookFacts } from "../../../src/ui/workspace/readNotebookFacts.ts";
import { shown } from "./rows.ts";

function facts(path: string, text: string): NotebookFacts {
  const read = parseNotebook(text, path);
  if (!read.ok) return { ok: false, path, reason: read.reason };
  const { notebook } = read;
  return {
    ok: true,
    path,
    notebook,
    insight: describeNotebook(notebook, analyzeProgram(toProgram(notebook).units)),
  };
}

describe("rows of notebooks", () => {
  before(() => loadPythonParser());

  it("tell the news first, and of a cell no more than fits before what it does", async () => {
    const script =
      "# %%\nimport pandas as pd\n# %%\nthe_customers_of_last_year = pd.read_csv('c.csv')\n# %%\nprint(df2)\n";
    assert.deepEqual(await shown(notebookRows("/w", [facts("/w/explore.py", script)])), [
      "explore.py  breaks in a fresh run: cell 3 needs df2, which no cell makes · 3 cells",
      "  1  import pandas as pd",
      "  2  the_customers_o…  reads c.csv",
      "  3  print(df2)  cell 3 needs df2, which no cell makes",
    ]);
  });

  it("say of one that cannot be used why, without its name again", async () => {
    const broken = [
      facts("/w/bad.ipynb", "{"),
      facts(
        "/w/in_r.ipynb",
        JSON.stringify({ cells: [], metadata: { kernelspec: { language: "R" } }, nbformat: 4 }),
      ),
      facts("/w/empty.ipynb", JSON.stringify({ cells: [], metadata: {}, nbformat: 4 })),
    ];
    for (const line of await shown(notebookRows("/w", broken))) {
      assert.match(line, /^(\w+\.ipynb) {2}(?!is |\1)[a-z]/);
    }
  });

  it("stay where a file cannot be read", async () => {
    const read = await readNotebookFacts("no such file", () => undefined);
    assert.match(read.ok ? "" : read.reason, /cannot be read \(ENOENT\)/);
  });
});
