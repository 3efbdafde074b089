/** The cloud assembly of the app that `start` is for: this project's own in its checkout, somebody's in theirs. */
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { missingLookups } from '../local/assembly.ts';
import { stateOfApp } from '../lib/app-state.ts';
import { readCdkApp } from '../lib/cdk-app.ts';
import { isWhole, keep } from '../lib/kept-assembly.ts';
import { buildApp, madeAssembly, runApp } from '../lib/run-app.ts';
import { appFolder, madeKeptFolder } from './app-folder.ts';

const projectDir = join(import.meta.dirname, '..');

/** Whether the app is this project's own, which has stages by their files. */
export const isOwnApp = (folder = appFolder()): boolean =>
  folder === projectDir && existsSync(join(projectDir, 'bin', 'app.ts'));

type AskedAssembly = Readonly<{
  /** The app's. Default: where the command runs, or above that. */
  folder?: string;
  /** As `-c` says it. */
  context: Readonly<Record<string, unknown>>;
  /** Whether it is made anew although nothing of what it is known to be made from has changed. */
  fresh: boolean;
  /** Where the gateway that runs it keeps its data: no source, wherever it lies. */
  dataDir?: string | undefined;
  /** Called where it has to be made, which takes seconds. */
  onMaking: () => void;
  /** Called with the app's command where that has not ended after a while: it may never. */
  onWaiting?: (command: string) => void;
  /** Default: 15 s, longer than most apps take. */
  patienceMs?: number;
}>;

/** The folder of the assembly, and what of AWS it was made without. Rejects with `AppError`. */
export const appAssembly = async ({
  folder = appFolder(),
  context,
  fresh,
  dataDir,
  onMaking,
  onWaiting,
  patienceMs = 15_000,
}: AskedAssembly) => {
  const app = readCdkApp(folder);
  const { build } = app;
  const name = isOwnApp(folder) ? String(context['stage']) : 'app';
  const place = (): string =>
    join(madeKeptFolder('assemblies', folder), `${name}-${stateOfApp(app, context, outside(app.folder, dataDir))}`);
  const made = madeAssembly(app);
  const patiently = (command: string, making: Promise<void>): Promise<void> => {
    const waiting = setTimeout(() => onWaiting?.(command), patienceMs);
    return making.finally(() => clearTimeout(waiting));
  };
  // What it makes is among what the app is made from: the place of the assembly is known after it only.
  const isBuilding = build !== undefined && made === undefined && (fresh || !isWhole(place()));
  if (isBuilding) {
    onMaking();
    await patiently(build, buildApp(app, context));
  }
  const make = (outdir: string): Promise<void> => {
    if (!isBuilding) onMaking();
    return patiently(app.command, runApp({ app, outdir, context, isBuilt: isBuilding, validate: false }));
  };
  const dir = made ?? (await keep(place(), make, fresh));
  return { dir, missing: missingLookups(dir) };
};

const outside = (folder: string, dataDir: string | undefined) => (path: string) =>
  dataDir === undefined || !join(folder, path).startsWith(join(dataDir, sep));
