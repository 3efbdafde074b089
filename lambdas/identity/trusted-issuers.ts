import * as v from 'valibot';
import type { FunctionConfig } from '../../config-schema/function-config.ts';
import { type Issuer, Issuers } from '../../config-schema/issuer.ts';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { isKnownAtDeployment } from '../../config-schema/stand-ins.ts';
import { type Environment, environment, textFrom } from '../env.ts';

const AtLeastOne = v.pipe(Issuers, v.minLength(1, 'must not be empty'));

/**
 * The issuers of the configuration. Where it has none, or a stand-in in one, they are such as only a deployment knows, the stage's own
 * user pool or others: then all are in the environment. Throws `EnvironmentError` or `ConfigError` when they are not.
 */
export const trustedIssuers = ({ issuers }: Pick<FunctionConfig, 'issuers'>, env: Environment): readonly Issuer[] =>
  issuers.length > 0 && !issuers.some(isKnownAtDeployment)
    ? issuers
    : parseConfig(AtLeastOne, `environment variable ${environment.issuers}`, textFrom(env, environment.issuers));
