/** The state of the repository that a run was started from. */
export interface GitState {
  /** Full hash of HEAD. */
  readonly commit: string;
  /** Undefined when HEAD is detached. */
  readonly branch: string | undefined;
  /** Whether tracked files differ from HEAD; undefined where that took too long to find out. */
  readonly dirty: boolean | undefined;
}

/** Reads the state of the repository around `folder`; undefined where there is none, no git, or no commit yet. Never throws. */
export type ReadGit = (folder: string) => Promise<GitState | undefined>;
