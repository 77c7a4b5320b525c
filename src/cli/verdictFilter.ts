/**
 * Holds back the end of a run's stderr while our summary may say the same: the verdict of our own Python, and the
 * traceback of a package that is not installed. All else passes at once, unfinished lines too. The log keeps everything.
 */
import { missingPackageIn } from "../formats/missingPackage.ts";

const tracebackStart = "Traceback (most recent call last):";
const verdictStarts = ["run.py: ", "launch: ", "gate failed: "];
const verdictOfNotebook = /^.+\.(ipynb|py): cell \d+ failed$/;
const betweenTracebacks = /^(During handling of the above exception|The above exception was)/;
/** What our Python says of a failure besides its reason. */
const withoutReason = /^(step \w+ failed|stopped at step \w+|cancelled)$/;

type State = "passing" | "verdict" | "traceback" | "missing package";

export class VerdictFilter {
  readonly #write: (text: string) => void;
  #held: string[] = [];
  #state: State = "passing";
  /** The unfinished last line, as far as it has not passed. */
  #start = "";
  #isMidLine = false;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Takes in what was read, in pieces of any size. */
  push(text: string): void {
    const lines = (this.#start + text).split(/(?<=\n|\r(?!\n))/);
    this.#start = "";
    for (const line of lines) {
      if (/[\r\n]$/.test(line)) this.#take(line);
      else this.#takeStart(line);
    }
  }

  /**
   * The run is over.
   * @param said why it failed, in the summary's words; undefined where it did not.
   */
  end(said: string | undefined): void {
    const lines = [...this.#held, this.#start];
    const isMissing = said?.includes(" is not installed for ") === true;
    const isSaid = (line: string): boolean =>
      said !== undefined && (isMissing || verdictOfNotebook.test(line) || isVerdict(line, said));
    this.#held = [];
    this.#start = "";
    this.#emit(lines.filter((line) => !isSaid(line.trimEnd())).join(""));
  }

  #take(line: string): void {
    const words = line.trimEnd();
    if (this.#isMidLine) {
      this.#isMidLine = false;
      this.#emit(line);
    } else if (isAnyVerdict(words)) {
      if (this.#state === "traceback") this.#release();
      this.#hold(line, this.#state === "missing package" ? "missing package" : "verdict");
    } else if (words === tracebackStart) {
      if (this.#state === "verdict") this.#release();
      this.#hold(line, "traceback");
    } else if (this.#isInTraceback(line)) {
      this.#hold(line, this.#state);
    } else if (this.#state === "traceback" && missingPackageIn(words) !== undefined) {
      this.#hold(line, "missing package");
    } else {
      this.#release();
      this.#emit(line);
    }
  }

  #takeStart(text: string): void {
    const mayBeHeld = [tracebackStart, ...verdictStarts].some(
      (word) => word.startsWith(text) || text.startsWith(word),
    );
    if (text === "" || this.#isMidLine || (this.#state === "passing" && !mayBeHeld)) {
      this.#isMidLine ||= text !== "";
      this.#emit(text);
    } else {
      this.#start = text;
    }
  }

  #isInTraceback(line: string): boolean {
    if (this.#state !== "traceback" && this.#state !== "missing package") return false;
    return /^\s/.test(line) || betweenTracebacks.test(line);
  }

  #hold(line: string, state: State): void {
    this.#held.push(line);
    this.#state = state;
  }

  #release(): void {
    this.#emit(this.#held.join(""));
    this.#held = [];
    this.#state = "passing";
  }

  #emit(text: string): void {
    if (text !== "") this.#write(text);
  }
}

function isAnyVerdict(line: string): boolean {
  return verdictStarts.some((start) => line.startsWith(start)) || verdictOfNotebook.test(line);
}

function isVerdict(line: string, said: string): boolean {
  if (!verdictStarts.some((start) => line.startsWith(start))) return false;
  const text = line.replace(/^(run\.py|launch): /, "");
  return text === said || withoutReason.test(text);
}
