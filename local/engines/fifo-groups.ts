import type { SqsQueue } from './fauxqs.ts';

/**
 * Makes a FIFO queue of fauxqs treat message groups as SQS does. By itself it hands out one message of a group at a time, and
 * puts back several whose visibility ended together in the wrong order.
 *
 * - A batch has as many messages of a group as there is room for; none of it is handed out while one of them is hidden.
 * - A message that is visible again stands where it stood, each after the time that it was hidden for.
 */
export const groupsAsSqs = (queue: SqsQueue): SqsQueue => {
  if (!queue.isFifo()) return queue;
  const dequeue = queue.dequeue.bind(queue);
  const changeVisibility = queue.changeVisibility.bind(queue);
  const processTimers = queue.processTimers.bind(queue);

  const timers = (): void => {
    const nowMs = Date.now();
    for (const { receiptHandle, visibilityDeadline } of [...queue.inflightMessages.values()])
      if (visibilityDeadline <= nowMs) queue.changeVisibility(receiptHandle, 0);
    processTimers();
  };

  queue.processTimers = timers;
  queue.changeVisibility = (receiptHandle, seconds) => {
    const group = queue.inflightMessages.get(receiptHandle)?.message.messageGroupId ?? '';
    changeVisibility(receiptHandle, seconds);
    queue.fifoMessages.get(group)?.sort((a, b) => Number(a.sequenceNumber) - Number(b.sequenceNumber));
  };
  queue.dequeue = (most, ...how) => {
    timers();
    const lockedBefore = lockedGroups(queue);
    const received: ReturnType<typeof dequeue> = [];
    // A message that is hidden for no time at all must not come twice in one batch.
    queue.processTimers = () => {};
    while (received.length < most) {
      queue.fifoLockedGroups = new Map(lockedBefore);
      const [one] = dequeue(1, ...how);
      if (one === undefined) break;
      received.push(one);
    }
    queue.processTimers = timers;
    queue.fifoLockedGroups = lockedGroups(queue);
    return received;
  };
  return queue;
};

/** How many messages of each group are hidden. */
const lockedGroups = ({ inflightMessages }: SqsQueue): Map<string, number> => {
  const locked = new Map<string, number>();
  for (const { message } of inflightMessages.values()) {
    const group = message.messageGroupId ?? '';
    locked.set(group, (locked.get(group) ?? 0) + 1);
  }
  return locked;
};
