/** The Python that Microsoft's Python extension has active for a folder, where that extension is at work. It is not started for us. */
import * as vscode from "vscode";
import * as z from "zod";

const apiSchema = z.object({
  environments: z.object({
    getActiveEnvironmentPath: z.custom<(resource: vscode.Uri) => unknown>(
      (value) => typeof value === "function",
    ),
    resolveEnvironment: z.custom<(environment: unknown) => Promise<unknown>>(
      (value) => typeof value === "function",
    ),
  }),
});

const resolvedSchema = z.object({ executable: z.object({ uri: z.object({ fsPath: z.string() }) }) });

export async function pythonOfExtension(folder: string): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<unknown>("ms-python.python");
  if (extension?.isActive !== true) return undefined;
  const api = apiSchema.safeParse(extension.exports);
  if (!api.success) return undefined;
  const { environments } = api.data;
  const resolved = resolvedSchema.safeParse(
    await environments.resolveEnvironment(environments.getActiveEnvironmentPath(vscode.Uri.file(folder))),
  );
  return resolved.success ? resolved.data.executable.uri.fsPath : undefined;
}
