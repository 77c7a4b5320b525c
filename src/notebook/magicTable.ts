/** What becomes of IPython's magics when a cell turns into plain Python. A magic that is not listed has an effect. */
import type { Magic } from "./model.ts";

type Treatment = Magic["treatment"];

/** They show, time or configure; the values a cell makes are the same without them. */
const droppedLines = [
  ..."matplotlib load_ext reload_ext autoreload config precision pprint xmode colors automagic pdb".split(
    " ",
  ),
  ..."who whos lsmagic history hist pinfo pinfo2 pdoc pdef psource pfile quickref page magic alias_magic".split(
    " ",
  ),
  ..."timeit memit mprun lprun prun pwd ls ll debug tb watermark tensorboard logstart logstop doctest_mode".split(
    " ",
  ),
  ..."pip conda mamba uv micromamba".split(" "),
];
const droppedCells = "timeit memit html HTML markdown latex javascript js svg SVG".split(" ");

const lines = new Map<string, Treatment>([
  ...droppedLines.map((name): [string, Treatment] => [name, "drop"]),
  ["time", "unwrap"],
]);
const cells = new Map<string, Treatment>([
  ...droppedCells.map((name): [string, Treatment] => [name, "drop"]),
  ["time", "unwrap"],
  ["prun", "unwrap"],
  ["memray_flamegraph", "unwrap"],
]);

export function treatmentOfLine(name: string): Treatment {
  return lines.get(name) ?? "effect";
}

export function treatmentOfCell(name: string): Treatment {
  return cells.get(name) ?? "effect";
}

/** Installing packages is what requirements.txt is for; any other command of the shell is an effect. */
export function treatmentOfShell(command: string): Treatment {
  return /^\s*(python3? -m )?(pip3?|conda|mamba|uv)\b/.test(command) ? "drop" : "effect";
}
