import assert from "node:assert/strict";
import { countTests } from "../../../scripts/setup/testStep.ts";

describe("countTests", () => {
  const cases: [name: string, output: string, code: number, passed: number, failed: number][] = [
    ["a step without tests", "All matched files use Prettier code style!\n", 0, 1, 0],
    ["a step without tests that fails", "3 problems\n", 1, 0, 1],
    ["mocha", "\n  12 passing (3s)\n", 0, 12, 0],
    ["mocha with failures", "\n  12 passing (3s)\n  2 failing\n\n  1) a\n", 2, 12, 2],
    [
      "mocha in colour",
      "\u001b[92m \u001b[0m\u001b[32m 4 passing\u001b[0m\u001b[90m (9ms)\u001b[0m\n",
      0,
      4,
      0,
    ],
    ["two runs of mocha", "  3 passing (1s)\n\nSuite b\n  1 passing (10ms)\n  1 failing\n", 1, 4, 1],
    ["a run that ends badly after its tests", "  3 passing (1s)\n", 1, 3, 1],
    ["pytest", ".....\n5 passed in 0.52s\n", 0, 5, 0],
    ["pytest with all there is", "=== 1 failed, 2 passed, 1 warning, 1 error in 3.20s ===\n", 1, 2, 2],
    ["a test that prints such words", "    ✔ says 7 passing (1s)\n  1 passing (2ms)\n", 0, 1, 0],
  ];
  for (const [name, output, code, passed, failed] of cases) {
    it(name, () => {
      assert.deepEqual(countTests(output, code), { passed, failed });
    });
  }
});
