import type { Log } from "../platform/log.ts";
import type { Memory } from "../platform/memory.ts";
import type { Settings } from "../platform/settings.ts";
import type { PlannedDocuments } from "./documents/plannedDocuments.ts";
import type { ReportDocuments } from "./documents/reportDocuments.ts";
import type { MergeEditors } from "./merging/mergeEditors.ts";
import type { LiveRuns } from "./runs/liveRuns.ts";
import type { RunLog } from "./runs/runLog.ts";
import type { ViewParts } from "./views/viewRows.ts";
import type { FlowPanel } from "./webviews/flowPanel.ts";

/** What commands work with. Made once, in `extension.ts`, and handed on. */
export interface Parts extends ViewParts {
  readonly log: Log;
  readonly settings: Settings;
  readonly memory: Memory;
  readonly runLog: RunLog;
  readonly liveRuns: LiveRuns;
  readonly planned: PlannedDocuments;
  readonly reports: ReportDocuments;
  /** Pages of dependencies that stand open, by the notebook's path. */
  readonly flowPages: Map<string, FlowPanel>;
  readonly merges: MergeEditors;
  /** Absolute path of the installed extension. */
  readonly extensionFolder: string;
  readonly refresh: () => void;
}
