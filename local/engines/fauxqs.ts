/**
 * The parts of fauxqs 2.4.1 that `queues.ts` runs. Its package exports only the whole server, which brings a web framework
 * and an S3 along (30 MB, 0.1 s) and turns every call into an HTTP request of its own; a store with its actions needs neither.
 */
import { SqsError } from '../../node_modules/fauxqs/dist/common/errors.js';
import { changeMessageVisibility } from '../../node_modules/fauxqs/dist/sqs/actions/changeMessageVisibility.js';
import { changeMessageVisibilityBatch } from '../../node_modules/fauxqs/dist/sqs/actions/changeMessageVisibilityBatch.js';
import { createQueue } from '../../node_modules/fauxqs/dist/sqs/actions/createQueue.js';
import { deleteMessage } from '../../node_modules/fauxqs/dist/sqs/actions/deleteMessage.js';
import { deleteMessageBatch } from '../../node_modules/fauxqs/dist/sqs/actions/deleteMessageBatch.js';
import { getQueueAttributes } from '../../node_modules/fauxqs/dist/sqs/actions/getQueueAttributes.js';
import { getQueueUrl } from '../../node_modules/fauxqs/dist/sqs/actions/getQueueUrl.js';
import { listQueues } from '../../node_modules/fauxqs/dist/sqs/actions/listQueues.js';
import { purgeQueue } from '../../node_modules/fauxqs/dist/sqs/actions/purgeQueue.js';
import { receiveMessage } from '../../node_modules/fauxqs/dist/sqs/actions/receiveMessage.js';
import { sendMessage } from '../../node_modules/fauxqs/dist/sqs/actions/sendMessage.js';
import { sendMessageBatch } from '../../node_modules/fauxqs/dist/sqs/actions/sendMessageBatch.js';
import { setQueueAttributes } from '../../node_modules/fauxqs/dist/sqs/actions/setQueueAttributes.js';
import { type SqsQueue, SqsStore } from '../../node_modules/fauxqs/dist/sqs/sqsStore.js';

export { SqsError, type SqsQueue, SqsStore };

/** What a queue tells of its changes; the class behind it opens a database when it is made. */
export type PersistenceHooks = Pick<
  NonNullable<SqsQueue['persistence']>,
  | 'insertMessage'
  | 'deleteMessage'
  | 'updateMessageInflight'
  | 'updateMessageReady'
  | 'deleteQueueMessages'
  | 'updateQueueAttributes'
  | 'updateQueueSequenceCounter'
>;

/** Throws `SqsError` for what SQS refuses. */
export type SqsAction = (input: Record<string, unknown>, store: SqsStore) => unknown;

// All it looks for in a request is a region other than the store's own, and a host for the URL, by which nobody finds a queue.
const noRequest = { headers: {} } as Parameters<typeof createQueue>[2];

export const actions: ReadonlyMap<string, SqsAction> = new Map<string, SqsAction>([
  ['ChangeMessageVisibility', changeMessageVisibility],
  ['ChangeMessageVisibilityBatch', changeMessageVisibilityBatch],
  ['CreateQueue', (input, store) => createQueue(input, store, noRequest)],
  ['DeleteMessage', deleteMessage],
  ['DeleteMessageBatch', deleteMessageBatch],
  ['GetQueueAttributes', getQueueAttributes],
  ['GetQueueUrl', (input, store) => getQueueUrl(input, store, noRequest)],
  ['ListQueues', listQueues],
  ['PurgeQueue', purgeQueue],
  ['ReceiveMessage', receiveMessage],
  ['SendMessage', sendMessage],
  ['SendMessageBatch', sendMessageBatch],
  ['SetQueueAttributes', setQueueAttributes],
]);
