import { setTimeout as delay } from "node:timers/promises";

/** Looks again and again until something holds. Fails with what was waited for, and what was seen last where `seen` tells. */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
  seconds: number,
  seen: () => Promise<string> = () => Promise.resolve(""),
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > end)
      throw new Error(`Waited ${seconds} s in vain until ${what}. ${await seen()}`.trim());
    await delay(50);
  }
}
