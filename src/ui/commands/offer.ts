import { Problem } from "../../problem.ts";
import type { CommandId } from "../../ids.ts";

/** A problem with what can be done about it, shown as buttons beside its sentence. */
export class Offer extends Problem {
  readonly actions: readonly {
    readonly title: string;
    readonly command: CommandId;
    readonly argument?: unknown;
  }[];

  constructor(message: string, actions: Offer["actions"]) {
    super(message);
    this.actions = actions;
  }
}
