/** Synthesizes a stage without the CDK's command line: what it would deploy, in a folder. */
import { join } from 'node:path';
import { AppError, readCdkApp } from './cdk-app.ts';
import { runApp } from './run-app.ts';

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
  try {
    await runApp({ app: readCdkApp(projectDir), outdir, context: { stage, config: configDir }, validate });
    return outdir;
  } catch (error) {
    if (error instanceof AppError) throw new SynthesisError(stage, error.problem, error.output);
    throw error;
  }
};
