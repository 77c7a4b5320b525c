import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Manifest, type ManifestParameter, parseManifest } from "../pipeline/manifest.ts";
import { messageOf, Problem } from "../problem.ts";
import type { Scalar, TargetKind } from "../tracking/model.ts";
import type { Installation } from "./installation.ts";
import type { Launch } from "./launchFile.ts";
import { isSecretName } from "./secrets.ts";

/** A run as somebody asks for it. */
export interface LaunchRequest {
  /** Absolute path of the folder whose `.cellsmith` records the run. */
  readonly workspace: string;
  /** `path` is absolute: a pipeline's folder, a `.py` or an `.ipynb` file. */
  readonly target: { readonly kind: TargetKind; readonly path: string };
  /** Absolute path of the Python to run it with. */
  readonly interpreter: string;
  /** A pipeline's settings that differ from its defaults; for a script, its `--name=value` arguments. */
  readonly params?: Readonly<Record<string, Scalar>> | undefined;
  /** Further arguments of a script. */
  readonly args?: readonly string[] | undefined;
  /** The pipeline's name or the file's name without its ending, where nothing is given. */
  readonly experiment?: string | undefined;
  /** Left out, the run is named by what differs from the run before it. */
  readonly name?: string | undefined;
  /** Each step of a pipeline in a process of its own. */
  readonly isolate?: boolean | undefined;
  /** Regular expression with the groups `name` and `value`, in Python's syntax. */
  readonly metricPattern?: string | undefined;
  /** Whether git may be asked for the commit: not in a folder that is not trusted. */
  readonly git?: boolean | undefined;
}

/** What kind of target a path is. @throws Problem that says what can be run. */
export function targetAt(file: string): { kind: TargetKind; path: string } {
  if (!existsSync(file)) throw new Problem(`there is no ${file}`);
  const name = path.basename(file);
  if (name === "pipeline.yaml") return targetAt(path.dirname(file));
  if (existsSync(path.join(file, "pipeline.yaml"))) {
    if (existsSync(path.join(file, "run.py"))) return { kind: "pipeline", path: file };
    throw new Problem(`${file} has no run.py: convert the notebook again`);
  }
  if (name.endsWith(".ipynb")) return { kind: "notebook", path: file };
  if (name.endsWith(".py")) return { kind: "script", path: file };
  throw new Problem(`${file} cannot be run: give a pipeline's folder, a .py script or an .ipynb notebook`);
}

/** Works out the command of a run; reads the manifest, writes nothing. @throws Problem on what cannot be meant. */
export function planLaunch(request: LaunchRequest, id: string, runFolder: string, at: Installation): Launch {
  const { kind, path: target } = request.target;
  const params = request.params ?? {};
  if (kind !== "pipeline" && request.isolate === true) {
    throw new Problem("only a pipeline can run step by step (--isolate): a script or notebook is one step");
  }
  if (kind === "notebook" && Object.keys(params).length > 0) {
    throw new Problem("a notebook has no settings to give from outside: convert it to a pipeline first");
  }
  const manifest = kind === "pipeline" ? manifestOf(target) : undefined;
  if (manifest !== undefined) checkSettings(manifest, params);
  const tap = path.join(at.runtime, "_tap.py");
  return {
    format: 1,
    id,
    name: request.name ?? "",
    experiment: request.experiment ?? manifest?.name ?? path.basename(target, path.extname(target)),
    target: { kind, path: target },
    params: recordedSettings(manifest, params),
    interpreter: request.interpreter,
    args: argsOf(request, runFolder, at),
    cwd: kind === "pipeline" ? target : path.dirname(target),
    ...(request.metricPattern === undefined ? {} : { metricPattern: request.metricPattern }),
    ...(existsSync(tap) ? { tap } : {}),
    git: request.git ?? true,
  };
}

function argsOf(request: LaunchRequest, runFolder: string, at: Installation): string[] {
  const { kind, path: target } = request.target;
  const params = Object.entries(request.params ?? {}).map(([name, value]) => [name, asText(value)] as const);
  const artifacts = path.join(runFolder, "artifacts");
  const launcher = path.join(at.runtime, "launch.py");
  switch (kind) {
    case "pipeline":
      return [
        path.join(target, "run.py"),
        ...params.flatMap(([name, value]) => ["-p", `${name}=${value}`]),
        ...(request.isolate === true ? ["--isolate"] : []),
        "--results",
        artifacts,
      ];
    case "script": {
      const given = [...params.map(([name, value]) => `--${name}=${value}`), ...(request.args ?? [])];
      return [launcher, "script", target, ...(given.length > 0 ? ["--", ...given] : [])];
    }
    case "notebook":
      return [launcher, "notebook", target, "--executed", path.join(artifacts, path.basename(target))];
  }
}

/**
 * What is recorded before anything runs: a pipeline's settings, defaults included, so that a run that fails at once has
 * them too; else what was given.
 */
function recordedSettings(
  manifest: Manifest | undefined,
  params: Readonly<Record<string, Scalar>>,
): Record<string, Scalar> {
  const parameters = Object.entries(manifest?.parameters ?? {});
  const types = new Map(parameters.map(([name, { type }]) => [name, type]));
  const settings = {
    ...Object.fromEntries(parameters.map(([name, { default: value }]): [string, Scalar] => [name, value])),
    ...params,
  };
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      isSecretName(name) ? "***" : typed(value, types.get(name)),
    ]),
  );
}

/** As it will be compared: a number that came as text from a command line is a number, unless it is meant as text. */
function typed(value: Scalar, type: ManifestParameter["type"] | undefined): Scalar {
  if (typeof value !== "string" || type === "str" || type === "path") return value;
  if (type === "bool") return value.toLowerCase() === "true";
  if (value === "true" || value === "false") return value === "true";
  return /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value) ? Number(value) : value;
}

function asText(value: Scalar): string {
  return value === null ? "" : String(value);
}

/** Read before anything is made, so that a wrong manifest leaves no run behind. */
function manifestOf(pipeline: string): Manifest {
  const file = path.join(pipeline, "pipeline.yaml");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Problem(`${file} cannot be read: ${messageOf(error)}`);
  }
  const read = parseManifest(text);
  if ("manifest" in read) return read.manifest;
  const [{ line, column, message }] = read.problems;
  throw new Problem(`${file}:${line}:${column}: ${message}`);
}

/** What run.py would say too, but before there is a run to fail. */
function checkSettings(manifest: Manifest, params: Readonly<Record<string, Scalar>>): void {
  const known = manifest.parameters ?? {};
  for (const [name, value] of Object.entries(params)) {
    const parameter = Object.hasOwn(known, name) ? known[name] : undefined;
    if (parameter === undefined) {
      const names = Object.keys(known);
      const there = names.length === 0 ? "it has none" : `it has ${names.join(", ")}`;
      throw new Problem(`${manifest.name} has no setting ${name}; ${there}`);
    }
    const text = asText(value).trim();
    const fits = {
      int: /^[-+]?\d[\d_]*$/,
      float: /^[-+]?(\d|\.\d|inf|nan)/i,
      bool: /^(true|false)$/i,
      str: /^/,
      path: /./,
    };
    if (!fits[parameter.type].test(text)) {
      throw new Problem(`${name}=${text}: the setting ${name} is of type ${parameter.type}`);
    }
  }
}
