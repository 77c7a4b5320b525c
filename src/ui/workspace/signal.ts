/** Tells listeners that something happened. The same idea as the editor's event, for code that knows no editor. */
export class Signal<Value> {
  readonly #listeners = new Set<(value: Value) => void>();

  /** Returns what takes the listener away again. */
  on(listener: (value: Value) => void): { dispose(): void } {
    const entry = (value: Value): void => {
      listener(value);
    };
    this.#listeners.add(entry);
    return { dispose: () => void this.#listeners.delete(entry) };
  }

  fire(value: Value): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
}
