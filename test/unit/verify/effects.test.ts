import assert from "node:assert/strict";
import type { Cell } from "../../../src/notebook/model.ts";
import { findEffects } from "../../../src/refactor/verify/effects.ts";

const cell = (source: string): Cell => ({
  index: 0,
  number: 7,
  id: "a",
  source,
  tags: [],
  executionCount: undefined,
  outputs: [],
  heading: undefined,
  startsSection: false,
  prose: "",
});

describe("what a check would do outside", () => {
  const table: readonly (readonly [string, string | undefined])[] = [
    ["!pip install pandas", "shell"],
    ["files = !ls", "shell"],
    ["%%bash\nls", "shell"],
    ["subprocess.run(['ls'])", "shell"],
    ["r = requests.get(url)", "network"],
    ['df = pd.read_csv("https://example.org/a.csv")', "network"],
    ["s3 = boto3.client('s3')", "network"],
    ["engine = create_engine(url)", "database"],
    ["con = sqlite3.connect('a.db')", "database"],
    ["df.to_sql('t', con)", "database"],
    ["%pip install pandas", "shell"],
    ["tips = sns.load_dataset('tips')", "network"],
    ["X, y = fetch_openml('mnist_784', return_X_y=True)", "network"],
    ["df.to_csv('/data/out.csv')", "file"],
    ["open('~/x.txt', 'w')", "file"],
    ["plt.savefig(Path.home() / 'x.png')", "file"],
    ["df.to_csv('out/a.csv')", undefined],
    ["df = pd.read_csv('/data/in.csv')", undefined],
    ["open('/data/in.csv', 'r')", undefined],
    ["X, y = load_iris(return_X_y=True)", undefined],
    ["# requests.get(url)", undefined],
    ["df = pd.read_csv('a.csv')", undefined],
    ["x != y", undefined],
    ["my_requests = 3", undefined],
  ];
  for (const [source, kind] of table) {
    it(`${source.replaceAll("\n", "⏎")} → ${kind ?? "nothing"}`, () => {
      assert.deepEqual(
        findEffects([cell(source)]).map((effect) => effect.kind),
        kind === undefined ? [] : [kind],
      );
    });
  }

  it("names the line and the cell as people count it", () => {
    assert.deepEqual(findEffects([cell("x = 1\n  r = requests.post(url)  ")]), [
      { kind: "network", number: 7, text: "r = requests.post(url)" },
    ]);
  });
});
