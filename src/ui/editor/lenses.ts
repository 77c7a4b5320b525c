/** Lenses: over the functions of components, at the top of `pipeline.yaml`, and over a script's main guard. */
import path from "node:path";
import * as vscode from "vscode";
import { CommandId } from "../../ids.ts";
import { folderOf } from "../../platform/folders.ts";
import type { Settings } from "../../platform/settings.ts";
import { formatValue } from "../../tracking/formatMetric.ts";
import type { Run } from "../../tracking/model.ts";
import { runText } from "../metricText.ts";
import { paced } from "../paced.ts";
import { headlineMetrics, statusWords } from "../views/experimentRows.ts";
import { type PipelineFacts, unfinishedMerge } from "../views/pipelineRows.ts";
import type { Subject } from "../subject.ts";
import { runsOfFolder, type ViewParts } from "../views/viewRows.ts";
import { changesSince } from "../workspace/changesSince.ts";
import { codeChanged } from "../workspace/codeChanged.ts";
import { isManifest } from "../workspace/isManifest.ts";
import { dotted } from "../words.ts";
import { lensesOfComponent, lineOfMain, type RunsSource, runOfPipeline } from "./numbersInText.ts";

const selector: vscode.DocumentSelector = [
  { language: "python", scheme: "file" },
  { pattern: "**/pipeline.yaml", scheme: "file" },
];

export function registerLenses(parts: ViewParts, settings: Settings): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const pacer = paced(250, () => {
    changed.fire();
  });
  const fire = pacer.ask;
  return vscode.Disposable.from(
    changed,
    pacer,
    parts.runs.changed.on(fire),
    parts.files.changed.on(fire),
    settings.onChange("inlineMetrics", fire),
    vscode.workspace.onDidGrantWorkspaceTrust(fire),
    vscode.languages.registerCodeLensProvider(selector, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: (document) => lensesOf(document, parts, settings.inlineMetrics()),
    }),
  );
}

async function lensesOf(
  document: vscode.TextDocument,
  parts: ViewParts,
  numbers: boolean,
): Promise<vscode.CodeLens[]> {
  const file = document.uri.fsPath;
  const folder = folderOf(file);
  if (folder === undefined) return [];
  const source = await runsOfFolder(parts, folder.path);
  if (source === undefined) return [];
  const text = document.getText();
  if (path.basename(file) === "pipeline.yaml") {
    if (!isManifest(text)) return [];
    const pipeline = await parts.files.pipeline(path.dirname(file));
    const changed = (await changesSince(parts.files, pipeline)).words() ?? unfinishedMerge(pipeline);
    return manifestLenses(folder.path, pipeline, source, parts.now(), changed);
  }
  const pipeline = await parts.files.pipelineOf(file);
  const lenses =
    pipeline === undefined
      ? []
      : await componentLenses({ folder: folder.path, document, pipeline, source, parts, numbers });
  return lenses.length > 0 || pipeline !== undefined
    ? lenses
    : scriptLenses(folder.path, file, text, source, parts.now());
}

interface Component {
  readonly folder: string;
  readonly document: vscode.TextDocument;
  readonly pipeline: PipelineFacts;
  readonly source: RunsSource;
  readonly parts: ViewParts;
  readonly numbers: boolean;
}

async function componentLenses(component: Component): Promise<vscode.CodeLens[]> {
  const { folder, document, pipeline, source, parts, numbers } = component;
  const file = document.uri.fsPath;
  const found = lensesOfComponent(file, document.getText(), pipeline, source);
  const run = found[0]?.run;
  const old =
    run !== undefined && (await codeChanged(run, { path: file, unsaved: document.isDirty })) === true;
  const changes = await changesSince(parts.files, pipeline);
  return found.flatMap((lens) => {
    const [cell] = lens.step.cells;
    const said = dotted(
      lens.numbers,
      old ? `run ${lens.run?.number ?? ""}, before your last change` : undefined,
    );
    const changed = changes.words(lens.step.name);
    const step = { kind: "step", path: pipeline.path, step: lens.step.name } as const;
    return [
      ...runLens(lens.line, "Run pipeline", { kind: "pipeline", path: pipeline.path }),
      ...(numbers && lens.run !== undefined && lens.numbers !== ""
        ? [openLens(lens.line, said, { kind: "run", folder, run: lens.run.id })]
        : []),
      ...(pipeline.ok && pipeline.notebook !== undefined && cell !== undefined
        ? [
            openLens(lens.line, dotted(`follows ${path.basename(pipeline.notebook)}`, changed), {
              kind: "cellId",
              path: pipeline.notebook,
              id: changes.first(lens.step.name) ?? cell.id,
            }),
          ]
        : []),
      ...(changed === undefined ? [] : [updateLens(lens.line, `Update ${lens.step.name}`, step)]),
    ];
  });
}

function manifestLenses(
  folder: string,
  pipeline: PipelineFacts,
  source: RunsSource,
  now: number,
  changed: string | undefined,
): vscode.CodeLens[] {
  if (!pipeline.ok) return [];
  const subject = { kind: "pipeline", path: pipeline.path } as const;
  const last = runOfPipeline(pipeline, source.list.runs);
  return [
    ...runLens(0, "Run pipeline", subject),
    ...(vscode.workspace.isTrusted
      ? [
          lens(
            0,
            `$(check-all)\u00a0Check · ${changed === undefined ? pipeline.checked : "not checked"}`,
            CommandId.checkPipeline,
            subject,
          ),
        ]
      : []),
    ...(changed === undefined ? [] : [updateLens(0, "Update", subject)]),
    ...(last === undefined ? [] : [lastRunLens(folder, 0, last, now)]),
  ];
}

function scriptLenses(
  folder: string,
  file: string,
  text: string,
  source: RunsSource,
  now: number,
): vscode.CodeLens[] {
  const line = lineOfMain(text);
  if (line === undefined) return [];
  const last = source.list.runs.find((run) => run.target.path === file);
  return [
    ...runLens(line, "Run tracked", { kind: "file", path: file }),
    ...(last === undefined ? [] : [lastRunLens(folder, line, last, now)]),
  ];
}

function lastRunLens(folder: string, line: number, run: Run, now: number): vscode.CodeLens {
  const numbers = headlineMetrics(run).map((metric) => `${metric.key} ${formatValue(metric.last)}`);
  const state = run.status === "FINISHED" ? undefined : statusWords[run.status];
  return openLens(line, dotted(state, numbers.join(", "), runText(run, now)), {
    kind: "run",
    folder,
    run: run.id,
  });
}

/** Nothing runs in a folder that is not trusted. */
function runLens(line: number, title: string, subject: Subject): vscode.CodeLens[] {
  return vscode.workspace.isTrusted
    ? [lens(line, `$(play-circle)\u00a0${title}`, CommandId.runTracked, subject)]
    : [];
}

/** What the lens says is why; what it does is bring the pipeline or the step up to the notebook. */
function updateLens(line: number, title: string, subject: Subject): vscode.CodeLens {
  return lens(line, `$(git-compare)\u00a0${title} from Notebook`, CommandId.updatePipeline, subject);
}

function openLens(line: number, title: string, subject: Subject): vscode.CodeLens {
  return lens(line, title, CommandId.open, subject);
}

function lens(line: number, title: string, command: string, subject: Subject): vscode.CodeLens {
  return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title, command, arguments: [subject] });
}
