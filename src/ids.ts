/** Every id that package.json and the code must agree on, written once. Held against the manifest by a contract test. */

export const CommandId = {
  cancelRun: "cellsmith.cancelRun",
  checkPipeline: "cellsmith.checkPipeline",
  completeMerge: "cellsmith.completeMerge",
  convertNotebook: "cellsmith.convertNotebook",
  extractComponent: "cellsmith.extractComponent",
  moveCell: "cellsmith.moveCell",
  open: "cellsmith.open",
  openArtifact: "cellsmith.openArtifact",
  openSampleWorkspace: "cellsmith.openSampleWorkspace",
  openWalkthrough: "cellsmith.openWalkthrough",
  refreshExplorer: "cellsmith.refreshExplorer",
  runTracked: "cellsmith.runTracked",
  selectInterpreter: "cellsmith.selectInterpreter",
  showDependencies: "cellsmith.showDependencies",
  showLog: "cellsmith.showLog",
  showRun: "cellsmith.showRun",
  updatePipeline: "cellsmith.updatePipeline",
} as const;

export type CommandId = (typeof CommandId)[keyof typeof CommandId];

export const ViewContainerId = "cellsmith";

export const ViewId = {
  notebooks: "cellsmith.notebooks",
  experiments: "cellsmith.experiments",
  datasets: "cellsmith.datasets",
  models: "cellsmith.models",
  pipelines: "cellsmith.pipelines",
} as const;

export type ViewId = (typeof ViewId)[keyof typeof ViewId];

export const ContextKey = {
  /** Set while a run that Cellsmith knows of goes on. */
  running: "cellsmith.running",
  /** Paths of the scripts with `# %%` cells, as far as the folders have been looked at. */
  scripts: "cellsmith.scripts",
} as const;

export const SettingId = {
  diagnostics: "cellsmith.diagnostics",
  inlineMetrics: "cellsmith.inlineMetrics",
  metricPattern: "cellsmith.metricPattern",
  python: "cellsmith.python",
  runsOnWindowClose: "cellsmith.runs.onWindowClose",
} as const;

/** URI schemes of read-only documents. */
export const Scheme = {
  /** A run as a page of text. */
  run: "cellsmith-run",
  /** What a check found. */
  report: "cellsmith-report",
  /** A file that a conversion would write. */
  planned: "cellsmith-planned",
  /** One side of a merge that is to be settled. */
  merging: "cellsmith-merging",
} as const;

export const WalkthroughId = "cellsmith.gettingStarted";
