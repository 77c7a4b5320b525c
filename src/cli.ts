#!/usr/bin/env node
/** Entry of the command line. Checks the Node version before anything newer than it is loaded. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 13)) {
  process.stderr.write(`cellsmith: needs Node 22.13 or newer, this is ${process.versions.node}\n`);
  process.exitCode = 2;
} else {
  const stopping = new AbortController();
  process.once("SIGINT", () => {
    stopping.abort();
  });
  process.once("SIGTERM", () => {
    stopping.abort();
  });
  // A reader that leaves early (`| head`) stops the command instead of crashing it.
  process.stdout.on("error", () => {
    stopping.abort();
  });
  const { main } = await import("./cli/main.ts");
  process.exitCode = await main(process.argv.slice(2), {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    signal: stopping.signal,
  });
}
