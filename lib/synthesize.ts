/** Synthesizes a stage without the CDK's command line: what it would deploy, in a folder. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';

export type Synthesis = Readonly<{
  stage: string;
  /** Folder for the cloud assembly; no other synthesis may use it at the same time. */
  outdir: string;
  /** Folder of the stages' configurations. Default: `config`. */
  configDir?: string;
  /** Whether to check the templates against CloudFormation's rules and the rule packs, which takes 4 of 5 s of processor time. Default: yes. */
  validate?: boolean;
}>;

/** A stage cannot be synthesized. The message is one sentence with the cause in it; `output` is all that was printed. */
export class SynthesisError extends Error {
  readonly code = 'SYNTHESIS_FAILED';
  readonly stage: string;
  readonly output: string;

  constructor(stage: string, problem: string, output: string) {
    super(`stage "${stage}" cannot be synthesized: ${problem}`);
    this.name = 'SynthesisError';
    this.stage = stage;
    this.output = output;
  }
}

const projectDir = join(import.meta.dirname, '..');

/** Makes the cloud assembly of a stage and resolves to its folder; rejects with `SynthesisError`. */
export const synthesize = async ({
  stage,
  outdir,
  configDir = 'config',
  validate = true,
}: Synthesis): Promise<string> => {
  // A process of its own: the CDK takes 200 to 500 MB, which whoever runs the result should not keep.
  const child = spawn(process.execPath, ['--no-warnings', join(projectDir, 'bin', 'app.ts')], {
    cwd: projectDir,
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...contextOfCommandLine(), stage, config: configDir }),
      CDK_VALIDATION: String(validate),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, outcome] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number | NodeJS.Signals | Error | null>((resolve) => {
      child.on('error', resolve);
      child.on('close', (code, signal) => resolve(code ?? signal));
    }),
  ]);
  if (outcome === 0) return outdir;
  const output = `${stderr}${stdout}`;
  throw new SynthesisError(stage, outcome instanceof Error ? outcome.message : problemIn(output, outcome), output);
};

/** The context the `cdk` command would give: that of `cdk.json` and what it adds by itself. */
const contextOfCommandLine = (): Record<string, unknown> => ({
  ...JSON.parse(readFileSync(join(projectDir, 'cdk.json'), 'utf8')).context,
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
});

/**
 * The first finding of the validation (a warning of a rule pack fails it, too), or else the first line of the last error that was told, and of several
 * in one ("AError: …: BError: …") the innermost. What goes wrong while modules are loaded is told by Node, the rest by the app.
 */
const problemIn = (output: string, outcome: number | string | null): string => {
  const finding = (/^ERROR (.+)$/m.exec(output) ?? /^WARNING (.+)$/m.exec(output))?.[1];
  const told = [...output.matchAll(/^(?:error|\w*Error(?: \[\w+\])?): (.+)$/gm)].at(-1)?.[1];
  return finding ?? told?.replace(/^.*\b\w*Error: /, '') ?? `the app ended with ${outcome}`;
};
