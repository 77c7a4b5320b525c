/** Reads a growing file line by line, each byte once. What follows the last newline waits until its line is complete. */
import { constants } from "node:fs";
import { open, stat } from "node:fs/promises";
import { longestLine } from "../../tracking/parseEvent.ts";

const newline = 10;
const chunkBytes = 64 * 1024;

export interface TailListener {
  /** A complete line without its newline, and its number, from 1. */
  line(text: string, number: number): void;
  /** A line longer than any event; it is passed over without being held in memory. */
  tooLong(number: number): void;
  /** Called between pieces of work. */
  pause(): Promise<void>;
}

export class FileTail {
  readonly #file: string;
  #offset = 0;
  #inode: number | undefined;
  #rest: Buffer[] = [];
  #restBytes = 0;
  #lines = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * Reads what was appended since the last call.
   * @returns `replaced` when the file is no longer the one that was read: the caller starts afresh with a new tail.
   * @throws what the file system says, when the file cannot be opened.
   */
  async read(listener: TailListener): Promise<"same" | "grown" | "replaced"> {
    const found = await stat(this.#file);
    // A pipe or a device would hold the reader for ever.
    if (!found.isFile()) return "same";
    if (found.size < this.#offset || (this.#inode !== undefined && found.ino !== this.#inode))
      return "replaced";
    if (found.size === this.#offset) return "same";
    const handle = await open(this.#file, constants.O_RDONLY);
    try {
      const opened = await handle.stat();
      if (this.#inode !== undefined && opened.ino !== this.#inode) return "replaced";
      this.#inode = opened.ino;
      // Up to the size seen now: a writer faster than the reader must not keep it here for ever.
      while (this.#offset < opened.size) {
        const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, opened.size - this.#offset));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.#offset);
        if (bytesRead === 0) break;
        this.#offset += bytesRead;
        this.#split(buffer.subarray(0, bytesRead), listener);
        await listener.pause();
      }
    } finally {
      await handle.close();
    }
    return "grown";
  }

  #split(chunk: Buffer, listener: TailListener): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#lines += 1;
      if (this.#restBytes + end - start > longestLine) listener.tooLong(this.#lines);
      else listener.line(this.#complete(chunk.subarray(start, end)), this.#lines);
      this.#rest = [];
      this.#restBytes = 0;
      start = end + 1;
    }
    if (start === chunk.length) return;
    this.#restBytes += chunk.length - start;
    if (this.#restBytes > longestLine) this.#rest = [];
    else this.#rest.push(chunk.subarray(start));
  }

  #complete(end: Buffer): string {
    const bytes = this.#rest.length === 0 ? end : Buffer.concat([...this.#rest, end]);
    return bytes.toString("utf8").replace(/\r$/, "");
  }
}
