import { parentPort, workerData } from "node:worker_threads";
import * as z from "zod";
import { compareFiles } from "./compareFiles.ts";

const python = z.string().parse(workerData);
parentPort?.on("message", (message: unknown) => {
  void compareFiles(z.array(z.string()).parse(message), python).then((results) => {
    parentPort?.postMessage(results);
  });
});
