/** Settings as typed values. What a user wrote wrongly counts as not written: the default holds. */
import * as vscode from "vscode";
import { z } from "zod";
import { SettingId } from "../ids.ts";

const schemas = {
  python: z.string().catch(""),
  metricPattern: z.string().catch(""),
  runsOnWindowClose: z.enum(["continue", "stop"]).catch("continue"),
  inlineMetrics: z.boolean().catch(true),
} satisfies Record<keyof typeof SettingId, z.ZodType>;

export type SettingName = keyof typeof SettingId;
export type Setting<Name extends SettingName> = z.infer<(typeof schemas)[Name]>;

export interface Settings {
  /** Path or command of the Python to run with; empty where none was chosen. */
  python(folder: string): string;
  /** Regular expression with the named groups `name` and `value`; empty for the built-in one. */
  metricPattern(folder: string): string;
  runsOnWindowClose(): "continue" | "stop";
  inlineMetrics(): boolean;
  choosePython(folder: string, python: string): Promise<void>;
  onChange(name: SettingName, listener: () => void): vscode.Disposable;
}

export function createSettings(): Settings {
  const value = (name: SettingName, folder?: string): unknown =>
    vscode.workspace
      .getConfiguration(undefined, folder === undefined ? null : vscode.Uri.file(folder))
      .get(SettingId[name]);
  return {
    python: (folder) => schemas.python.parse(value("python", folder)).trim(),
    metricPattern: (folder) => schemas.metricPattern.parse(value("metricPattern", folder)),
    runsOnWindowClose: () => schemas.runsOnWindowClose.parse(value("runsOnWindowClose")),
    inlineMetrics: () => schemas.inlineMetrics.parse(value("inlineMetrics")),
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
