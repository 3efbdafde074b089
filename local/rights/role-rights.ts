import type { Policy } from '../aws-endpoint.ts';
import type { Blueprint } from '../blueprint.ts';
import type { Caller } from '../callers.ts';
import { refusal } from '../engines/engine.ts';
import { StartError } from '../start-error.ts';
import type { WireRequest } from '../wire.ts';
import { rightFor, rightsFor } from './needed-rights.ts';
import { type Right, type Rights, rightsOf } from './rights.ts';

/** A right together with the function that has it, named as people name it. */
export type FunctionRight = Right & { readonly functionName: string };

/** What each function's role in the template allows, enforced. Operators may do everything. */
export type RoleRights = {
  readonly policy: Policy;
  readonly mayManage: (caller: Caller, request: Pick<WireRequest, 'method' | 'path'>) => boolean;
  /** What is granted and was never needed so far. Writing the function's own log, which does not come by here, is left out. */
  readonly unused: () => readonly FunctionRight[];
};

/** What Lambda needs of a function's role to hand it a queue's messages. */
const pollingActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** The same for a stream's records. */
const readingActions = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
];

/** Throws `StartError` where a function may not read the queue or stream that calls it: then Lambda would refuse the mapping. */
export const createRoleRights = ({
  api,
  functions,
  eventSources,
  streamSources,
  statements,
}: Blueprint): RoleRights => {
  const byFunction = new Map(
    functions.map(({ functionName }) => [
      functionName,
      rightsOf([...(statements.ofFunctions.get(functionName) ?? []), ...statements.ofQueues]),
    ]),
  );
  const includes = (functionName: string, right: Right): boolean =>
    byFunction.get(functionName)?.include(right) === true;

  const sources = [
    ...eventSources.map((one) => ({ ...one, resource: one.queueArn, what: 'messages', actions: pollingActions })),
    ...streamSources.map((one) => ({ ...one, resource: one.streamArn, what: 'records', actions: readingActions })),
  ];
  for (const { functionName, resource, what, actions } of sources) {
    const poller = functions.find((one) => one.functionName === functionName || one.arn === functionName);
    // Each is asked, so that none of them shows as a right that nobody uses.
    const [missing] = actions.filter((action) => !includes(poller?.functionName ?? functionName, { action, resource }));
    if (missing !== undefined)
      throw new StartError(
        'TEMPLATE_UNRESOLVED',
        `${poller?.name ?? functionName} is to be handed the ${what} of ${resource}, but its role does not allow ${missing}.`,
      );
  }

  return {
    policy: (call) => {
      const { caller } = call;
      if (caller.kind === 'operator') return undefined;
      const denied = rightsFor(call, api.region).find((right) => !includes(caller.functionName, right));
      return denied && accessDenied(caller.functionName, denied);
    },
    mayManage: (caller, request) => caller.kind === 'operator' || includes(caller.functionName, rightFor(request, api)),
    unused: () => functions.flatMap(({ name, functionName }) => unusedOf(name, byFunction.get(functionName))),
  };
};

const accessDenied = (functionName: string, { action, resource }: Right) =>
  refusal(
    400,
    'com.amazon.coral.service#AccessDeniedException',
    `the role of ${functionName} does not allow ${action} on ${resource}`,
  );

const unusedOf = (functionName: string, rights: Rights | undefined): readonly FunctionRight[] =>
  (rights?.unused() ?? [])
    .filter(({ action }) => !action.startsWith('logs:'))
    .map((right) => ({ functionName, ...right }));
