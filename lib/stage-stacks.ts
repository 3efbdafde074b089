/** This repository's own form of a gateway: three stacks, each with one of the three parts. */
import { type App, Stack } from 'aws-cdk-lib';
import type { StageConfig } from '../config-schema/stage-config.ts';
import type { CodeOf } from './bundle.ts';
import { MaitredGateway } from './maitred-gateway.ts';
import { MaitredMonitoring } from './maitred-monitoring.ts';
import { MaitredState } from './maitred-state.ts';

export interface StageStacksProps {
  /** Name of the stage. */
  readonly stage: string;

  /** The stage's configuration. */
  readonly config: StageConfig;

  /** Code of each function, with the stage's configuration beside it. */
  readonly codeOf: CodeOf;
}

export type StageStacks = Readonly<{ state: MaitredState; gateway: MaitredGateway; monitoring: MaitredMonitoring }>;

/** What the CDK leaves out of every name below it: what stands in the stacks is called as when it stood there itself. */
const unnamed = 'Default';

/** Adds the stacks of a stage to an app. What must outlive every deployment is in one of its own. */
export const addStageStacks = (app: App, { stage, config, codeOf }: StageStacksProps): StageStacks => {
  const stackOf = (part: string): Stack => new Stack(app, `maitred-${stage}-${part}`);
  const state = new MaitredState(stackOf('state'), unnamed, config);
  const gateway = new MaitredGateway(stackOf('gateway'), unnamed, { stage, config, state, codeOf });
  const monitoring = new MaitredMonitoring(stackOf('monitoring'), unnamed, { stage, config, state, gateway });
  return { state, gateway, monitoring };
};
