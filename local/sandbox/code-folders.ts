import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { FunctionBlueprint } from '../blueprint/functions.ts';
import { type Address, withLocalAddresses } from './addresses.ts';

type UnpackedCode = {
  readonly lambdas: readonly FunctionBlueprint[];
  /** The file of the stage that lies beside the functions' code, the same for all; undefined where there is none. */
  readonly stageFile: string | undefined;
  readonly remove: () => void;
};

/** The file of the stage beside a function's code. */
export const stageFileName = 'stage.json';

/**
 * Unpacks the code of each function into a folder of its own, as Lambda does. The code is the asset's, byte for byte; in
 * what lies beside it as JSON deployed addresses are answered locally, as they are in the environment.
 *
 * @param configure what becomes of the file of the stage before that
 */
export const unpackCode = (
  lambdas: readonly FunctionBlueprint[],
  addresses: readonly Address[],
  configure: (stageFile: string) => string = (stageFile) => stageFile,
): UnpackedCode => {
  const folder = mkdtempSync(join(tmpdir(), 'maitred-code-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    for (const asset of new Set(lambdas.map(({ codeDir }) => codeDir))) {
      const codeDir = join(folder, basename(asset));
      cpSync(asset, codeDir, { recursive: true });
      for (const name of globSync('**/*.json', { cwd: codeDir })) {
        const file = join(codeDir, name);
        const text = readFileSync(file, 'utf8');
        writeFileSync(file, withLocalAddresses(name === stageFileName ? configure(text) : text, addresses));
      }
    }
  } catch (error) {
    remove();
    throw error;
  }
  const unpacked = lambdas.map((lambda) => ({ ...lambda, codeDir: join(folder, basename(lambda.codeDir)) }));
  const stageFile = unpacked.map(({ codeDir }) => join(codeDir, stageFileName)).find((file) => existsSync(file));
  return { lambdas: unpacked, stageFile, remove };
};
