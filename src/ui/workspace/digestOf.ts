/** Digests of cells' code, remembered: the same text is asked about at every repaint. */
const known = new Map<string, Promise<string>>();
const limit = 2000;

/** Digest of a cell's Python tokens; loads the parser at the first call. */
export function digestOf(source: string): Promise<string> {
  const found = known.get(source) ?? digest(source);
  // Taken out and put back, so that the first key is the one that was longest not asked for.
  known.delete(source);
  known.set(source, found);
  const [oldest] = known.keys();
  if (known.size > limit && oldest !== undefined) known.delete(oldest);
  return found;
}

async function digest(source: string): Promise<string> {
  const [{ loadPythonParser }, { codeDigest }] = await Promise.all([
    import("../../analysis/parser.ts"),
    import("../../notebook/codeDigest.ts"),
  ]);
  await loadPythonParser();
  return codeDigest(source);
}
