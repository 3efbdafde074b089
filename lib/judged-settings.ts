/** What constructs are told, judged by the schema of a stage's file. Texts that only a deployment knows have stand-ins there. */
import { Token } from 'aws-cdk-lib';
import { ConfigError } from '../config-schema/config-error.ts';
import { checkConfig } from '../config-schema/parse-config.ts';
import { StageConfig, StateKeys } from '../config-schema/stage-config.ts';
import { refuseDevelopmentOnAws } from './config.ts';
import { type StandIns, standIns } from './deploy-time.ts';
import type { OidcIssuerProps } from './issuer-settings.ts';
import type { GatewaySettings, StateSettings } from './settings.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';

/** A list that lies in the environment shares its 4 KB with everything else there. */
const mostDeployTime = 5;

export type JudgedSettings = Readonly<{
  /** As a stage's file has it, with stand-ins in its issuers. */
  config: StageConfig;
  /** The entries of all issuers, for the environment, where one has deploy-time values. */
  deployTimeIssuers: readonly OidcIssuerProps[] | undefined;
}>;

/** The part that decides what is kept; throws `ConfigError`, whose sentence begins with `at`. */
export const judgedState = (at: string, { issuers = [], ...others }: StateSettings) => {
  const entries = issuers.map((one) => entryWith(standIns(), one));
  return checkConfig(StateKeys, at, {
    issuers: entries,
    ...others,
  });
};

/** Everything; throws `ConfigError`, whose sentence begins with `at`. */
export const judgedSettings = (
  at: string,
  { issuers = [], keepUserPool, outbox }: StateSettings,
  { outboxTarget: _, domain, allowedOrigins, ...settings }: GatewaySettings,
): JudgedSettings => {
  const ofIssuers = standIns();
  const config = checkConfig(StageConfig, at, {
    ...settings,
    issuers: issuers.map((one) => entryWith(ofIssuers, one)),
    keepUserPool,
    outbox,
    allowedOrigins,
    domain: domain && {
      ...domain,
      ...(Token.isUnresolved(domain.certificateArn) && { certificateArn: someCertificate }),
      ...(Token.isUnresolved(domain.hostedZoneId) && { hostedZoneId: 'Z0' }),
    },
  });
  refuseDevelopmentOnAws(at, config);
  if (!ofIssuers.areThere()) return { config, deployTimeIssuers: undefined };
  if (config.issuers.length > mostDeployTime)
    throw new ConfigError(
      { file: at, key: 'issuers' },
      `must be a list of up to ${mostDeployTime} where one has deploy-time values, got ${config.issuers.length}: they lie in the environment of a function`,
    );
  // With their defaults left out, which the function fills in: they would take three times the room.
  return { config, deployTimeIssuers: issuers.map(({ entry }) => entry) };
};

const someCertificate = 'arn:aws:acm:us-east-1:000000000000:certificate/deploy-time';

const entryWith = ({ hide }: StandIns, { entry }: TrustedIssuer) => ({
  ...entry,
  issuer: hide(entry.issuer, true),
  ...(entry.jwksUri !== undefined && { jwksUri: hide(entry.jwksUri, true) }),
  audience: typeof entry.audience === 'object' ? entry.audience.map((one) => hide(one)) : hide(entry.audience),
});
