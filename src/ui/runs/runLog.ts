/** What a run printed, in an output channel: all of it, and what comes while it goes on. One run at a time. */
import { open } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import * as vscode from "vscode";
import type { Run } from "../../tracking/model.ts";
import { plainText } from "./plainText.ts";

const interval = 200;
const chunk = 1 << 16;

export class RunLog implements vscode.Disposable {
  #channel: vscode.OutputChannel | undefined;
  #tails: Tail[] = [];
  #run: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #reading = false;

  /** Follows a run without showing the channel. */
  follow(run: Run): void {
    if (this.#run === run.id) {
      this.#add(run.logs);
      return;
    }
    this.#run = run.id;
    this.#tails = [];
    this.#out.clear();
    this.#out.appendLine(`${run.experiment}, run ${run.number}: ${run.target.path}`);
    this.#out.appendLine("");
    this.#add(run.logs);
    clearInterval(this.#timer);
    this.#timer = setInterval(() => void this.#read(), interval);
    if (run.status !== "RUNNING") this.finish(run);
  }

  /** Reads what is left and stops looking. */
  finish(run: Run): void {
    if (this.#run !== run.id) return;
    this.#add(run.logs);
    clearInterval(this.#timer);
    this.#timer = undefined;
    void this.#read();
  }

  show(): void {
    this.#out.show(true);
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#channel?.dispose();
  }

  get #out(): vscode.OutputChannel {
    this.#channel ??= vscode.window.createOutputChannel("Cellsmith Run");
    return this.#channel;
  }

  #add(files: readonly string[]): void {
    for (const file of files) {
      if (!this.#tails.some((tail) => tail.file === file)) this.#tails.push(new Tail(file));
    }
  }

  async #read(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      for (const tail of this.#tails) {
        const text = plainText(await tail.read());
        if (text !== "") this.#out.append(text);
      }
    } finally {
      this.#reading = false;
    }
  }
}

/** A growing file, read from where the last reading ended. A file that cannot be read says nothing. */
class Tail {
  readonly file: string;
  readonly #decoder = new StringDecoder("utf8");
  #at = 0;

  constructor(file: string) {
    this.file = file;
  }

  async read(): Promise<string> {
    let text = "";
    try {
      const handle = await open(this.file);
      try {
        for (;;) {
          const { bytesRead, buffer } = await handle.read(Buffer.alloc(chunk), 0, chunk, this.#at);
          if (bytesRead === 0) return text;
          this.#at += bytesRead;
          text += this.#decoder.write(buffer.subarray(0, bytesRead));
        }
      } finally {
        await handle.close();
      }
    } catch {
      return text;
    }
  }
}
