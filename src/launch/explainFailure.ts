import { missingPackageIn, missingPackageSentence } from "../formats/missingPackage.ts";
import type { ChildEnd } from "./childProcess.ts";

/**
 * One sentence for why a run failed, better than what Python itself says where there is something to add.
 * @param stderr the end of what it wrote to stderr.
 * @param recorded the message of the journal's last error event.
 * @returns undefined where the recorded message says it all.
 */
export function explainFailure(
  end: ChildEnd,
  stderr: string,
  recorded: string | undefined,
  interpreter: string,
): string | undefined {
  if (end.error !== undefined) return `${interpreter} cannot be started: ${end.error}`;
  if (end.signal !== undefined) return explainSignal(end.signal);
  const lines = stderr.split(/\r?\n/).filter((line) => line.trim() !== "");
  const last = lines.at(-1) ?? "";
  const missing = missingPackageIn(recorded ?? last);
  if (missing !== undefined) return missingPackageSentence(missing, interpreter);
  // What our Python calls a Problem is a sentence of its own.
  if (recorded?.startsWith("Problem: ") === true) return recorded.slice("Problem: ".length);
  if (recorded !== undefined) return undefined;
  // Our Python and most command lines say with 2, in one last line, what is wrong with what they were given.
  if (end.code === 2 && last !== "" && !stderr.includes("Traceback (")) {
    return last.replace(/^(run\.py|launch): /, "");
  }
  if (/^[A-Za-z_][\w.]*(Error|Exception|Warning|Interrupt|Exit)\b/.test(last)) return last;
  const code = end.code ?? 1;
  return last === "" ? `Python ended with exit code ${code}` : `Python ended with exit code ${code}: ${last}`;
}

function explainSignal(signal: NodeJS.Signals): string {
  switch (signal) {
    case "SIGKILL":
      return "Python was killed from outside (SIGKILL): when nobody did that, the machine ran out of memory";
    case "SIGSEGV":
    case "SIGBUS":
    case "SIGILL":
    case "SIGABRT":
      return `Python crashed (${signal}), most likely inside a package's native code`;
    default:
      return `Python was ended from outside (${signal})`;
  }
}
