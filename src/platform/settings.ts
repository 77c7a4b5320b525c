/**
 * Settings as typed values. What a user wrote wrongly counts as not written: the default holds. Loaded at activation,
 * hence by hand and without a schema library.
 */
import * as vscode from "vscode";
import { SettingId } from "../ids.ts";

export type SettingName = keyof typeof SettingId;

export interface Settings {
  /** Path or command of the Python to run with; empty where none was chosen. */
  python(folder: string): string;
  /** Regular expression with the named groups `name` and `value`; empty for the built-in one. */
  metricPattern(folder: string): string;
  runsOnWindowClose(): "continue" | "stop";
  inlineMetrics(): boolean;
  /** Whether the user wants to hear of that kind of problem in a notebook. */
  diagnostics(file: string): (code: string) => boolean;
  choosePython(folder: string, python: string): Promise<void>;
  onChange(name: SettingName, listener: () => void): vscode.Disposable;
}

export function createSettings(): Settings {
  return {
    python: (folder) => text(read("python", folder)).trim(),
    metricPattern: (folder) => text(read("metricPattern", folder)),
    runsOnWindowClose: () => (read("runsOnWindowClose") === "stop" ? "stop" : "continue"),
    inlineMetrics: () => read("inlineMetrics") !== false,
    diagnostics: (file) => {
      const value = read("diagnostics", file);
      const off = typeof value === "object" && value !== null ? Object.entries(value) : [];
      return (code) => !off.some(([name, wanted]) => name === code && wanted === false);
    },
    choosePython: async (folder, python) => {
      await vscode.workspace
        .getConfiguration(undefined, vscode.Uri.file(folder))
        .update(SettingId.python, python, vscode.ConfigurationTarget.WorkspaceFolder);
    },
    onChange: (name, listener) =>
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SettingId[name])) listener();
      }),
  };
}

function read(name: SettingName, folder?: string): unknown {
  const scope = folder === undefined ? null : vscode.Uri.file(folder);
  return vscode.workspace.getConfiguration(undefined, scope).get(SettingId[name]);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
