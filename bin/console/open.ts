import type { FunctionConfig } from '../../config-schema/function-config.ts';
import { demoIssuerAlias } from '../../local/demo.ts';
import type { Gateway } from '../../local/gateway.ts';
import { localTarget, placesOf } from '../target.ts';
import { consoleDemo } from './demo.ts';
import { type Console, createConsole } from './endpoints.ts';
import { consolePage } from './page.ts';
import { consoleState } from './state.ts';

/** The console of a gateway on this machine. */
export const openConsole = async (
  gateway: Gateway,
  config: FunctionConfig,
  onError: (error: unknown) => void,
): Promise<Console> => {
  const demo = consoleDemo(gateway.url, config);
  const target = localTarget(placesOf(gateway));
  return createConsole({
    page: await consolePage(),
    state: consoleState(target, config, demo.restaurants, demoIssuerAlias),
    outbox: gateway.outbox,
    demo,
    port: Number(new URL(gateway.url).port),
    onError,
  });
};
