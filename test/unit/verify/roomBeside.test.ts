import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { hasRoomBeside } from "../../../src/refactor/verify/roomBeside.ts";

const gigabyte = 1024 ** 3;
const cases: readonly [
  string,
  { cpu: number; memory: number },
  { cores: number; memory: number },
  boolean,
][] = [
  ["a small one on two cores", { cpu: 9, memory: 1 }, { cores: 2, memory: 8 }, true],
  ["one core", { cpu: 5, memory: 1 }, { cores: 1, memory: 8 }, false],
  ["a run that fills both cores", { cpu: 18, memory: 1 }, { cores: 2, memory: 8 }, false],
  ["the same on many cores", { cpu: 18, memory: 1 }, { cores: 8, memory: 8 }, true],
  ["a run that needs half of the memory", { cpu: 9, memory: 4 }, { cores: 2, memory: 8 }, false],
];

describe("room for two runs at once", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "room-"));
  });
  after(() => rm(folder, { recursive: true }));

  for (const [what, { cpu, memory }, machine, expected] of cases) {
    it(`is ${expected ? "there" : "missing"}: ${what}`, async () => {
      const file = path.join(folder, "use.json");
      await writeFile(file, JSON.stringify({ seconds: 10, cpu, memory: memory * gigabyte }));
      const has = { cores: machine.cores, memory: machine.memory * gigabyte };
      assert.equal(await hasRoomBeside(file, has), expected);
    });
  }

  it("is not taken for granted where nothing is known", async () => {
    assert.equal(await hasRoomBeside(path.join(folder, "none"), { cores: 8, memory: gigabyte }), false);
  });
});
