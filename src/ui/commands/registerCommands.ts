/**
 * The table of commands, and the one wrapper round them: what a command needs is loaded when it is first used; a Problem
 * is shown in its own words, anything else is logged with its stack and shown in one sentence.
 */
import * as vscode from "vscode";
import { CommandId } from "../../ids.ts";
import { messageOf, Problem } from "../../problem.ts";
import type { Parts } from "../parts.ts";
import { sentence } from "../words.ts";
import { Offer } from "./offer.ts";

/** `argument` is what VS Code hands over; undefined from the palette. The result is for tests and callers, not for people. */
export type Handler = (parts: Parts, argument: unknown) => Promise<unknown>;

const handlers: Readonly<Record<CommandId, () => Promise<Handler>>> = {
  [CommandId.cancelRun]: async () => (await import("./cancelRun.ts")).cancelRunCommand,
  [CommandId.checkPipeline]: async () => (await import("./checkPipeline.ts")).checkPipelineCommand,
  [CommandId.completeMerge]: () => Promise.resolve(({ merges }) => merges.complete()),
  [CommandId.convertNotebook]: async () => (await import("./convertNotebook.ts")).convertNotebookCommand,
  [CommandId.extractComponent]: async () => (await import("./extractComponent.ts")).extractComponentCommand,
  [CommandId.moveCell]: async () => (await import("./moveCell.ts")).moveCellCommand,
  [CommandId.open]: async () => (await import("./open.ts")).openCommand,
  [CommandId.openArtifact]: async () => (await import("./openArtifact.ts")).openArtifactCommand,
  [CommandId.openSampleWorkspace]: async () => (await import("./openSample.ts")).openSampleCommand,
  [CommandId.openWalkthrough]: async () => (await import("./openSample.ts")).openWalkthroughCommand,
  [CommandId.refreshExplorer]: () =>
    Promise.resolve((parts) => {
      parts.files.forget();
      parts.refresh();
      return Promise.resolve();
    }),
  [CommandId.runTracked]: async () => (await import("./runTracked.ts")).runTrackedCommand,
  [CommandId.selectInterpreter]: async () =>
    (await import("./selectInterpreter.ts")).selectInterpreterCommand,
  [CommandId.showDependencies]: async () => (await import("./showDependencies.ts")).showDependenciesCommand,
  [CommandId.showLog]: async () => (await import("./showRun.ts")).showLogCommand,
  [CommandId.showRun]: async () => (await import("./showRun.ts")).showRunCommand,
  [CommandId.updatePipeline]: async () => (await import("./updatePipeline.ts")).updatePipelineCommand,
};

export function registerCommands(parts: Parts): vscode.Disposable {
  return vscode.Disposable.from(
    ...Object.values(CommandId).map((id) =>
      vscode.commands.registerCommand(id, async (argument: unknown) => {
        const started = performance.now();
        try {
          return await (
            await handlers[id]()
          )(parts, argument);
        } catch (error) {
          // Not awaited: the command is over, the message stays for as long as the user likes.
          void tell(parts, id, error);
          return undefined;
        } finally {
          parts.log.info(`${id} took ${Math.round(performance.now() - started)} ms`);
        }
      }),
    ),
  );
}

async function tell(parts: Parts, id: CommandId, error: unknown): Promise<void> {
  if (error instanceof vscode.CancellationError) return;
  if (error instanceof Offer) {
    const chosen = await vscode.window.showErrorMessage(
      sentence(error.message),
      ...error.actions.map(({ title }) => title),
    );
    const action = error.actions.find(({ title }) => title === chosen);
    if (action !== undefined) await vscode.commands.executeCommand(action.command, action.argument);
    return;
  }
  if (error instanceof Problem) {
    await vscode.window.showErrorMessage(sentence(error.message));
    return;
  }
  parts.log.error(id, error);
  if ((await vscode.window.showErrorMessage(sentence(messageOf(error)), "Show Log")) === "Show Log")
    parts.log.show();
}
