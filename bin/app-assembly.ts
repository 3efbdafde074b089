/** The cloud assembly of the app that `start` is for: this project's own in its checkout, somebody's in theirs. */
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { missingLookups } from '../local/assembly.ts';
import { stateOfApp } from '../lib/app-state.ts';
import { readCdkApp } from '../lib/cdk-app.ts';
import { keep } from '../lib/kept-assembly.ts';
import { madeAssembly, runApp } from '../lib/run-app.ts';
import { appFolder, keptFolder } from './app-folder.ts';

const projectDir = join(import.meta.dirname, '..');

/** Whether the app is this project's own, which has stages by their files. */
export const isOwnApp = (): boolean => appFolder() === projectDir && existsSync(join(projectDir, 'bin', 'app.ts'));

export type AskedAssembly = Readonly<{
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
  context,
  fresh,
  dataDir,
  onMaking,
  onWaiting,
  patienceMs = 15_000,
}: AskedAssembly) => {
  const app = readCdkApp(appFolder());
  const make = (outdir: string): Promise<void> => {
    onMaking();
    const waiting = setTimeout(() => onWaiting?.(app.command), patienceMs);
    return runApp({ app, outdir, context, validate: false }).finally(() => clearTimeout(waiting));
  };
  const name = isOwnApp() ? String(context['stage']) : 'app';
  const dir =
    madeAssembly(app) ??
    (await keep(
      join(keptFolder('assemblies'), `${name}-${stateOfApp(app, context, outside(app.folder, dataDir))}`),
      make,
      fresh,
    ));
  return { dir, missing: missingLookups(dir) };
};

const outside = (folder: string, dataDir: string | undefined) => (path: string) =>
  dataDir === undefined || !join(folder, path).startsWith(join(dataDir, sep));
