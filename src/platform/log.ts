import * as vscode from "vscode";

/** What the extension tells about itself: one log channel, made at activation, shown on request only. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  /** `error` goes in with its stack: this is the one place where a stack is of use. */
  error(message: string, error: unknown): void;
  show(): void;
  dispose(): void;
}

export function createLog(): Log {
  const channel = vscode.window.createOutputChannel("Cellsmith", { log: true });
  return {
    info: (message) => {
      channel.info(message);
    },
    warn: (message) => {
      channel.warn(message);
    },
    error: (message, error) => {
      channel.error(message, error instanceof Error ? (error.stack ?? error.message) : String(error));
    },
    show: () => {
      channel.show();
    },
    dispose: () => {
      channel.dispose();
    },
  };
}
