import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { FunctionBlueprint } from '../blueprint/functions.ts';
import { type Address, withLocalAddresses } from './addresses.ts';

/**
 * Unpacks the code of each function into a folder of its own, as Lambda does. The code is the asset's, byte for byte; in
 * what lies beside it as JSON deployed addresses are answered locally, as they are in the environment.
 */
export const unpackCode = (
  lambdas: readonly FunctionBlueprint[],
  addresses: readonly Address[],
): { readonly lambdas: readonly FunctionBlueprint[]; readonly remove: () => void } => {
  const folder = mkdtempSync(join(tmpdir(), 'maitred-code-'));
  for (const asset of new Set(lambdas.map(({ codeDir }) => codeDir))) {
    const codeDir = join(folder, basename(asset));
    cpSync(asset, codeDir, { recursive: true });
    for (const name of globSync('**/*.json', { cwd: codeDir })) {
      const file = join(codeDir, name);
      writeFileSync(file, withLocalAddresses(readFileSync(file, 'utf8'), addresses));
    }
  }
  return {
    lambdas: lambdas.map((lambda) => ({ ...lambda, codeDir: join(folder, basename(lambda.codeDir)) })),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
