/**
 * Who may import whom. A room may always import itself, `ids`, `problem` and `formats`; nothing else unless it stands here. `*` is every room but
 * the two faces of the product, `ui` and `cli`.
 */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  ids: [],
  problem: [],
  formats: [],
  analysis: [],
  notebook: ["analysis"],
  pipeline: ["analysis"],
  refactor: ["analysis", "notebook", "pipeline", "interpreters"],
  runtime: [],
  tracking: [],
  provenance: [],
  git: ["provenance", "refactor"],
  interpreters: [],
  launch: ["tracking", "provenance", "interpreters", "pipeline"],
  stores: ["tracking", "launch"],
  datasets: ["tracking", "notebook"],
  models: ["tracking", "notebook"],
  protocol: [],
  platform: [],
  cli: ["*"],
  supervisor: ["launch", "tracking", "provenance", "git"],
  ui: ["*"],
  extension: ["*", "ui"],
};

/** Rooms that may import `vscode`. */
export const vscodeRooms: readonly string[] = ["extension", "platform", "ui"];

/** npm packages and the only rooms that know them. */
export const packages: Readonly<Record<string, readonly string[]>> = {
  "simple-git": ["git"],
  "web-tree-sitter": ["analysis"],
  yaml: ["pipeline", "formats"],
};
