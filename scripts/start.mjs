// `npm start`: the main job on the bundled notebook, then VS Code on the result. Runs on a machine with Node 20 and nothing else.
import { bootstrap } from "./bootstrap.mjs";

await bootstrap("start.ts");
