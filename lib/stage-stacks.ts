/** This repository's own form of a gateway: three stacks, each with one of the three parts. */
import { type App, Stack } from 'aws-cdk-lib';
import type { StageConfig } from '../config-schema/stage-config.ts';
import type { FunctionsCode } from './entries.ts';
import { MaitredGateway } from './maitred-gateway.ts';
import { MaitredMonitoring } from './maitred-monitoring.ts';
import { MaitredState } from './maitred-state.ts';
import { Issuer } from './trusted-issuer.ts';

export interface StageStacksProps {
  /** Name of the stage. */
  readonly stage: string;

  /** The stage's configuration. */
  readonly config: StageConfig;

  /** Where the functions' code is from. */
  readonly code: FunctionsCode;
}

export type StageStacks = Readonly<{ state: MaitredState; gateway: MaitredGateway; monitoring: MaitredMonitoring }>;

/** What the CDK leaves out of every name below it: what stands in the stacks is called as when it stood there itself. */
const unnamed = 'Default';

/** Adds the stacks of a stage to an app. What must outlive every deployment is in one of its own. */
export const addStageStacks = (app: App, { stage, config, code }: StageStacksProps): StageStacks => {
  const { issuers, keepUserPool, outbox, provisionedThroughput, warmThroughput, auditTableClass, ...others } = config;
  const { alarmEmails, runbookUrl, dashboard, ...settings } = others;
  const stackOf = (part: string): Stack => new Stack(app, `maitred-${stage}-${part}`);
  const kept = {
    issuers: issuers.map(Issuer.oidc),
    keepUserPool,
    outbox,
    provisionedThroughput,
    warmThroughput,
    auditTableClass,
  };
  const state = new MaitredState(stackOf('state'), unnamed, kept);
  const gateway = new MaitredGateway(stackOf('gateway'), unnamed, { ...settings, stageName: stage, state, code });
  const monitoring = new MaitredMonitoring(stackOf('monitoring'), unnamed, {
    gateway,
    alarmEmails,
    runbookUrl,
    dashboard,
  });
  return { state, gateway, monitoring };
};
