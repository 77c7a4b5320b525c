/** What is remembered of a workspace by the editor, in no file of the user's. Plain JSON. */
import type * as vscode from "vscode";

export interface Memory {
  get(key: string): unknown;
  /** Undefined forgets. */
  set(key: string, value: unknown): Promise<void>;
}

export function createMemory(state: vscode.Memento): Memory {
  return {
    get: (key) => state.get<unknown>(key),
    set: async (key, value) => {
      await state.update(key, value);
    },
  };
}
