/** The cloud assembly of the app that `start` is for: this project's own in its checkout, somebody's in theirs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
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
  /** Called where it has to be made, which takes seconds. */
  onMaking: () => void;
}>;

/** The folder of the assembly, and what of AWS it was made without. Rejects with `AppError`. */
export const appAssembly = async ({ folder = appFolder(), context, fresh, onMaking }: AskedAssembly) => {
  const app = readCdkApp(folder);
  const { build } = app;
  const name = isOwnApp(folder) ? String(context['stage']) : 'app';
  const place = (): string => join(madeKeptFolder('assemblies', folder), `${name}-${stateOfApp(app, context)}`);
  const made = madeAssembly(app);
  // What it makes is among what the app is made from: the place of the assembly is known after it only.
  const isBuilding = build !== undefined && made === undefined && (fresh || !isWhole(place()));
  if (isBuilding) {
    onMaking();
    await buildApp(app, context);
  }
  const make = (outdir: string): Promise<void> => {
    if (!isBuilding) onMaking();
    return runApp({ app, outdir, context, isBuilt: isBuilding, validate: false });
  };
  const dir = made ?? (await keep(place(), make, fresh));
  return { dir, missing: missingLookups(dir) };
};
