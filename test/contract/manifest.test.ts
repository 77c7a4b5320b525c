/** package.json and the code say the same, in both directions; what the manifest points to is there. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { manifestJsonSchema } from "../../src/pipeline/manifest.ts";
import { CommandId, ContextKey, SettingId, ViewContainerId, ViewId, WalkthroughId } from "../../src/ids.ts";

const root = path.resolve(import.meta.dirname, "../..");

const item = z.object({ command: z.string(), when: z.string().optional(), group: z.string().optional() });
const manifestSchema = z.object({
  icon: z.string(),
  publisher: z.string(),
  name: z.string(),
  activationEvents: z.array(z.string()),
  capabilities: z.object({
    untrustedWorkspaces: z.object({ restrictedConfigurations: z.array(z.string()) }),
  }),
  contributes: z.object({
    commands: z.array(
      z.object({
        command: z.string(),
        title: z.string(),
        category: z.string(),
        icon: z.string().optional(),
        enablement: z.string().optional(),
      }),
    ),
    configuration: z.object({ properties: z.record(z.string(), z.object({ default: z.unknown() })) }),
    menus: z.record(z.string(), z.array(item)),
    snippets: z.array(z.object({ path: z.string(), language: z.string() })),
    views: z.record(z.string(), z.array(z.object({ id: z.string(), name: z.string(), icon: z.string() }))),
    viewsContainers: z.object({ activitybar: z.array(z.object({ id: z.string(), icon: z.string() })) }),
    viewsWelcome: z.array(z.object({ view: z.string(), contents: z.string(), when: z.string().optional() })),
    walkthroughs: z.array(
      z.object({
        id: z.string(),
        steps: z.array(
          z.object({
            description: z.string(),
            media: z.object({ svg: z.string(), altText: z.string() }),
            completionEvents: z.array(z.string()),
          }),
        ),
      }),
    ),
    yamlValidation: z.array(z.object({ url: z.string() })),
  }),
});

const manifest = manifestSchema.parse(JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")));
const { contributes } = manifest;
const commands: readonly string[] = Object.values(CommandId);
const views: readonly string[] = Object.values(ViewId);

/** Keys of conditions that VS Code itself sets, as far as we use them. */
const knownKeys = new Set([
  ...Object.values(ContextKey),
  "isMergeEditor",
  "isWorkspaceTrusted",
  "mergeEditorResultUri",
  "notebookCellType",
  "notebookType",
  "resourceExtname",
  "resourceFilename",
  "resourceLangId",
  "resourcePath",
  "resourceScheme",
  "view",
  "viewItem",
  "workspaceFolderCount",
]);

/** What rows call themselves, for menus to tell them apart. */
const rowContexts = new Set(
  globSync("src/ui/views/*.ts", { cwd: root }).flatMap((file) =>
    [...readFileSync(path.join(root, file), "utf8").matchAll(/"([a-zA-Z]+(?:\.[a-zA-Z]+)?)"/g)].map(
      ([, word]) => word,
    ),
  ),
);

const sources = globSync("src/{extension.ts,ui/**/*.ts,platform/**/*.ts}", { cwd: root }).map((file) =>
  readFileSync(path.join(root, file), "utf8"),
);

function keysOf(condition: string): string[] {
  return condition
    .split(/&&|\|\|/)
    .map((term) => term.trim().replace(/^!/, ""))
    .flatMap((term) => {
      const [key = "", list] = term.split(/\s*(?:==|!=|=~|<|>)|\s+in\s+/);
      return term.includes(" in ") ? [key.trim(), list?.trim() ?? ""] : [key.trim()];
    })
    .filter((key) => key !== "" && key !== "false" && key !== "true");
}

const conditions = [
  ...Object.values(contributes.menus)
    .flat()
    .map(({ when }) => when),
  ...contributes.commands.map(({ enablement }) => enablement),
  ...contributes.viewsWelcome.map(({ when }) => when),
].filter((condition) => condition !== undefined);

describe("the manifest and the code", () => {
  it("name the same commands, in order", () => {
    assert.deepEqual(
      contributes.commands.map(({ command }) => command),
      commands.toSorted(),
    );
  });

  it("name the same views, in the order in which they are shown", () => {
    assert.deepEqual(Object.keys(contributes.views), [ViewContainerId]);
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [ViewContainerId],
    );
    assert.deepEqual(
      contributes.views[ViewContainerId]?.map(({ id }) => id),
      views,
    );
  });

  it("name the same settings, each read somewhere", () => {
    assert.deepEqual(Object.keys(contributes.configuration.properties), Object.values(SettingId).toSorted());
    for (const name of Object.keys(SettingId)) {
      const used = sources.filter((text) => text.includes(`.${name}(`) || text.includes(`"${name}"`));
      assert.ok(used.length > 1, `${name} is a setting that nothing uses`);
    }
    for (const id of manifest.capabilities.untrustedWorkspaces.restrictedConfigurations) {
      assert.ok(id in contributes.configuration.properties, id);
    }
  });

  it("use every context key on both sides", () => {
    for (const [name, key] of Object.entries(ContextKey)) {
      assert.ok(
        conditions.some((condition) => keysOf(condition).includes(key)),
        `${key} stands in no condition`,
      );
      assert.ok(
        sources.some((text) => text.includes(`ContextKey.${name}`)),
        `${key} is never set`,
      );
    }
  });
});

describe("the manifest", () => {
  for (const [place, items] of Object.entries(contributes.menus)) {
    it(`puts known commands in ${place}, sorted`, () => {
      for (const { command } of items) assert.ok(commands.includes(command), command);
      assert.deepEqual(
        items.map(({ command }) => command),
        items.map(({ command }) => command).toSorted(),
      );
    });
  }

  it("asks only for conditions that somebody sets", () => {
    for (const condition of conditions) {
      for (const key of keysOf(condition)) assert.ok(knownKeys.has(key), `${key} in ${condition}`);
      for (const [, word = ""] of condition.matchAll(/viewItem == ([\w.]+)/g)) {
        assert.ok(rowContexts.has(word), `no row is a ${word}`);
      }
      for (const [, id = ""] of condition.matchAll(/\bview == ([\w.]+)/g)) assert.ok(views.includes(id), id);
    }
  });

  it("hides from the palette what needs a row", () => {
    const hidden = contributes.menus.commandPalette?.filter(({ when }) => when === "false");
    assert.deepEqual(
      hidden?.map(({ command }) => command),
      [CommandId.completeMerge, CommandId.moveCell, CommandId.open],
    );
  });

  it("keeps what runs code for folders that are trusted", () => {
    const trusted = contributes.commands.filter(({ enablement }) => enablement === "isWorkspaceTrusted");
    assert.deepEqual(
      trusted.map(({ command }) => command),
      [CommandId.checkPipeline, CommandId.runTracked, CommandId.selectInterpreter],
    );
  });

  it("writes titles as commands are written", () => {
    for (const { title, category } of contributes.commands) {
      assert.equal(category, "Cellsmith");
      assert.match(title, /^[A-Z]\w*( (to|from|[A-Z]\w*))*$/);
    }
  });

  it("links to commands and views that exist", () => {
    const texts = [
      ...contributes.viewsWelcome.map(({ contents }) => contents),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ description }) => description)),
    ];
    const focus = views.map((view) => `${view}.focus`);
    for (const text of texts) {
      for (const [, id = ""] of text.matchAll(/\(command:(cellsmith\.[\w.]+)/g)) {
        assert.ok(commands.includes(id) || focus.includes(id), id);
      }
    }
    for (const { view } of contributes.viewsWelcome) assert.ok(views.includes(view), view);
    for (const view of views) assert.ok(contributes.viewsWelcome.some((welcome) => welcome.view === view));
  });

  it("has a walkthrough whose steps can be completed", () => {
    const [walkthrough, ...more] = contributes.walkthroughs;
    assert.deepEqual([walkthrough?.id, more], [WalkthroughId.split(".")[1], []]);
    for (const { completionEvents } of walkthrough?.steps ?? []) {
      assert.notEqual(completionEvents.length, 0);
      for (const event of completionEvents) {
        const [kind = "", id = ""] = event.split(":");
        assert.ok(
          kind === "onCommand" ? commands.includes(id) : kind === "onView" && views.includes(id),
          event,
        );
      }
    }
  });

  it("points to files that are there", () => {
    const files = [
      manifest.icon,
      ...contributes.snippets.map((snippet) => snippet.path),
      ...(contributes.views[ViewContainerId] ?? []).map(({ icon }) => icon),
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.svg)),
      ...contributes.yamlValidation.map(({ url }) => url),
    ];
    for (const file of files) assert.ok(existsSync(path.join(root, file)), file);
  });
});

describe("the schema of pipeline.yaml", () => {
  it("is the one that the code reads with", () => {
    const [contribution] = contributes.yamlValidation;
    assert.ok(contribution);
    const text = readFileSync(path.join(root, contribution.url), "utf8");
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(manifestJsonSchema())));
  });
});

describe("snippets", () => {
  const snippet = z.record(
    z.string(),
    z.object({ prefix: z.array(z.string()), description: z.string(), body: z.array(z.string()) }),
  );
  for (const { path: file } of contributes.snippets) {
    it(`of ${file} are complete, and start with our name`, () => {
      const all = Object.values(snippet.parse(JSON.parse(readFileSync(path.join(root, file), "utf8"))));
      assert.notEqual(all.length, 0);
      for (const { prefix } of all) for (const word of prefix) assert.match(word, /^cellsmith-/);
    });
  }
});
