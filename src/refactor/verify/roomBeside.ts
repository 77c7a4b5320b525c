/** Whether the machine has room for two runs at once, going by what the first run of the notebook needed. */
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { z } from "zod";

/** What verify.py writes: seconds by the clock and of all cores together, bytes at most. */
const useSchema = z.object({ seconds: z.number(), cpu: z.number(), memory: z.number() });

/** Runs that fill the cores by themselves gain nothing from company, and two big ones may fill the memory. */
const mostOfCores = 0.7;
const timesMemory = 3;

/** @param file written by verify.py; where there is none, the answer is no. */
export async function hasRoomBeside(
  file: string,
  machine = { cores: availableParallelism(), memory: process.availableMemory() },
): Promise<boolean> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined || machine.cores < 2) return false;
  const { seconds, cpu, memory } = useSchema.parse(JSON.parse(text));
  return cpu <= seconds * machine.cores * mostOfCores && memory * timesMemory <= machine.memory;
}
