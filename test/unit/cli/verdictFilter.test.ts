import assert from "node:assert/strict";
import { VerdictFilter } from "../../../src/cli/verdictFilter.ts";

const traceback = (error: string): string =>
  `Traceback (most recent call last):\n  File "a.py", line 1, in <module>\n    import it\n    ^^^^^^^^^\n${error}\n`;
const missing = traceback("ModuleNotFoundError: No module named 'it'");
const notInstalled = 'it is not installed for /py: "/py" -m pip install it';

interface Case {
  readonly what: string;
  readonly text: string;
  readonly said: string | undefined;
  readonly shown: string;
}

const cases: readonly Case[] = [
  { what: "what was printed", text: "load …\n50%\r100%\nend", said: "x", shown: "load …\n50%\r100%\nend" },
  {
    what: "bad input once",
    text: "load …\nrun.py: there is no a.csv\n",
    said: "there is no a.csv",
    shown: "load …\n",
  },
  {
    what: "no verdict without a reason",
    text: "run.py: there is no a.csv\nrun.py: stopped at step load\n",
    said: "there is no a.csv",
    shown: "",
  },
  {
    what: "an error's traceback",
    text: `${traceback("ValueError: no")}run.py: step fit failed\n`,
    said: "ValueError: no",
    shown: traceback("ValueError: no"),
  },
  {
    what: "every gate that failed",
    text: "gate failed: auc is 0.1, below 0.2\ngate failed: f1 is 0.1, below 0.2\n",
    said: "gate failed: f1 is 0.1, below 0.2",
    shown: "gate failed: auc is 0.1, below 0.2\n",
  },
  { what: "no traceback of a missing package", text: `hm\n${missing}`, said: notInstalled, shown: "hm\n" },
  {
    what: "nor two of them, nor the cell's verdict",
    text: `${missing}\nDuring handling of the above exception, another exception occurred:\n\n${missing}a b.ipynb: cell 2 failed\n`,
    said: notInstalled,
    shown: "",
  },
  {
    what: "a missing package that did not matter",
    text: `${missing}so we go on\n`,
    said: undefined,
    shown: `${missing}so we go on\n`,
  },
  { what: "one at the end of a good run", text: missing, said: undefined, shown: missing },
  {
    what: "one before another error",
    text: `${missing}\nThe above exception was the direct cause of the following exception:\n\n${traceback("KeyError: 1")}`,
    said: "KeyError: 1",
    shown: `${missing}\nThe above exception was the direct cause of the following exception:\n\n${traceback("KeyError: 1")}`,
  },
  { what: "the user's own words", text: "run.py: hello\n", said: "ValueError: no", shown: "run.py: hello\n" },
];

describe("the end of a run's stderr", () => {
  for (const { what, text, said, shown } of cases) {
    for (const size of [1, 7, text.length]) {
      it(`shows ${what}, read ${size} at a time`, () => {
        let written = "";
        const filter = new VerdictFilter((piece) => (written += piece));
        for (let at = 0; at < text.length; at += size) filter.push(text.slice(at, at + size));
        filter.end(said);
        assert.equal(written, shown);
      });
    }
  }

  it("lets what is printed pass at once", () => {
    let written = "";
    const filter = new VerdictFilter((piece) => (written += piece));
    filter.push("epoch 1");
    assert.equal(written, "epoch 1");
    filter.push(`\n${traceback("ValueError: logged")}`);
    assert.equal(written, `epoch 1\n${traceback("ValueError: logged")}`);
  });
});
