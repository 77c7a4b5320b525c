/**
 * The part of Thrift's compact protocol that a Parquet footer needs, after thrift-compact-protocol.md of
 * apache/thrift. Throws RangeError on bytes that are cut short or make no sense; callers turn that into a reason.
 */
export const ThriftType = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
} as const;

const maxDepth = 64;

export class ThriftReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /**
   * Calls `field` for every field of a struct. It reads the value and returns `next`, or returns `skip` without
   * reading; with `stop` the rest of the struct stays unread.
   */
  struct(field: (id: number) => "next" | "skip" | "stop", depth = 0): void {
    if (depth > maxDepth) throw new RangeError("nested too deeply");
    let id = 0;
    for (;;) {
      const head = this.#byte();
      const type = head & 15;
      if (type === ThriftType.stop) return;
      id = head >> 4 === 0 ? this.integer() : id + (head >> 4);
      const then = field(id);
      if (then === "stop") return;
      if (then === "skip") this.#skip(type, depth);
    }
  }

  /** Reads a list's head; its elements follow. */
  list(): { readonly size: number; readonly type: number } {
    const head = this.#byte();
    const size = head >> 4 === 15 ? this.#varint() : head >> 4;
    // Every element takes a byte at least: a size beyond the rest is a lie, and must not cost time or memory.
    if (size > this.#bytes.length - this.#at) throw new RangeError("list beyond the end");
    return { size, type: head & 15 };
  }

  /** An i16, i32 or i64; exact up to 2^53. */
  integer(): number {
    const zigzag = this.#varint();
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }

  text(): string {
    return this.#take(this.#varint()).toString("utf8");
  }

  #skip(type: number, depth: number): void {
    switch (type) {
      case ThriftType.true:
      case ThriftType.false:
        return;
      case ThriftType.byte:
        this.#take(1);
        return;
      case ThriftType.i16:
      case ThriftType.i32:
      case ThriftType.i64:
        this.#varint();
        return;
      case ThriftType.double:
        this.#take(8);
        return;
      case ThriftType.binary:
        this.#take(this.#varint());
        return;
      case ThriftType.list:
      case ThriftType.set: {
        const list = this.list();
        for (let count = 0; count < list.size; count += 1) this.#skipElement(list.type, depth);
        return;
      }
      case ThriftType.map: {
        const size = this.#varint();
        const types = size === 0 ? 0 : this.#byte();
        for (let count = 0; count < size; count += 1) {
          this.#skipElement(types >> 4, depth);
          this.#skipElement(types & 15, depth);
        }
        return;
      }
      case ThriftType.struct:
        this.struct(() => "skip", depth + 1);
        return;
      default:
        throw new RangeError(`unknown type ${type}`);
    }
  }

  /** In a collection a boolean takes a byte of its own. */
  #skipElement(type: number, depth: number): void {
    if (depth > maxDepth) throw new RangeError("nested too deeply");
    if (type === ThriftType.true || type === ThriftType.false) this.#take(1);
    else this.#skip(type, depth + 1);
  }

  #varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 63; factor *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw new RangeError("number too long");
  }

  #byte(): number {
    return this.#bytes.readUInt8(this.#at++);
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("text beyond the end");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
