import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder, madeOnce } from "../../../scripts/setup/cache.ts";

describe("madeOnce", () => {
  let cache: string;

  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), "cellsmith-cache-"));
  });

  afterEach(async () => {
    await rm(cache, { recursive: true });
  });

  it("makes a folder once", async () => {
    let made = 0;
    const make = async (folder: string): Promise<void> => {
      made++;
      await writeFile(join(folder, "file"), "whole");
    };
    const folder = await madeOnce("thing-1", make, cache);
    assert.equal(await madeOnce("thing-1", make, cache), folder);
    assert.equal(made, 1);
    assert.equal(await readFile(join(folder, "file"), "utf8"), "whole");
  });

  it("leaves nothing of one that could not be completed", async () => {
    const half = async (folder: string): Promise<void> => {
      await writeFile(join(folder, "file"), "half");
      throw new Error("no network");
    };
    await assert.rejects(madeOnce("thing-1", half, cache), /no network/);
    assert.deepEqual(await readdir(cache), []);
  });

  it("lets two at once both have it", async () => {
    const make = (folder: string): Promise<void> => writeFile(join(folder, "file"), "whole");
    const [one, other] = await Promise.all([madeOnce("thing", make, cache), madeOnce("thing", make, cache)]);
    assert.equal(one, other);
    assert.deepEqual(await readdir(cache), ["thing"]);
  });
});

describe("cacheFolder", () => {
  it("follows XDG_CACHE_HOME where it is set", () => {
    assert.equal(cacheFolder({ XDG_CACHE_HOME: "/caches" }), join("/caches", "cellsmith"));
    assert.match(cacheFolder({ XDG_CACHE_HOME: "" }), /[\\/]\.cache[\\/]cellsmith$/);
  });
});
