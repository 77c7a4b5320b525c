import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { graphOf, linesOf } from "../../../src/pipeline/graph.ts";
import { manifestJsonSchema, parseManifest, type Manifest } from "../../../src/pipeline/manifest.ts";
import { renderManifest } from "../../../src/pipeline/renderManifest.ts";

const root = path.resolve(import.meta.dirname, "../../..");

const text = `apiVersion: cellsmith/v1
name: churn
notebook: ../../notebooks/churn.ipynb
workdir: ../../notebooks

parameters:
  data_path: { type: path, access: read, default: ../data/customers.csv }
  rate:      { type: float, default: 0.25, description: "Share held out: a quarter" }

steps:
  load:
    component: components/load.py:load
    inputs: { data_path: $data_path }
    outputs:
      rows: { type: pandas.DataFrame, format: parquet }

  score:
    component: components/score.py:score
    inputs: { rows: load.rows, rate: $rate }
    outputs:
      auc: { type: float, format: json }
      fig: { format: png }

metrics:
  auc: { from: score.auc, goal: maximize }

gates:
  - { metric: auc, min: 0.78 }

environment: { python: "3.11", requirements: requirements.txt }
`;

function parsed(source: string): Manifest {
  const result = parseManifest(source);
  assert.ok("manifest" in result, "problems" in result ? result.problems[0].message : "");
  return result.manifest;
}

describe("a manifest", () => {
  it("is read, and written again as it was", () => {
    assert.equal(renderManifest(parsed(text)), text);
  });

  it("may have keys of anybody's", () => {
    assert.deepEqual(parsed(`${text}x-team: { owner: Ines }\n`), parsed(text));
    assert.deepEqual(
      parsed(text.replace("    inputs: { rows", "    x-note: mine\n    inputs: { rows")),
      parsed(text),
    );
  });

  const wrong: readonly (readonly [string, string, string, string])[] = [
    [
      "an unknown key",
      "name: churn",
      "name: churn\nnmae: x",
      "3:1 the pipeline has no key nmae; a key of your own starts with x-",
    ],
    [
      "an unknown key of a step",
      "    outputs:\n      rows",
      "    retry: 2\n    outputs:\n      rows",
      "14:5 steps.load has no key retry; a key of your own starts with x-",
    ],
    ["a missing key", "name: churn\n", "", "1:1 name is missing"],
    ["a parameter that is not there", "rate: $rate", "rate: $rat", "19:38 there is no parameter rat"],
    [
      "an output that is not there",
      "rows: load.rows",
      "rows: load.row",
      "19:21 the step load gives no row; it gives rows",
    ],
    [
      "a step that is not there",
      "rows: load.rows",
      "rows: lod.rows",
      "19:21 there is no step lod; there are load, score",
    ],
    [
      "a default of another type",
      "default: 0.25",
      "default: much",
      '8:38 rate: the default "much" is not of type float',
    ],
    [
      "access where there is no file",
      "type: float, default",
      "type: float, access: read, default",
      "8:37 rate: only a parameter of type path is read or written",
    ],
    [
      "a metric that is no number",
      "from: score.auc",
      "from: load.rows",
      "25:16 load.rows is a pandas.DataFrame, a metric is a number",
    ],
    ["a gate on nothing", "metric: auc, min", "metric: acc, min", "28:15 there is no metric acc"],
    [
      "a gate that holds nothing",
      "auc, min: 0.78",
      "auc",
      "28:5 the gate on auc needs min, max or noWorseThan",
    ],
    [
      "a picture as an input",
      "data_path: $data_path }",
      "data_path: score.fig }",
      "11:3 these steps wait for each other: load → score → load",
    ],
    ["a key that is here twice", "name: churn\n", "name: churn\nname: b\n", "3:1 this key is here twice"],
    [
      "an anchor",
      "name: churn",
      "name: &n churn",
      "2:10 anchors (&) and aliases (*) cannot be read by run.py: write the value out",
    ],
    [
      "a tag",
      "name: churn",
      "name: !!str churn",
      "2:13 tags (!) cannot be read by run.py: write the plain value",
    ],
    [
      "a text block",
      "name: churn\n",
      "name: |\n  churn\n",
      "2:7 a text over several lines cannot be read by run.py: write it in quotes on one line",
    ],
    [
      "a second document",
      "parameters:",
      "---\nparameters:",
      "6:1 a pipeline is one plain document: take this line out",
    ],
    [
      "another version",
      "cellsmith/v1",
      "cellsmith/v2",
      '1:13 apiVersion: invalid input: expected "cellsmith/v1"',
    ],
  ];
  for (const [what, from, to, expected] of wrong) {
    it(`says where ${what} stands`, () => {
      const result = parseManifest(text.replace(from, to));
      assert.ok("problems" in result);
      const { line, column, message } = result.problems[0];
      assert.equal(`${line}:${column} ${message}`, expected);
    });
  }

  it("survives any text", () => {
    for (const nonsense of [
      "",
      "\u0000",
      "- 1",
      "a: [",
      "steps: 3",
      "{",
      "a: b: c",
      "\t",
      "? x\n: y",
      "[]: 1",
      "null: 1",
    ]) {
      assert.ok("problems" in parseManifest(nonsense), nonsense);
    }
  });

  it("has a JSON Schema, which is the one that the editor is given", () => {
    const file = readFileSync(path.join(root, "media/schema/pipeline.schema.json"), "utf8");
    const committed: unknown = JSON.parse(file);
    assert.deepEqual(committed, JSON.parse(JSON.stringify(manifestJsonSchema())));
  });

  it("is read by the vendored runtime as it is read here, whatever its texts are", () => {
    const texts = [
      "plain",
      "with space",
      "a: b",
      "a #b",
      "#a",
      "'q'",
      '"q"',
      "yes",
      "null",
      "1.5",
      "0x1f",
      "1e3",
      "-",
      "- a",
      "{a}",
      "[a]",
      "a,b",
      "*a",
      "&a",
      "!a",
      "%a",
      "@a",
      "`a`",
      "ü ñ 日本",
      "back\\slash",
      "tab\there",
      "two\nlines",
      "",
      " lead",
      "trail ",
      "https://example.org/x?y=1",
      "C:\\data",
      "~",
      "a:",
      ":a",
      "?",
      "=",
      "<<",
      "2025-03-01",
      "+1",
      ".5",
      ".inf",
      "true",
    ];
    const numbers = [0, 1, -1, 0.1, 1e-7, 1.5e-10, 1e21, 123456789012, 1e100, -2.5e-8];
    const manifest: Manifest = {
      apiVersion: "cellsmith/v1",
      name: "texts",
      parameters: {
        ...Object.fromEntries(
          texts.map((value, at) => [`t${at}`, { type: "str", default: value, description: value }] as const),
        ),
        ...Object.fromEntries(
          numbers.map((value, at) => [`n${at}`, { type: "float", default: value }] as const),
        ),
        flag: { type: "bool", default: false },
      },
      steps: { a: { component: "components/a.py:a" } },
    };
    const written = renderManifest(manifest);
    assert.deepEqual(parsed(written), manifest);
    const python = spawnSync(
      "python3",
      [
        "-c",
        "import json, sys; sys.path.insert(0, sys.argv[1]); import _runtime; print(json.dumps(_runtime.PlainYaml(sys.stdin.read()).document()))",
        path.join(root, "src/runtime"),
      ],
      { input: written, encoding: "utf8" },
    );
    assert.equal(python.status, 0, python.stderr);
    assert.deepEqual(JSON.parse(python.stdout), JSON.parse(JSON.stringify(manifest)));
  });
});

describe("the graph of a pipeline", () => {
  const step = (inputs: Record<string, string> = {}): Manifest["steps"][string] => ({
    component: "c.py:c",
    inputs,
  });

  it("orders steps by what they need, else as they stand", () => {
    const steps = { c: step({ x: "b.x" }), a: step(), b: step({ x: "a.x" }), d: step() };
    assert.deepEqual(graphOf({ steps }).order, ["a", "b", "c", "d"]);
    assert.deepEqual(graphOf({ steps, order: [["d", "a"]] }).order, ["d", "a", "b", "c"]);
  });

  it("names a cycle", () => {
    const steps = {
      a: step({ x: "c.x" }),
      b: step({ x: "a.x" }),
      c: step({ x: "b.x" }),
      d: step({ x: "c.x" }),
    };
    const { cycle, order } = graphOf({ steps });
    assert.equal(cycle?.length, 4);
    assert.equal(cycle[0], cycle[3]);
    assert.deepEqual(order, []);
  });

  it("knows where each key stands", () => {
    const lines = linesOf(text, parsed(text));
    assert.deepEqual(
      [...lines.steps],
      [
        ["load", 11],
        ["score", 17],
      ],
    );
    assert.deepEqual([...lines.metrics], [["auc", 25]]);
    assert.equal(lines.parameters.get("rate"), 8);
  });
});
