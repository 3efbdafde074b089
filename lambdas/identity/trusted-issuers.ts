import * as v from 'valibot';
import type { FunctionConfig } from '../../config-schema/function-config.ts';
import { type Issuer, Issuers } from '../../config-schema/issuer.ts';
import { parseConfig } from '../../config-schema/parse-config.ts';
import { type Environment, environment, textFrom } from '../env.ts';

const AtLeastOne = v.pipe(Issuers, v.minLength(1, 'must not be empty'));

/**
 * The issuers of the configuration. A stage without any has a user pool of its own, whose address only a deployment knows:
 * it is in the environment. Throws `EnvironmentError` or `ConfigError` when it is not.
 */
export const trustedIssuers = ({ issuers }: Pick<FunctionConfig, 'issuers'>, env: Environment): readonly Issuer[] =>
  issuers.length > 0
    ? issuers
    : parseConfig(AtLeastOne, `environment variable ${environment.issuers}`, textFrom(env, environment.issuers));
