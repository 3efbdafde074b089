/** Attempts during which one step fails: what is said, which calls it takes, and in which ways one of them may fail. */
import type { Visitor } from '../../bin/smoke/conversation.ts';
import { authError, authSuccess, type ExpectedFrame } from '../../bin/smoke/frames.ts';
import { forged, hello } from '../../bin/smoke/messages.ts';
import type { Interference, SeenCall } from './recorder.ts';
import { type AuditView, granted, refusedAs, refusedUnheard } from './traces.ts';

/** An attempt as it goes when nothing fails. `steps` are its calls, in their order. */
export type Attempt = Readonly<{
  what: string;
  functionName: string;
  says: (visitor: Visitor) => object;
  hears: (visitor: Visitor) => ExpectedFrame;
  steps: readonly string[];
  records: (userId: string) => readonly AuditView[];
}>;

export const attempts: readonly Attempt[] = [
  {
    what: 'a good authenticate',
    functionName: 'AuthenticateFunction',
    says: (visitor) => hello(visitor),
    hears: (visitor) => authSuccess(visitor),
    steps: [
      'GetItem',
      'UpdateItem verifying',
      'BatchGetItem',
      'UpdateItem granting',
      'PutItem',
      'UpdateItem authenticated',
    ],
    records: (userId) => [granted({ user: `demo/${userId}` })],
  },
  {
    what: 'a bad authenticate',
    functionName: 'AuthenticateFunction',
    says: (visitor) => hello(visitor, { token: forged(visitor.token) }),
    hears: () => authError('token_invalid'),
    steps: ['GetItem', 'UpdateItem verifying', 'PutItem', 'UpdateItem refused'],
    records: () => refusedAs('access_denied', 'CRITICAL', 'signature_bad').records,
  },
  {
    what: 'a ping instead',
    functionName: 'MessageFunction',
    says: () => ({ type: 'ping' }),
    hears: () => authError('expected_authentication'),
    steps: ['GetItem', 'UpdateItem verifying', 'PutItem', 'UpdateItem refused'],
    records: () => refusedUnheard('expected_authentication', 'ERROR', 'not_authenticate').records,
  },
];

/**
 * `unavailable`: it is not done. `answer_lost`: it is done, and nobody is told. `no answer`: the function waits for one
 * until it gives up.
 */
export type Failure = Readonly<{
  fate: 'unavailable' | 'answer_lost' | 'no answer';
  lasts: 'once' | 'on and on';
}>;

export type Crash = Readonly<{ why: string; attempt: Attempt; step: string; failure: Failure; userId: string }>;

const fates = ['unavailable', 'answer_lost'] as const;

/** Each step of each attempt fails in each way; and a grant ends in the middle, for want of an answer. */
export const crashes = (): readonly Crash[] => {
  const failing = attempts.flatMap((attempt) =>
    attempt.steps.flatMap((step) =>
      fates.flatMap((fate) =>
        (['once', 'on and on'] as const).map((lasts) => ({ attempt, step, failure: { fate, lasts } })),
      ),
    ),
  );
  const ending = attempts.slice(0, 1).flatMap((attempt) =>
    ['BatchGetItem', 'PutItem', 'UpdateItem authenticated'].map((step) => ({
      attempt,
      step,
      failure: { fate: 'no answer', lasts: 'on and on' } as const,
    })),
  );
  return [...ending, ...failing]
    .map(({ attempt, step, failure }, index) => ({
      why: `${attempt.what}: ${step} is ${failure.fate} ${failure.lasts}`,
      attempt,
      step,
      failure,
      userId: `u-crash-${index}`,
    }))
    .toSorted((a, b) => Number(isLeftToTimer(b)) - Number(isLeftToTimer(a)));
};

/** Those that only the timer can close are begun first. */
const isLeftToTimer = ({ step, failure }: Crash): boolean =>
  failure.lasts === 'on and on' && /granting|authenticated|BatchGet/.test(step);

export const stepOf = ({ action, toStatus }: SeenCall): string =>
  toStatus === undefined ? action : `${action} ${toStatus}`;

/** Lets a step of one connection's attempt fail. */
export const failing = ({ attempt, step, failure, userId }: Crash, connectionId: string): Interference => {
  let hasFailed = false;
  return (call) => {
    const isMeant =
      call.functionName === attempt.functionName &&
      (call.connectionId === connectionId || call.userId === userId) &&
      stepOf(call) === step;
    if (!isMeant || (hasFailed && failure.lasts === 'once')) return undefined;
    hasFailed = true;
    return failure.fate === 'no answer' ? new Promise(() => {}) : failure.fate;
  };
};
