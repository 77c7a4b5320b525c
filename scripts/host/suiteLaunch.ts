import * as z from "zod";

/**
 * How a suite's VS Code starts, beyond what `@vscode/test-electron` passes on. The served VS Code takes all of it; a desktop VS Code
 * takes the folder alone.
 */
export const suiteLaunch = z.strictObject({
  trust: z.enum(["trusted", "restricted"]),
  settings: z.record(z.string(), z.json()),
});

export type SuiteLaunch = z.infer<typeof suiteLaunch>;

const flag = "--cellsmith-launch=";

/** As an argument for the launcher. */
export function launchArgument(launch: SuiteLaunch): string {
  return `${flag}${JSON.stringify(launch)}`;
}

export interface LauncherArguments {
  readonly extension: string;
  readonly tests: string;
  readonly folder: string;
  readonly launch: SuiteLaunch;
}

/** Reads the arguments of a VS Code executable as far as a suite's launch needs them. */
export function parseLauncherArguments(args: readonly string[]): LauncherArguments {
  const valueOf = (name: string): string | undefined =>
    args.find((arg) => arg.startsWith(name))?.slice(name.length);
  const extension = valueOf("--extensionDevelopmentPath=");
  const tests = valueOf("--extensionTestsPath=");
  const folder = args.find((arg) => !arg.startsWith("-"));
  if (extension === undefined || tests === undefined || folder === undefined) {
    throw new Error(
      "Usage: launch.ts FOLDER --extensionDevelopmentPath=DIR --extensionTestsPath=FILE (as @vscode/test-electron calls it)",
    );
  }
  const given = valueOf(flag);
  const launch: SuiteLaunch =
    given === undefined ? { trust: "trusted", settings: {} } : suiteLaunch.parse(JSON.parse(given));
  return { extension, tests, folder, launch };
}
