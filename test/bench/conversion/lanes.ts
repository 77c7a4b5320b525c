/** Two cores, two at a time; nothing that is timed runs like this. */
export async function inLanes<T>(
  todo: readonly T[],
  work: (one: T, lane: number) => Promise<void>,
  lanes = 2,
): Promise<void> {
  const queue = todo.values();
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (const one of queue) await work(one, lane);
    }),
  );
}
