/** Where a file named in code lies, and what to call it. */
import path from "node:path";

export type Location =
  | { readonly kind: "file"; readonly path: string }
  /** Something that only a run can reach: `https://…`, `s3://…`. */
  | { readonly kind: "url"; readonly url: string };

/**
 * Resolves a path as code says it.
 * @param base absolute folder that relative paths start from.
 */
export function locate(base: string, text: string): Location {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) {
    return text.startsWith("file://")
      ? { kind: "file", path: path.resolve(text.slice(7)) }
      : { kind: "url", url: text };
  }
  return { kind: "file", path: path.resolve(base, text) };
}

/** A path as people write it: relative to the folder with forward slashes, absolute where it lies outside. */
export function relativeTo(folder: string, file: string): string {
  const relative = path.relative(folder, file);
  const outside = relative.startsWith("..") || path.isAbsolute(relative);
  return outside ? file : relative.split(path.sep).join("/");
}

/**
 * A short name for each location: its last part, and as many parts before it as are needed to tell it from the others.
 * @returns the names in the order of the locations.
 */
export function shortNames(locations: readonly string[]): readonly string[] {
  const parts = locations.map((location) => location.split(/[\\/]/).filter((part) => part !== ""));
  const suffix = (at: number, length: number): string => (parts[at] ?? []).slice(-length).join("/");
  return locations.map((location, at) => {
    const rivals = locations.flatMap((other, index) => (other === location ? [] : [index]));
    const longest = parts[at]?.length ?? 0;
    let length = 1;
    while (length < longest && rivals.some((rival) => suffix(rival, length) === suffix(at, length)))
      length += 1;
    return suffix(at, length);
  });
}
