import { Problem } from "../../problem.ts";
export function checkPipelineCommand(): Promise<never> {
  return Promise.reject(new Problem("not yet"));
}
