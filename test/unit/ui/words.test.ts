import assert from "node:assert/strict";
import {
  code,
  dotted,
  duration,
  escaped,
  listed,
  moment,
  sentence,
  shortened,
} from "../../../src/ui/words.ts";
import { plainText } from "../../../src/ui/runs/plainText.ts";

describe("words", () => {
  const now = new Date(2026, 10, 23, 14, 3).getTime();
  const moments: readonly (readonly [Date, string])[] = [
    [new Date(2026, 10, 23, 9, 5), "09:05"],
    [new Date(2026, 10, 22, 14, 2), "22 Nov, 14:02"],
    [new Date(2025, 0, 1, 0, 0), "1 Jan 2025, 00:00"],
  ];
  for (const [time, expected] of moments) {
    it(`say ${expected}`, () => {
      assert.equal(moment(time.getTime(), now), expected);
    });
  }

  const durations: readonly (readonly [number, string])[] = [
    [0.004, "under 0.1 s"],
    [0.06, "0.1 s"],
    [9.94, "9.9 s"],
    [9.96, "10 s"],
    [59.4, "59 s"],
    [60, "1 min"],
    [245, "4 min 5 s"],
    [7800, "2 h 10 min"],
  ];
  for (const [seconds, expected] of durations) {
    it(`say ${expected} for ${seconds} seconds`, () => {
      assert.equal(duration(seconds), expected);
    });
  }

  it("list, join, cut and end", () => {
    assert.equal(listed(["a", "b", "c"]), "a, b and c");
    assert.equal(listed(["a"]), "a");
    assert.equal(dotted("a", undefined, "", "b"), "a · b");
    assert.equal(sentence("changes df"), "Changes df.");
    assert.equal(sentence("Done!"), "Done!");
    assert.equal(shortened("abcdef", 4), "abc…");
  });

  it("let nothing foreign be markup", () => {
    assert.equal(
      escaped("[a](command:b) <img> $(x)\n# y"),
      "\\[a\\]\\(command:b\\) \\<img\\> \\$\\(x\\) \\# y",
    );
    assert.equal(code("a`b``c"), "``` a`b``c ```");
  });

  it("take colours and overwritten progress out of a log", () => {
    assert.equal(plainText("\u001b[31mred\u001b[0m\r\n 10%\r 50%\r100%\ndone"), "red\n100%\ndone");
  });
});
