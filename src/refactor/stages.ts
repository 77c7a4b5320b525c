/** Where in the life of a model a cell stands, told from the calls it makes. */
import { calleeOf, walk, type SourceStatement } from "./source.ts";
import { readingCalls, scalarMetric, transformer } from "./tables.ts";

export type Stage =
  | "load"
  | "prepare"
  | "split"
  | "train"
  | "tune"
  | "evaluate"
  | "predict"
  | "plot"
  | "save"
  /** Prints or shows, and changes nothing. */
  | "look"
  /** Nothing that tells. */
  | "other";

/** The stage of a cell from the statements that stay in it. */
export function stageOf(statements: readonly SourceStatement[]): Stage {
  const stages = new Set(statements.map(stageOfStatement));
  const first = (["tune", "train", "split", "evaluate", "load"] as const).find((stage) => stages.has(stage));
  if (first !== undefined) return first;
  const draws = stages.has("plot");
  const makes = statements.some(({ fact }) => fact.mutates.length > 0) && !draws;
  if (draws && !makes) return "plot";
  if (stages.has("predict")) return "predict";
  if (stages.has("prepare")) return "prepare";
  if (statements.length > 0 && [...stages].every((stage) => stage === "save")) return "save";
  return statements.every(looks) ? "look" : "other";
}

/** True for a statement that binds and changes nothing and writes nothing but its output. */
export function looks({ fact }: SourceStatement): boolean {
  return (
    fact.binds.length === 0 &&
    fact.mutates.length === 0 &&
    fact.deletes.length === 0 &&
    fact.effects.writes.every((effect) => /^<(stdout|pyplot|display|Out)/.test(effect))
  );
}

function stageOfStatement(statement: SourceStatement): Stage {
  const { fact } = statement;
  const targets = fact.calls.map((call) => call.target);
  const has = (pattern: RegExp): boolean => targets.some((target) => pattern.test(target));
  if (has(/\b(GridSearchCV|RandomizedSearchCV|HalvingGridSearchCV|create_study)$/) || has(/SearchCV\.fit$/))
    return "tune";
  if (fact.calls.some((call) => isTraining(call.target))) return "train";
  if (has(/(^|\.)(train_test_split|random_split)$|sklearn\.model_selection\.\w*(KFold|ShuffleSplit)$/))
    return "split";
  if (has(/\b(cross_val_score|cross_validate|classification_report|confusion_matrix)$/)) return "evaluate";
  if (targets.some((target) => scalarMetric.test(target)) || has(/(^|\.)score$|\.evaluate$/))
    return "evaluate";
  if (draws(statement)) return "plot";
  if (
    readingCalls.some(({ call }) => has(call)) ||
    has(
      /(^|\.)(load_(iris|digits|wine|breast_cancer|diabetes|dataset|data)|fetch_\w+|read_sql\w*|read_gbq|make_(classification|regression|blobs|moons|circles))$/,
    )
  ) {
    return "load";
  }
  if (has(/\.predict(_proba)?$|\.decision_function$/)) return "predict";
  if (has(/(^|\.)(dump|to_(csv|parquet|json|excel|pickle|feather|sql)|save_model|save)$/)) return "save";
  if (has(/\.(fit_transform|transform|get_dummies|fillna|dropna|drop_duplicates|merge|astype|replace)$/))
    return "prepare";
  return "other";
}

function isTraining(target: string): boolean {
  if (/^(xgboost|lightgbm)\.train$/.test(target)) return true;
  const [, owner] = /^(.*)\.(fit|fit_predict|partial_fit)$/.exec(target) ?? [];
  const name = owner?.split(".").at(-1) ?? "";
  return (
    owner !== undefined &&
    !transformer.test(name) &&
    !/^(scaler|encoder|imputer|pca|vectorizer|tfidf)/i.test(name)
  );
}

const drawing =
  /^(matplotlib\.pyplot|seaborn|plotly)\.|\.(plot|hist|boxplot)$|\.plot\.\w+$|Display\.(from_\w+|plot)$|matplotlib\.axes|matplotlib\.figure|(^|\.)(dendrogram|plot_tree|autocorrelation_plot|scatter_matrix)$/;
const notDrawing =
  /^matplotlib\.pyplot\.(show|close|style\.\w+|rc|rcdefaults|ion|ioff|switch_backend|get_cmap|colormaps)$|^seaborn\.(set\w*|load_dataset|color_palette|despine|reset_\w+)$|\.savefig$/;

/** True for a statement that draws with pyplot, directly or through pandas, seaborn or scikit-learn. */
export function draws({ fact, node }: SourceStatement): boolean {
  if (fact.calls.some(({ target }) => drawing.test(target) && !notDrawing.test(target))) return true;
  return [...walk(node)].some((child) => /\.plot(\.\w+)?$|\.hist$|\.boxplot$/.test(calleeOf(child) ?? ""));
}
