import manifest from "../../package.json" with { type: "json" };

/** Cellsmith's version, as a lock records it. */
export const version: string = manifest.version;
