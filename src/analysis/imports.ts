/** Import statements. */
import { bindName } from "./binding.ts";
import { fieldOf, fieldsOf, type SyntaxNode } from "./parser.ts";
import type { Run } from "./run.ts";
import { importedName } from "./scope.ts";
import { external } from "./values.ts";

export function executeImport(run: Run, node: SyntaxNode): void {
  const from = node.type === "import_from_statement";
  const module = fieldOf(node, "module_name")?.text.replace(/\s/g, "") ?? "";
  const range = { start: node.start, end: node.end };
  // Only what stands by itself at the top level can be imported again elsewhere.
  const plain = run.flow.scope.kind === "module" && run.statement.node === node;
  if (run.slot("<sys.path>") !== undefined) run.readEffect("<sys.path>");
  const note = (name: string, target: string, source: string): void => {
    if (run.recording && run.flow.scope.kind === "module")
      run.statement.imports.push({ name, target, module: source, range });
  };
  if (node.children.some((child) => child.type === "wildcard_import")) {
    const known = Object.hasOwn(run.knownStars, module) ? run.knownStars[module] : undefined;
    if (known !== undefined) {
      note("*", module, module);
      for (const name of known) {
        const origin = `${module}.${name}`;
        bindName(run, name, external(origin), "import", plain ? origin : undefined);
      }
      return;
    }
    run.addStar(module);
    run.writeEffect(`<star:${module}>`);
    note("*", module, module);
    run.diagnose(
      node,
      "star-import",
      "warning",
      `Which names \`from ${module} import *\` brings cannot be seen.`,
    );
    return;
  }
  for (const child of fieldsOf(node, "name")) {
    const name = importedName(child, from);
    const full = (fieldOf(child, "name") ?? child).text.replace(/\s/g, "");
    const target = from ? `${module}${module.endsWith(".") ? "" : "."}${full}` : full;
    // `import a.b` binds a.
    const bound = from || fieldOf(child, "alias") !== undefined ? target : (full.split(".")[0] ?? full);
    note(name, target, from ? module : full);
    bindName(run, name, external(bound), "import", plain ? bound : undefined);
  }
}
