/** What a target's answer says of an entry. Pure. */

export type Answer =
  | Readonly<{ outcome: 'taken' }>
  /** For what the entry is: it would be refused for ever. */
  | Readonly<{ outcome: 'refused'; reason: string }>
  /** For what the target is just now: down, too busy, gone or closed to us. The entry waits for it, and so does all behind it. */
  | Readonly<{ outcome: 'held'; reason: string }>;

export const taken: Answer = { outcome: 'taken' };

/** Of one entry of `PutEvents`. Every other code, known or not, is of the bus: to wait loses nothing, to set aside would empty the stream. */
const refusedByBus: ReadonlySet<string> = new Set(['InvalidArgument', 'MalformedDetail']);

export const answerOfBus = (errorCode: string | undefined): Answer => {
  if (errorCode === undefined) return taken;
  return { outcome: refusedByBus.has(errorCode) ? 'refused' : 'held', reason: errorCode };
};

/** By SQS whoever may not send is at fault, too, and so is whoever sends too much. */
const isOfTheQueue = /denied|notauthori|throttl|overlimit|nonexist|doesnotexist|kms|security|signature|token/i;

/** Of one message of `SendMessageBatch` that failed. */
export const answerOfQueue = (code: string, isSendersFault: boolean): Answer => ({
  outcome: isSendersFault && !isOfTheQueue.test(code) ? 'refused' : 'held',
  reason: code,
});

/** Errors of a whole call that say that something in it cannot be taken, whoever else sends it and whenever. */
const refusedCalls: ReadonlySet<string> = new Set([
  'ValidationException',
  'RequestEntityTooLargeException',
  'BatchRequestTooLong',
  'InvalidMessageContents',
]);

/** Whether a call failed for what is in it. Which entry is meant, only a call of that one alone tells. */
export const isRefusedCall = (errorName: string): boolean => refusedCalls.has(errorName);
