/** The issuer of this machine in place of whoever issues tokens to a gateway where it is deployed. */
import type { FunctionConfig } from '../config-schema/function-config.ts';
import { Issuers } from '../config-schema/issuer.ts';
import { checkConfig } from '../config-schema/parse-config.ts';
import { parseStageFile, stageFileOf } from '../config-schema/stage-file.ts';
import { demoAudience, demoIssuerAlias, demoMembershipClaim, issuerName } from '../local/demo.ts';
import { domainOf } from '../protocol/domain.ts';

const issuers = checkConfig(Issuers, 'the issuer of this machine', [
  {
    alias: demoIssuerAlias,
    issuer: issuerName,
    audience: demoAudience,
    membershipClaim: { path: [demoMembershipClaim], shape: 'roles' },
  },
]);

/**
 * The file of a stage with the issuer of this machine alone, as whose users tokens are given out: those that the stage names for
 * demonstrations, or one for each role, called like it. Pages of this machine may connect. A stage that trusts it already stays as it is.
 */
export const withLocalIssuer = (stageFile: string): string => {
  const config = parseStageFile(stageFile);
  if (config.issuers.some(({ issuer }) => issuer === issuerName)) return stageFile;
  return stageFileOf({ ...config, issuers, developmentOrigins: true, demoUsers: demoUsersOf(config) });
};

const demoUsersOf = (config: FunctionConfig): Readonly<Record<string, string>> =>
  Object.keys(config.demoUsers).length > 0
    ? config.demoUsers
    : Object.fromEntries(domainOf(config).roles.map((role) => [role, role]));
