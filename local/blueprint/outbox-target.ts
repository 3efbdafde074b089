import { StartError } from '../start-error.ts';
import type { Template } from '../template.ts';
import type { QueueBlueprint } from './queues.ts';

const busArn = /^arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/[\w./-]+$/;

/**
 * Where the app's outbox goes, a bus's ARN or a queue's URL; undefined where it has none. Somebody gives it where only a deployment
 * knows it: what is neither would fail with each publication, so it throws `StartError`.
 *
 * @param queues somebody's, too, that the app may send to
 */
export const readOutboxTarget = (template: Template, queues: readonly QueueBlueprint[]): string | undefined => {
  const target = template.findOutput('OutboxTarget');
  if (target === undefined || busArn.test(target)) return target;
  const { pathname } = URL.parse(target) ?? {};
  // The host of somebody's queue is AWS's.
  if (queues.some(({ url, attributes }) => URL.parse(url)?.pathname === pathname && attributes['FifoQueue'] === 'true'))
    return target;
  throw new StartError(
    'TEMPLATE_UNRESOLVED',
    `The outbox goes to ${JSON.stringify(target)}, which is no ARN of an EventBridge bus, and no SQS FIFO queue that the app may send to.`,
  );
};
