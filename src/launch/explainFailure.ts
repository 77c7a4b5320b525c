import type { ChildEnd } from "./childProcess.ts";

/** Packages whose name on the index is not the one they are imported by. */
const packageOf: Readonly<Record<string, string>> = {
  sklearn: "scikit-learn",
  skimage: "scikit-image",
  cv2: "opencv-python",
  PIL: "pillow",
  yaml: "pyyaml",
  bs4: "beautifulsoup4",
  dateutil: "python-dateutil",
  dotenv: "python-dotenv",
  umap: "umap-learn",
  Bio: "biopython",
  OpenSSL: "pyopenssl",
  serial: "pyserial",
};

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
  const missing = /ModuleNotFoundError: No module named '([^'.]+)/.exec(recorded ?? last)?.[1];
  if (missing !== undefined) {
    const wanted = packageOf[missing] ?? missing;
    return `${missing} is not installed for ${interpreter}: "${interpreter}" -m pip install ${wanted}`;
  }
  if (recorded !== undefined) return undefined;
  // Our Python and most command lines say with 2, in one last line, what is wrong with what they were given.
  if (end.code === 2 && last !== "" && !stderr.includes("Traceback ("))
    return last.replace(/^(run|launch)\.py: /, "");
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
