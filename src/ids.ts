/** Every id that package.json and the code must agree on, written once. Held against the manifest by a contract test. */

export const CommandId = {
  convertNotebook: "cellsmith.convertNotebook",
  runTracked: "cellsmith.runTracked",
  runStep: "cellsmith.runStep",
  cancelRun: "cellsmith.cancelRun",
  checkPipeline: "cellsmith.checkPipeline",
  showRun: "cellsmith.showRun",
  openArtifact: "cellsmith.openArtifact",
  showLog: "cellsmith.showLog",
  refreshExplorer: "cellsmith.refreshExplorer",
  openWalkthrough: "cellsmith.openWalkthrough",
  openSampleWorkspace: "cellsmith.openSampleWorkspace",
  selectInterpreter: "cellsmith.selectInterpreter",
} as const;

export const ViewId = {
  notebooks: "cellsmith.notebooks",
  experiments: "cellsmith.experiments",
  datasets: "cellsmith.datasets",
  models: "cellsmith.models",
  pipelines: "cellsmith.pipelines",
} as const;

export const ContextKey = {
  hasRuns: "cellsmith.hasRuns",
} as const;

export const SettingId = {
  python: "cellsmith.python",
  metricPattern: "cellsmith.metricPattern",
  runsOnWindowClose: "cellsmith.runs.onWindowClose",
  inlineMetrics: "cellsmith.inlineMetrics",
} as const;

export const WalkthroughId = "cellsmith.gettingStarted";
