import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openNotebook } from "../../../src/notebook/openNotebook.ts";
import { planViewSchema } from "../../../src/protocol/planPage.ts";
import { Conversion } from "../../../src/ui/conversion/conversion.ts";
import { targetFor } from "../../../src/ui/conversion/targetFolder.ts";
import { pageHtml } from "../../../src/ui/webviews/html.ts";

const root = path.resolve(import.meta.dirname, "../../..");

describe("a conversion on its page", () => {
  let workspace: string;
  let notebook: string;

  beforeEach(async () => {
    workspace = await mkdtemp(path.join(tmpdir(), "cellsmith-conversion-"));
    await cp(path.join(root, "media", "sample", "notebooks"), path.join(workspace, "notebooks"), {
      recursive: true,
    });
    notebook = path.join(workspace, "notebooks", "churn.ipynb");
  });

  afterEach(() => rm(workspace, { recursive: true, force: true }));

  async function plan(file = notebook): Promise<Conversion> {
    return Conversion.plan({
      notebook: await openNotebook(file),
      target: await targetFor(workspace, file),
      workspace,
      runtime: path.join(root, "src", "runtime"),
      trusted: true,
    });
  }

  it("says everything in the words of the protocol", async () => {
    const view = (await plan()).view();
    planViewSchema.parse(view);
    assert.deepEqual([view.from, view.to, view.notice], ["churn.ipynb", "pipelines/churn", undefined]);
    const load = view.steps.find(({ name }) => name === "load");
    assert.equal(load?.heading, "Load");
    assert.match(load.cells[0]?.label ?? "", /^cell \d+$/);
    assert.match(load.cells[0]?.line ?? "", /read_csv/);
    assert.ok(view.metrics.some(({ name, goal }) => name === "auc" && goal === "maximize"));
    const notes = view.goodToKnow.map((note) =>
      note.map((part) => (typeof part === "string" ? part : `\`${part.code}\``)).join(""),
    );
    assert.ok(
      notes.includes(
        "train writes `../models/churn.joblib`. While checking, it goes to a scratch folder; your file is not touched.",
      ),
      notes.join("\n"),
    );
    assert.match(
      notes.at(-1) ?? "",
      /^\d+ lines are not carried over: `%matplotlib inline`, .*`plt\.show\(\)`\u00a0\(\d×\)/,
    );
    assert.match(view.imports ?? "", /^Cell 2 became the imports of each step, and the settings /);
  });

  it("cannot be written while a decision is open, and says what the way out is about", async () => {
    const view = (await plan(path.join(workspace, "notebooks", "features_draft.ipynb"))).view();
    assert.equal(view.canWrite, false);
    assert.deepEqual(view.files, []);
    assert.match(view.decisions[0]?.message ?? "", /cutoff/);
  });

  it("refuses names that a step cannot have, and keeps those it has", async () => {
    const conversion = await plan();
    const rename = (name: string): Promise<void> => conversion.edit({ kind: "rename", step: "load", name });
    await assert.rejects(rename("2 fast"), /cannot be its name/);
    await assert.rejects(rename("train"), /There is a step train already/);
    await assert.rejects(rename("customers"), /The notebook uses customers for something else/);
    await rename("fetch");
    assert.ok(conversion.view().steps.some(({ name }) => name === "fetch"));
  });

  it("goes to a folder of another name, unless that has something in it", async () => {
    const conversion = await plan();
    await assert.rejects(conversion.renamePipeline("a/b"), /cannot be its name/);
    await mkdir(path.join(workspace, "pipelines", "taken"), { recursive: true });
    await writeFile(path.join(workspace, "pipelines", "taken", "mine.txt"), "");
    await assert.rejects(conversion.renamePipeline("taken"), /with something in it/);
    await conversion.renamePipeline("who_leaves");
    assert.deepEqual([conversion.view().to, conversion.view().name], ["pipelines/who_leaves", "who_leaves"]);
    await conversion.write(undefined);
    const written = path.join(workspace, "pipelines", "who_leaves", "pipeline.yaml");
    assert.match(await readFile(written, "utf8"), /^name: who_leaves$/m);
    const again = (await plan()).view();
    assert.deepEqual([again.to, again.name], ["pipelines/who_leaves", undefined]);
  });

  it("finds its own folder again and tells which files were changed by hand", async () => {
    await (await plan()).write(undefined);
    const component = path.join(workspace, "pipelines", "churn", "components", "load.py");
    await writeFile(component, `${await readFile(component, "utf8")}# mine\n`);
    const again = await plan();
    assert.deepEqual(again.edited, ["components/load.py"]);
    assert.match(
      again.view().notice ?? "",
      /^pipelines\/churn was made from this notebook before\. 1 file changed/,
    );
    const others = again.view().files.filter(({ state }) => state !== "same");
    assert.deepEqual(
      others.map((file) => file.path),
      ["components/load.py"],
    );
  });

  it("makes room for what is not its own", async () => {
    await mkdir(path.join(workspace, "pipelines"), { recursive: true });
    await writeFile(path.join(workspace, "pipelines", "churn"), "a file");
    assert.equal((await plan()).view().to, "pipelines/churn_2");
  });
});

describe("a page", () => {
  it("lets in one script and one style sheet, and nothing else", () => {
    const frame = {
      title: "<a>&",
      script: "https://x/plan.js",
      style: "https://x/plan.css",
      source: "https://x",
    };
    const [one, two] = [pageHtml(frame), pageHtml(frame)];
    assert.match(one, /default-src &#39;none&#39;|default-src 'none'/);
    assert.doesNotMatch(one, /unsafe/);
    assert.match(one, /<title>&#60;a&#62;&#38;<\/title>/);
    assert.notEqual(one, two);
  });
});
