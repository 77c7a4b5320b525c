/** Python that every pipeline carries along, the same bytes in each; `run.py` imports the first. */
export const vendoredFiles: readonly string[] = ["_runtime.py", "_values.py"];
