/** Services that do not answer, on the world's clock: how long each call waits is what the functions' call policies say. */

import { mayRetry, nextAttemptTimeoutMs } from '../../lambdas/call-policy/call-policy.ts';
import { awsClient, callPolicies } from '../../lambdas/wiring/aws-ports.ts';
import type { Conduct } from './port-call.ts';
import type { World } from './world.ts';

export type Service = keyof typeof callPolicies;

type State = { leftMs: number; readonly unanswered: Record<Service, number> };

/** The longest pauses of the SDK: 0.1 s x 2^n after try n, from 0. */
const pauseMs = (nth: number): number => 100 * 2 ** nth;

/** How long a call waits that gets no answer, all its tries and pauses taken together; moves `state` on. */
export const hangingCallMs = (service: Service, state: State): number => {
  const policy = callPolicies[service];
  const beganWithMs = state.leftMs;
  for (let nth = 0; nth < awsClient.maxAttempts; nth++) {
    const progress = { leftMs: state.leftMs, unanswered: state.unanswered[service] };
    const wasOpen = progress.unanswered >= policy.openAfter;
    const attemptTimeoutMs = nextAttemptTimeoutMs(policy, progress);
    if (attemptTimeoutMs === 0) break;
    state.leftMs -= attemptTimeoutMs;
    state.unanswered[service] += 1;
    if (!mayRetry(policy, { ...progress, leftMs: state.leftMs }, wasOpen) || nth === awsClient.maxAttempts - 1) break;
    state.leftMs -= pauseMs(nth);
  }
  return beganWithMs - state.leftMs;
};

export const serviceOf = (call: string): Service | undefined => {
  if (call === 'verifyToken') return undefined;
  if (call.startsWith('sockets.')) return 'sockets';
  return /^(timer\.|publish$|deadLetter$|hideMessages$)/.test(call) ? 'queues' : 'tables';
};

export const isRead = (call: string): boolean =>
  /\.(read|sessionsAt|presentAt|refusalsOf)|^(find|list|read)/.test(call);

/** One invocation of a function with this timeout in which the calls meant get no answer. */
export const hanging = (world: World, timeoutMs: number, isMeant: (call: string, nth: number) => boolean): Conduct => {
  const endsAtMs = world.clock.nowMs + timeoutMs;
  const unanswered = { tables: 0, queues: 0, sockets: 0 };
  return (call, nth) => {
    const service = serviceOf(call);
    if (service === undefined) return 'done';
    const state = { leftMs: endsAtMs - world.clock.nowMs, unanswered };
    if (!isMeant(call, nth)) {
      // What would answer is not asked either, once its time is over.
      if (nextAttemptTimeoutMs(callPolicies[service], { leftMs: state.leftMs, unanswered: unanswered[service] }) === 0)
        return 'lost';
      unanswered[service] = 0;
      return 'done';
    }
    world.clock.nowMs += hangingCallMs(service, state);
    return 'lost';
  };
};
