/**
 * Does the work at most once in so many milliseconds, however often it is asked for; never while nobody asks.
 * What is asked during a pause is done at its end.
 */
export function paced(
  milliseconds: number,
  work: () => void,
): { readonly ask: () => void; readonly dispose: () => void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    ask: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        work();
      }, milliseconds);
    },
    dispose: () => {
      clearTimeout(timer);
    },
  };
}
