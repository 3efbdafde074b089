import type { QueueBlueprint } from './queues.ts';
import type { Statements } from './statements.ts';

const queueArn = /^arn:aws:sqs:[^:*]+:([^:*]+):([^:*]+)$/;

/**
 * Somebody's queues that the app may send to, by their ARN, and that are in no template. Each is there as a queue of the gateway's own,
 * of the kind that its name says, so that what is sent can be looked at and goes to nobody.
 */
export const foreignQueues = (
  { ofFunctions }: Statements,
  queues: readonly QueueBlueprint[],
  awsEndpoint: string,
): readonly QueueBlueprint[] => {
  const sent = [...ofFunctions.values()]
    .flat()
    .filter(({ effect, actions }) => effect === 'Allow' && actions.includes('sqs:SendMessage'))
    .flatMap(({ resources }) => resources);
  const own = new Set(queues.map(({ arn }) => arn));
  return [...new Set(sent)]
    .filter((arn) => !own.has(arn))
    .flatMap((arn) => {
      const [, account, queueName] = queueArn.exec(arn) ?? [];
      if (account === undefined || queueName === undefined) return [];
      const attributes: Record<string, string> = queueName.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
      return [{ name: queueName, queueName, url: `${awsEndpoint}/${account}/${queueName}`, arn, attributes }];
    });
};
