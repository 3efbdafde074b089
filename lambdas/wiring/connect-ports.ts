/** The ports that only `$connect` has. */
import type { FunctionConfig } from '../../config-schema/function-config.ts';
import type { ConnectPorts } from '../route-ports.ts';
import { documentClient, recordingPorts } from './aws-ports.ts';
import type { Deadline } from './deadline.ts';
import { passKeyRing } from './pass-keys.ts';

export const connectPorts = (
  deadline: Deadline,
  config: FunctionConfig,
  env = process.env,
  client = documentClient(deadline),
): ConnectPorts => ({
  ...recordingPorts(deadline, config, env, client),
  passKeys: passKeyRing(client, env),
});
