/** What belongs to a gateway beside what stands in its construct. */
import type { Resource, Stack } from './assembly.ts';
import { isRecord } from './record.ts';
import { type Reference, referencesIn } from './references.ts';

/** Whether a resource belongs to something. */
export type Belonging = (stack: Stack, logicalId: string) => boolean;

/**
 * What a gateway is made of and uses: what stands in its construct, what its functions have in their environment, their roles, where its
 * queues put things aside, and policies of all these. A function of the app's own that reads a table or queue of it is not the gateway's.
 */
export const reach = (isOwn: Belonging, stacks: readonly Stack[], withoutVariables: readonly string[]): Belonging => {
  const reached = new Map<Stack, Set<string>>(stacks.map((stack) => [stack, new Set()]));
  const has: Belonging = (stack, logicalId) => reached.get(stack)?.has(logicalId) === true;
  const all = stacks.flatMap((stack) =>
    Object.entries(stack.resources).map(([logicalId, resource]) => ({ stack, logicalId, resource })),
  );
  let waiting: readonly Reference[] = all.filter(({ stack, logicalId }) => isOwn(stack, logicalId));
  while (waiting.length > 0) {
    const named = waiting.flatMap(({ stack, logicalId }) => {
      reached.get(stack)?.add(logicalId);
      const resource = stack.resources[logicalId];
      return resource === undefined ? [] : referencesIn(namedBy(resource, withoutVariables), stack, stacks);
    });
    const attached = all.filter(({ stack, resource }) =>
      referencesIn(attachedTo(resource), stack, stacks).some((one) => has(one.stack, one.logicalId)),
    );
    waiting = [...named, ...attached].filter(({ stack, logicalId }) => !has(stack, logicalId));
  }
  return has;
};

/** A policy is of whom it is attached to. */
const attachedTo = ({ Type, Properties }: Resource): unknown => {
  if (Type === 'AWS::IAM::Policy' || Type === 'AWS::IAM::ManagedPolicy') return Properties['Roles'];
  return Type === 'AWS::SQS::QueuePolicy' ? Properties['Queues'] : undefined;
};

/** Of a function what it is told and who it is, not where and by which key it runs; of a policy nothing: it may be about anything. */
const namedBy = ({ Type, Properties }: Resource, withoutVariables: readonly string[]): unknown => {
  if (Type === 'AWS::Lambda::Function') return [Properties['Role'], variablesIn(Properties, withoutVariables)];
  if (Type === 'AWS::Lambda::EventSourceMapping') return Properties['EventSourceArn'];
  if (Type === 'AWS::IAM::Role') return Properties['ManagedPolicyArns'];
  return Type === 'AWS::SQS::Queue' ? Properties['RedrivePolicy'] : undefined;
};

/** The variables of a function as the template has them, but for those that are not looked at. */
export const variablesIn = (
  properties: Readonly<Record<string, unknown>>,
  withoutVariables: readonly string[],
): Readonly<Record<string, unknown>> => {
  const environment = properties['Environment'];
  const variables = isRecord(environment) ? environment['Variables'] : undefined;
  return Object.fromEntries(
    Object.entries(isRecord(variables) ? variables : {}).filter(([name]) => !withoutVariables.includes(name)),
  );
};
