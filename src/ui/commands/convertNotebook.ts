import { Problem } from "../../problem.ts";
export function convertNotebookCommand(): Promise<never> {
  return Promise.reject(new Problem("not yet"));
}
