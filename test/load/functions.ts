/** What each deployed function weighs and how long it takes to load, from the assembly alone. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readAssembly } from '../../local/assembly.ts';
import { readBlueprint } from '../../local/blueprint.ts';

export type FunctionFigures = Readonly<{ name: string; memoryGb: number; bundleBytes: number; importMs: number }>;

const importsEach = 7;

/** Import time is the median of seven fresh processes, with the template's environment and the files beside the code. */
export const functionFigures = (assemblyDir: string): readonly FunctionFigures[] =>
  readBlueprint(readAssembly(assemblyDir), 'http://127.0.0.1:1').functions.map((lambda) => {
    const entry = join(lambda.codeDir, 'index.mjs');
    const runs = Array.from({ length: importsEach }, () =>
      importMs(entry, { ...lambda.environment, LAMBDA_TASK_ROOT: lambda.codeDir }),
    );
    return {
      name: lambda.name,
      memoryGb: lambda.memoryMb / 1_024,
      bundleBytes: statSync(entry).size,
      importMs: median(runs),
    };
  });

const importMs = (entry: string, environment: Readonly<Record<string, string>>): number => {
  const script = `const t = performance.now(); await import(${JSON.stringify(entry)}); process.stdout.write(String(performance.now() - t)); process.exit(0)`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...environment, AWS_REGION: 'us-east-1', PATH: process.env['PATH'] },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${entry} cannot be imported: ${stderr}`);
  return Number(stdout);
};

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};
