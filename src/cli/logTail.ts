import { open } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";

/** Hands on what a growing file gains, in pieces, characters kept whole. */
export class LogTail {
  readonly #file: string;
  readonly #write: (text: string) => void;
  readonly #decoder = new StringDecoder("utf8");
  #offset = 0;

  constructor(file: string, write: (text: string) => void) {
    this.#file = file;
    this.#write = write;
  }

  async read(): Promise<void> {
    const handle = await open(this.#file, "r").catch(() => undefined);
    if (handle === undefined) return;
    try {
      for (;;) {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, this.#offset);
        if (bytesRead === 0) return;
        this.#offset += bytesRead;
        this.#write(this.#decoder.write(buffer.subarray(0, bytesRead)));
      }
    } finally {
      await handle.close();
    }
  }
}
