/** Ourselves and the peers, each behind the same question: what becomes of this notebook with one step a cell? */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { environment, type Installed } from "./environments.ts";
import { codeOf, toNotebook } from "./generate.ts";
import { judgeRecord, judgeText, whole, worst } from "./judge.ts";
import { recordSchema, type Contender, type Judged, type RunRecord, type Shown } from "./model.ts";
import { cli, runtime, scripts, sealed } from "./places.ts";
import { lastLine, run, type Ended } from "./processes.ts";

export const pinned = {
  soorgeon: ["soorgeon==0.0.20", "cloudpickle"],
  kale: ["kubeflow-kale==2.3.0"],
  marimo: ["marimo==0.25.2"],
  nbconvert: ["nbconvert==7.17.2", "ipython"],
} as const;

export type PeerName = keyof typeof pinned;
export const peerNames = ["soorgeon", "kale", "marimo", "nbconvert"] as const;

export type Peers = Readonly<Record<PeerName, Installed>>;

/** Installs the peers, each in its own environment. */
export async function installPeers(cache: string): Promise<Peers> {
  const [soorgeon, kale, marimo, nbconvert] = [
    await environment(cache, "soorgeon", pinned.soorgeon),
    await environment(cache, "kale", pinned.kale),
    await environment(cache, "marimo", pinned.marimo),
    await environment(cache, "nbconvert", pinned.nbconvert),
  ];
  return { soorgeon, kale, marimo, nbconvert };
}

const notebookSchema = z.object({
  cells: z.array(z.object({ cell_type: z.string(), source: z.union([z.string(), z.array(z.string())]) })),
});

/** Lays a notebook out for a converter: its code cells, one step each. */
async function layOut(notebook: string, folder: string, withHeadings: boolean): Promise<string> {
  await mkdir(folder, { recursive: true });
  const cells = codeOf(notebookSchema.parse(JSON.parse(await readFile(notebook, "utf8"))));
  const file = path.join(folder, "notebook.ipynb");
  await writeFile(file, JSON.stringify(toNotebook(cells, withHeadings)));
  return file;
}

function refused(ended: Ended): Judged {
  const reason = ended.timedOut ? "took too long" : lastLine(ended.stderr) || lastLine(ended.stdout);
  return { outcome: "refused", reason };
}

export async function readRecord(file: string, ended: Ended): Promise<RunRecord> {
  if (ended.timedOut) return { failed: "took too long" };
  try {
    return recordSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return { failed: lastLine(ended.stderr) || "its process died" };
  }
}

/** A command line that turns the notebook in `folder` into something, for the time it takes. */
export function conversionCommand(
  name: PeerName | "cellsmith",
  peers: Peers,
): readonly [string, ...string[]] | undefined {
  if (name === "cellsmith") {
    return [
      process.execPath,
      cli,
      "convert",
      "notebook.ipynb",
      "--out",
      "pipeline",
      "--split",
      "cells",
      "--force",
    ];
  }
  const peer = peers[name];
  if ("missing" in peer) return undefined;
  const bin = path.dirname(peer.python);
  switch (name) {
    case "soorgeon":
      return [
        path.join(bin, "soorgeon"),
        "refactor",
        "notebook.ipynb",
        "--file-format",
        "py",
        "--serializer",
        "cloudpickle",
      ];
    case "kale":
      return [peer.python, path.join(scripts, "kale_steps.py"), "notebook.ipynb", "steps.json"];
    case "marimo":
      return [path.join(bin, "marimo"), "convert", "notebook.ipynb", "-o", "converted.py"];
    case "nbconvert":
      return [
        path.join(bin, "jupyter-nbconvert"),
        "--to",
        "script",
        "notebook.ipynb",
        "--output",
        "converted",
      ];
  }
}

export interface Setting {
  /** The interpreter that the notebooks run in. */
  readonly python: string;
  readonly peers: Peers;
  /** For one run of a notebook or of its steps. */
  readonly seconds: number;
}

export function peer(name: PeerName, setting: Setting): Contender {
  const { peers, python, seconds } = setting;
  const installed = peers[name];
  return {
    name,
    missing: "missing" in installed ? installed.missing : undefined,
    async judge(notebook, wanted, scratch): Promise<Judged> {
      const folder = path.join(scratch, name);
      await layOut(notebook, folder, name === "soorgeon");
      const command = conversionCommand(name, peers);
      if (command === undefined || "missing" in installed) {
        return { outcome: "refused", reason: "not installed" };
      }
      const converted = await run(command, { cwd: folder, seconds: 120 });
      if (converted.code !== 0) return refused(converted);
      if (name === "marimo" || name === "nbconvert") {
        const site = name === "marimo" ? await sitePackages(installed.python, folder) : "";
        const args = name === "marimo" ? [path.join(scripts, "run_marimo.py"), site] : ["-m", "IPython"];
        const env = { ...sealed, MPLBACKEND: "agg" };
        const ended = await run([python, ...args, "converted.py"], { cwd: folder, env, seconds });
        if (ended.code !== 0) {
          const reason = ended.timedOut ? "took too long" : lastLine(ended.stderr) || lastLine(ended.stdout);
          return { outcome: "crash", reason };
        }
        return judgeText(whole(wanted).stdout, ended.stdout);
      }
      if (name === "soorgeon") {
        const read = [installed.python, path.join(scripts, "soorgeon_steps.py"), "steps.json"] as const;
        const ended = await run(read, { cwd: folder, seconds: 60 });
        if (ended.code !== 0) return refused(ended);
      }
      const steps = [
        python,
        path.join(scripts, "run_steps.py"),
        runtime,
        "steps.json",
        "record.json",
      ] as const;
      const ended = await run(steps, { cwd: folder, env: sealed, seconds: seconds * 3 });
      return judgeRecord(wanted, await readRecord(path.join(folder, "record.json"), ended));
    },
  };
}

async function sitePackages(python: string, cwd: string): Promise<string> {
  const ended = await run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], {
    cwd,
    seconds: 30,
  });
  return ended.stdout.trim();
}

const refusals = z.object({ refused: z.array(z.object({ code: z.string(), message: z.string() })) });

/** Ours with one component a cell, run in process, or step by step; what it prints, judged by nobody of ours. */
export function ours(isolated: boolean, { python, seconds }: Setting, split: "cells" | "auto"): Contender {
  const flags = isolated ? ["--isolate"] : [];
  return {
    name: `cellsmith, ${isolated ? "isolated" : "in process"}`,
    async judge(notebook: string, wanted: readonly Shown[], scratch: string): Promise<Judged> {
      const folder = path.join(scratch, `cellsmith-${split}-${String(isolated)}`);
      await layOut(notebook, folder, false);
      const convert = [process.execPath, cli, "convert", "notebook.ipynb", "--out", "pipeline"] as const;
      const converted = await run([...convert, "--split", split, "--python", python, "--json"], {
        cwd: folder,
        seconds: 120,
      });
      if (converted.code === 3) {
        const told = refusals.safeParse(JSON.parse(converted.stdout));
        const [first] = told.data?.refused ?? [];
        return { outcome: "refused", reason: first === undefined ? "" : `${first.code}: ${first.message}` };
      }
      if (converted.code !== 0) return { outcome: "crash", reason: lastLine(converted.stderr) };
      const ran = await run([python, "pipeline/run.py", ...flags], {
        cwd: folder,
        env: sealed,
        seconds: seconds * 3,
      });
      if (ran.code !== 0) {
        return { outcome: "crash", reason: ran.timedOut ? "took too long" : lastLine(ran.stderr) };
      }
      return judgeText(whole(wanted).stdout, ran.stdout);
    },
  };
}

/** Our own check of both modes: prints, values of every step, figures, files. */
export async function verified(
  { python, seconds }: Setting,
  scratch: string,
  split: "cells" | "auto",
): Promise<Judged> {
  const folder = path.join(scratch, `cellsmith-${split}-false`);
  const check = [process.execPath, cli, "verify", "pipeline", "--mode", "both", "--python", python] as const;
  const ended = await run([...check, "--yes", "--json"], { cwd: folder, env: sealed, seconds: seconds * 8 });
  if (ended.code === 0) return { outcome: "same", reason: "" };
  if (ended.code !== 4) return { outcome: "crash", reason: lastLine(ended.stderr) };
  const told = z
    .object({ compared: z.array(z.object({ kind: z.string(), name: z.string(), same: z.boolean() })) })
    .safeParse(JSON.parse(ended.stdout));
  const [first] = told.data?.compared.filter(({ same }) => !same) ?? [];
  return { outcome: "different", reason: first === undefined ? "" : `${first.kind} ${first.name}` };
}

export { worst };
