// `npm test`: everything a change must pass. Runs on a machine with Node 20 and nothing else.
import { bootstrap } from "./bootstrap.mjs";

await bootstrap("test.ts");
