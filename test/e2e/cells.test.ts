// The cells of a notebook: what is told of them, what mends it, and how some of them become a component.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../scripts/setup/paths.ts";
import { sampleWorkbench } from "./sampleWorkbench.ts";
import { until } from "./until.ts";
import { useWorkbench } from "./useWorkbench.ts";

const cells = [
  'import pandas as pd\n\ndata_path = "../data/customers.csv"',
  "!pip install -q pandas",
  "customers = pd.read_csv(data_path)\ncustomers.dropna()",
  'customers["rated"] = customers["rating"].notna().astype(int)\ncustomers["rating"] = customers["rating"].fillna(0)',
  "print(custmers.shape)\nprint(np.mean(customers['rating']))",
];

async function withTroubles(folder: string): Promise<void> {
  await cp(join(root, "media", "sample"), folder, { recursive: true });
  const document = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "python3", language: "python", display_name: "Python 3" } },
    cells: cells.map((source, index) => ({
      ...{ cell_type: "code", id: `cell-${index}`, metadata: {}, outputs: [], execution_count: null },
      source: source.split(/(?<=\n)/),
    })),
  };
  await writeFile(join(folder, "notebooks", "ratings.ipynb"), JSON.stringify(document));
}

describe("the cells of a notebook", function () {
  this.bail(true);
  const workbench = useWorkbench(() => sampleWorkbench({ workspace: withTroubles }));

  it("have squiggles for what no cell makes, and the rest in the view", async () => {
    const { sidebar, page } = workbench();
    await sidebar.open("Cellsmith");
    await sidebar.showOnly("Notebooks");
    const row = sidebar.rowSaying("Notebooks", "ratings.ipynb", "cell 5 needs");
    await sidebar.expand(row);
    await sidebar.rowSaying("Notebooks", "cell 2", "installs pandas in whatever version").waitFor();
    await sidebar.rowSaying("Notebooks", "cell 3", "customers stays as it was").waitFor();
    await workbench().openFile("notebooks/ratings.ipynb");
    await page.locator(".notebookOverlay .squiggly-warning").first().waitFor();
    assert.ok((await page.locator(".notebookOverlay .squiggly-warning").count()) >= 2);
    await workbench().screenshotInThemes("notebook-problems");
  });

  it("are mended from the light bulb", async () => {
    const { page } = workbench();
    await page.locator(".notebookOverlay .view-line", { hasText: "custmers" }).getByText("custmers").click();
    await page.keyboard.press("ControlOrMeta+.");
    const entry = page.locator(".action-widget .monaco-list-row", { hasText: "Did you mean customers?" });
    await entry.waitFor();
    await workbench().screenshotAsItIs("quick-fix");
    await entry.click();
    await page.locator(".notebookOverlay .view-line", { hasText: "print(customers.shape)" }).waitFor();
  });

  it("become a component that the notebook imports", async () => {
    const { page } = workbench();
    await page.locator(".notebookOverlay .view-line", { hasText: '"rated"' }).first().click();
    await page.keyboard.press("ControlOrMeta+A");
    await workbench().command("Cellsmith: Extract to Component");
    await workbench().waitForText("Name of the function", ".quick-input-widget");
    await workbench().screenshotAsItIs("extract-name");
    await workbench().enter("rate");
    const file = join(workbench().folder, "notebooks", "ratings_components", "rate.py");
    await until("the file is there", () => Promise.resolve(existsSync(file)), 10);
    assert.match(await readFile(file, "utf8"), /^def rate\(customers: pd\.DataFrame\)/m);
    await page
      .locator(".notebookOverlay .view-line", { hasText: "from ratings_components.rate import rate" })
      .first()
      .waitFor();
    await workbench().screenshotInThemes("extracted");
  });
});
