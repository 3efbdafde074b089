import { setTimeout as delay } from 'node:timers/promises';
import { streams } from '../lambdas/dynamodb/streams.ts';
import { outbox } from '../lambdas/routes/outbox.ts';
import type { DeadLetter } from '../lambdas/sqs/dead-letters.ts';
import { targetHelp, targetOptions } from './asked-gateway.ts';
import { called, FailedError, readArguments, run } from './command.ts';
import { handleLetters, letterOptions, wantedLetters } from './letters.ts';
import { streamRecordOf } from './stream-record.ts';
import { openTarget, type Target } from './target.ts';

const help = `What the backend did not get: its bus or queue refused it for what it is, or nobody could read it.

  ${called('outbox list    [--restaurant R] [--reason WORD]')}
  ${called('outbox redrive --restaurant R | --all [--reason WORD]')}
  ${called('outbox drop    --restaurant R | --all [--reason WORD]')}

  list           whose they are and why; of each restaurant the first ones, ten at most
  redrive        hands them to the bus or queue now, in their order, behind what went there since. What would be refused
                 again stays
  drop           deletes them
  --restaurant R of this restaurant. Security events of nobody who was verified are of none: --all
  --reason WORD  set aside for it, such as too_large
${targetHelp(15)}`;

/** Nobody ends a command. */
const timeLeftMs = () => Number.POSITIVE_INFINITY;

await run(async () => {
  const { values, positionals } = readArguments(help, { ...letterOptions, ...targetOptions });
  const wanted = wantedLetters(positionals, values);
  const target = await openTarget(values);
  if (target.outbox === undefined)
    throw new FailedError('The gateway has no outbox: its configuration says "outbox": "none".');
  return handleLetters(target.outbox.deadLetters, wanted, redrive(target, target.outbox));
});

/** By the very rule of the function, so that each envelope is the one it would have been. */
function redrive(
  { events, stageName }: Target,
  { target, deadLetters }: NonNullable<Target['outbox']>,
): (letter: DeadLetter) => Promise<'sent back' | `stays: ${string}`> {
  return async (letter) => {
    let why: string | undefined;
    const handOver = outbox({
      stage: stageName,
      target,
      readHead: streams(events).readHead,
      setAside: async (_letter, reason) => {
        why = reason;
      },
      telemetry: {
        failed: (_what, _key, error) => {
          why = error instanceof Error ? error.name : 'failed';
        },
        ran: () => {},
        setAside: () => {},
      },
      timeLeftMs,
      pause: delay,
      now: Date.now,
    });
    const record = streamRecordOf(letter.body);
    if (record === undefined) return 'stays: not_a_record';
    const { batchItemFailures } = await handOver({ Records: [record] });
    if (why !== undefined || batchItemFailures.length > 0) return `stays: ${why ?? 'not_handed_over'}`;
    await deadLetters.remove(letter);
    return 'sent back';
  };
}
