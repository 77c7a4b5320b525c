// The plan of a conversion, arranged before anything is written, and the dependencies of the notebook: by keys and by the mouse.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Frame, Locator } from "playwright-core";
import { sampleWorkbench } from "./sampleWorkbench.ts";
import { until } from "./until.ts";
import { useWorkbench } from "./useWorkbench.ts";

describe("a plan", function () {
  this.bail(true);
  const workbench = useWorkbench(() => sampleWorkbench());
  const file = (...parts: string[]): string => join(workbench().folder, ...parts);
  const plan = (): Promise<Frame> => workbench().webview("#page table.steps");
  const press = (key: string): Promise<void> => workbench().page.keyboard.press(key);

  async function step(name: string): Promise<Locator> {
    const page = await plan();
    return page.locator("tr.step", {
      has: page.locator("button.name", { hasText: new RegExp(`^${name}$`) }),
    });
  }
  async function cell(label: string): Promise<Locator> {
    const page = await plan();
    return page.locator("tr.cellRow", {
      has: page.locator("button.link", { hasText: new RegExp(`^${label}$`) }),
    });
  }
  async function status(said: string | RegExp): Promise<void> {
    const page = await plan();
    await page.locator(".status", { hasText: said }).waitFor();
  }
  async function cellsOf(name: string): Promise<string> {
    return (await step(name)).locator(".heading").innerText();
  }

  it("says of each step what it takes and gives, with types, and of each cell why it is there", async () => {
    await workbench().openFile("notebooks/churn.ipynb");
    await workbench().command("Cellsmith: Convert Notebook to Pipeline");
    const split = await step("split");
    assert.match(await split.locator("td").nth(1).innerText(), /X_train\s+DataFrame[^]*y_test\s+Series/);
    assert.match(await (await cell("cell 10")).innerText(), /changes customers that cell 9 made/);
  });

  it("is walked and arranged with keys, and every key is told", async () => {
    const page = await plan();
    assert.match(await page.locator("#keys").innerText(), /F2 renames[^]*Alt\+↑ ↓ moves the cell/);
    assert.equal(await page.locator("table.steps").getAttribute("aria-describedby"), "keys");
    await (await step("load")).focus();
    for (let down = 0; down < 4; down += 1) await press("ArrowDown");
    await until(
      "cell 10 has the focus",
      async () => {
        const focused: unknown = await page.evaluate("document.activeElement?.innerText ?? ''");
        return String(focused).startsWith("cell 10");
      },
      10,
    );
    await press("s");
    await status("prepare is split before cell 10.");
    await press("Alt+ArrowUp");
    await status("Cell 10 is now in prepare.");
    assert.match(await cellsOf("prepare"), /cells 9, 10$/);
    assert.match(await (await cell("cell 10")).innerText(), /you put it here/);
    await press("m");
    await status("prepare is now part of load.");
    await press("F2");
    await workbench().page.keyboard.type("gather");
    await press("Enter");
    await status("load is now called gather.");
    assert.match(await cellsOf("gather"), /cells 4, 9, 10$/);
  });

  it("undoes and redoes all of it", async () => {
    await press("Control+Z");
    await status("Undone: load is now called gather.");
    await press("Control+Z");
    await status("Undone: prepare is now part of load.");
    assert.match(await cellsOf("prepare"), /cells 9, 10$/);
    await press("Control+Shift+Z");
    await status("prepare is now part of load.");
    await press("Control+Z");
  });

  it("says why something cannot be, and stays as it is", async () => {
    await (await step("load")).focus();
    await press("m");
    await status("There is no step above load.");
  });

  it("takes a cell that is dragged to another step, with what stands between", async () => {
    await (await cell("cell 12")).dragTo(await step("train"));
    await status("Cell 12 is now in train, and with it cell 14, which stands between.");
    await press("Control+Z");
    await status("Undone");
  });

  it("shows the code of a step beside, which follows each edit", async () => {
    const { page } = workbench();
    const code = page.locator(".editor-instance .view-lines").first();
    await (await step("prepare")).locator("button.name").click();
    await code.filter({ hasText: "def prepare" }).waitFor();
    await (await step("prepare")).focus();
    await press("F2");
    await page.keyboard.type("tidy");
    await press("Enter");
    await status("prepare is now called tidy.");
    await code.filter({ hasText: "def tidy" }).waitFor();
    await until(
      "one planned file is open",
      async () => (await page.locator(".tab", { hasText: "prepare.py" }).count()) === 0,
      10,
    );
  });

  it("turns a setting off and on, and a metric the other way", async () => {
    const page = await plan();
    const seed = page.locator("li.setting", { hasText: "seed" });
    await seed.getByRole("button", { name: "No setting: leave 11 in the code" }).click();
    await status("seed is no setting any more: its value stays in the code.");
    await page.locator("summary", { hasText: "+ 1 more number…" }).click();
    await page.getByRole("button", { name: /^Make seed of cell 2 a setting$/ }).click();
    await status("seed is a setting now.");
    await page.getByRole("combobox", { name: "Which way recall is better" }).selectOption("minimize");
    await status("recall: lower is better.");
  });

  it("looks as it should", async () => {
    await workbench().screenshotInThemes("plan-arranged");
  });

  it("remembers the choices when it is closed and opened again, and the pipeline is what was arranged", async () => {
    const first = await plan();
    await first.getByRole("button", { name: "Cancel" }).click();
    await until(
      "the plan is closed",
      async () => (await workbench().page.locator(".tab", { hasText: "→ Pipeline" }).count()) === 0,
      10,
    );
    assert.ok(!existsSync(file("pipelines")));
    await workbench().command("Cellsmith: Convert Notebook to Pipeline");
    await status("Your choices from last time are back.");
    assert.match(await cellsOf("tidy"), /cells 9, 10$/);
    const page = await plan();
    await page.getByRole("button", { name: /^Write \d+ Files$/ }).click();
    await workbench().tab("pipeline.yaml").waitFor();
    const manifest = await readFile(file("pipelines", "churn", "pipeline.yaml"), "utf8");
    assert.match(manifest, /component: components\/tidy\.py:tidy/);
    assert.match(manifest, /recall: .*goal: minimize/);
  });
});

describe("a plan with a cell that cannot be converted", () => {
  const workbench = useWorkbench(() => sampleWorkbench());

  it("offers the ways out as buttons, and goes on after one", async () => {
    await workbench().openFile("notebooks/features_draft.ipynb");
    await workbench().command("Cellsmith: Convert Notebook to Pipeline");
    const page = await workbench().webview("#page #decisions");
    const write = page.getByRole("button", { name: /^Write(?: \d+ Files?)?$/ });
    assert.ok(await write.isDisabled());
    await workbench().screenshotInThemes("plan-decision");
    for (
      let more = await page.locator("#decisions").count();
      more > 0;
      more = await page.locator("#decisions").count()
    ) {
      await page
        .getByRole("button", { name: /^Leave the Cell Out/ })
        .first()
        .click();
      await page.locator(".status", { hasText: "is left out." }).waitFor();
    }
    assert.ok(!(await write.isDisabled()));
  });
});

describe("the dependencies of a notebook", function () {
  this.bail(true);
  const workbench = useWorkbench(() => sampleWorkbench());
  const board = (): Promise<Frame> => workbench().webview("#page .board");
  const focused = async (): Promise<string> => {
    const label: unknown = await (
      await board()
    ).evaluate("document.activeElement?.getAttribute('aria-label') ?? ''");
    return String(label);
  };
  const at = (start: string): Promise<void> =>
    until(`${start} has the focus`, async () => (await focused()).startsWith(start), 10);

  it("stand beside the notebook, each cell with what it takes, changes and gives", async () => {
    await workbench().openFile("notebooks/churn.ipynb");
    await workbench().command("Cellsmith: Show Dependencies");
    const page = await board();
    const heads = page.locator("button.head");
    const words = await Promise.all(
      Array.from({ length: await heads.count() }, (_, nth) => heads.nth(nth).getAttribute("aria-label")),
    );
    assert.equal(words.length, 14);
    assert.ok(
      words.some((text) =>
        /^cell 10: .*; changes customers of cell 9; gives customers to cell 11$/.test(text ?? ""),
      ),
      words.join("\n"),
    );
  });

  it("are walked along the lines, and lead to the notebook", async () => {
    const page = await board();
    await page.locator("button.head[tabindex='0']").focus();
    await workbench().page.keyboard.press("Home");
    await at("cell 2:");
    await workbench().page.keyboard.press("ArrowRight");
    await at("cell 4:");
    await workbench().page.keyboard.press("ArrowRight");
    await at("cell 6:");
    await workbench().page.keyboard.press("ArrowLeft");
    await at("cell 4:");
    await workbench().page.keyboard.press("ArrowRight");
    await at("cell 7:");
    await workbench().page.keyboard.press("Enter");
    await workbench()
      .page.locator(".notebookOverlay .monaco-list-row.focused", { hasText: "value_counts" })
      .waitFor();
    await at("cell 7:");
  });

  it("follow the cell that is chosen in the notebook", async () => {
    const page = await board();
    await workbench().page.keyboard.press("ArrowUp");
    await workbench().page.keyboard.press("Enter");
    const row = (text: string): Locator =>
      workbench().page.locator(".notebookOverlay .monaco-list-row", { hasText: text }).first();
    await workbench()
      .page.locator(".notebookOverlay .monaco-list-row.focused", { hasText: "isna" })
      .waitFor();
    await row("value_counts").locator(".view-lines").first().click();
    await page.locator("li.here button.head[aria-label^='cell 7:']").waitFor();
  });

  it("follow what is typed", async () => {
    await workbench().page.keyboard.press("Control+Home");
    await workbench().page.keyboard.type("extra = seed + 1\n");
    const page = await board();
    await page.locator("button.head[aria-label*='takes seed of cell 2']", { hasText: "extra" }).waitFor();
    await workbench().screenshotInThemes("dependencies");
  });
});

describe("the dependencies of a long notebook", () => {
  const workbench = useWorkbench(() =>
    sampleWorkbench({
      workspace: async (folder) => {
        const cells = Array.from({ length: 100 }, (_, at) => ({
          ...{ cell_type: "code", id: `c${at}`, metadata: {}, outputs: [], execution_count: null },
          source:
            at === 0 ? "v0 = [1]" : `v${at} = v${at - 1} + v${Math.floor(at / 2)}\nv${at % 7}.append(${at})`,
        }));
        const notebook = {
          cells,
          metadata: { language_info: { name: "python" } },
          nbformat: 4,
          nbformat_minor: 5,
        };
        await writeFile(join(folder, "long.ipynb"), JSON.stringify(notebook));
      },
    }),
  );

  it("are one row a cell, and only the one that is chosen says all", async () => {
    await workbench().openFile("long.ipynb");
    await workbench().command("Cellsmith: Show Dependencies");
    const page = await workbench().webview("#page .board");
    assert.equal(await page.locator("button.head").count(), 100);
    assert.equal(await page.locator(".details:visible").count(), 1);
    await workbench().screenshot("dependencies-long");
  });
});
