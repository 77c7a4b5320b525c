import assert from "node:assert/strict";
import { mergeByGit } from "../../../src/git/mergeFile.ts";
import {
  mergeLines,
  mergeThreeWays,
  type Merge,
  type MergeTexts,
  type Side,
} from "../../../src/refactor/merge.ts";

const base = "import a\n\n\ndef f(x):\n    y = x\n    z = y + 1\n    return z\n";

const both: readonly (readonly [string, MergeTexts])[] = [
  ["git", mergeByGit],
  ["our own lines", mergeLines],
];

for (const [name, merge] of both) {
  const merged = (mine: string, theirs: string, favor?: Side): Promise<Merge> =>
    mergeThreeWays(merge, { base, mine, theirs }, favor);

  describe(`a three-way merge by ${name}`, () => {
    it("takes changes of both sides", async () => {
      const mine = base.replace("z = y + 1", "z = y + 2  # by hand");
      const theirs = base.replace("import a\n", "import a\nimport b\n");
      assert.deepEqual(await merged(mine, theirs), {
        clean: true,
        text: "import a\nimport b\n\n\ndef f(x):\n    y = x\n    z = y + 2  # by hand\n    return z\n",
      });
    });

    it("takes a change that both made once", async () => {
      const same = base.replace("y = x\n", "y = x * 2\n");
      assert.deepEqual(await merged(same, same), { clean: true, text: same });
    });

    it("marks the lines that both changed, and takes one side's where told to", async () => {
      const [mine, theirs] = [base.replace("y + 1", "y + 2"), base.replace("y + 1", "y + 3")];
      const found = await merged(mine, theirs);
      assert.ok(!found.clean);
      assert.match(
        found.marked,
        /\n<{7} changed by hand\n {4}z = y \+ 2\n[^]*={7}\n {4}z = y \+ 3\n>{7} from the notebook\n/,
      );
      assert.deepEqual(await merged(mine, theirs, "mine"), { clean: true, text: mine });
      assert.deepEqual(await merged(mine, theirs, "theirs"), { clean: true, text: theirs });
    });

    it("keeps the text that one side left alone", async () => {
      const theirs = base.replace("return z\n", "return z, y\n");
      assert.deepEqual(await merged(base, theirs), { clean: true, text: theirs });
      assert.deepEqual(await merged(theirs, base), { clean: true, text: theirs });
    });

    it("follows insertions at both ends and deletions", async () => {
      const mine = `# mine\n${base}`;
      const theirs = base.replace("\n\n\ndef", "\n\ndef") + "# theirs\n";
      const found = await merged(mine, theirs);
      assert.ok(found.clean);
      assert.match(found.text, /^# mine\nimport a\n\ndef f[^]*return z\n# theirs\n$/);
    });

    it("keeps the line ends of the text on disk", async () => {
      const mine = base.replace("y + 1", "y + 2").replaceAll("\n", "\r\n");
      const theirs = base.replace("import a\n", "import a\nimport b\n");
      const found = await merged(mine, theirs);
      assert.ok(found.clean);
      assert.equal(found.text, mine.replace("import a\r\n", "import a\r\nimport b\r\n"));
    });

    it("loses no line that a person wrote, whatever both sides did", async function () {
      this.timeout(60_000);
      const random = numbers(20_261_123);
      const start = Array.from({ length: 24 }, (_, line) => `line ${line}`);
      let conflicts = 0;
      for (let round = 0; round < (name === "git" ? 40 : 400); round += 1) {
        const mine = edited(start, "mine", random);
        const theirs = edited(start, "theirs", random);
        const input = { base: text(start), mine: text(mine), theirs: text(theirs) };
        const found = await mergeThreeWays(merge, input);
        const all = found.clean ? found.text : found.marked;
        if (!found.clean) conflicts += 1;
        const present = new Set(all.split("\n"));
        for (const line of [...mine, ...theirs].filter((one) => !start.includes(one)))
          assert.ok(present.has(line), `${line} is lost in\n${all}`);
        if (found.clean) {
          // A line that either side deleted is gone, one that both kept is there.
          for (const line of start)
            assert.equal(present.has(line), mine.includes(line) && theirs.includes(line), line);
        }
        const mineOnly = await mergeThreeWays(merge, input, "mine");
        assert.ok(mineOnly.clean);
        const kept = new Set(mineOnly.text.split("\n"));
        for (const line of mine.filter((one) => !start.includes(one))) assert.ok(kept.has(line), line);
      }
      assert.ok(conflicts > 5, `only ${conflicts} conflicts were met`);
    });
  });
}

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

/** Up to four edits: a line changed, put in, or taken out. */
function edited(lines: readonly string[], who: string, random: () => number): readonly string[] {
  const result = [...lines];
  const count = 1 + Math.floor(random() * 4);
  for (let edit = 0; edit < count; edit += 1) {
    const at = Math.floor(random() * result.length);
    const line = `${who} ${Math.floor(random() * 1e9)}`;
    const kind = Math.floor(random() * 3);
    result.splice(at, kind === 1 ? 0 : 1, ...(kind === 2 ? [] : [line]));
  }
  return result;
}

/** The same numbers every time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
