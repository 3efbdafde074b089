/** What a run has not posted is posted again: by one delayed message a run and step, to whoever may still hear it then. */
import type { Missed, Unposted } from '../ports.ts';
import type { RedeliveryPorts } from '../route-ports.ts';
import { type Delivered, deliveredOf, judgedSessions, postedUntilMs } from './delivery.ts';
import { framesOf } from './frames.ts';
import type { Share } from './gate.ts';
import { postAll, putOutAgain } from './posting.ts';

/** Each step waits longer. A minute after the last sign of life a client asks by itself, so there is no fourth. */
export const redeliveryDelaysSeconds = [2, 10, 30] as const;

/** Has all that posted again, where there is a next step. Throws where nobody knows whether it will be. */
export const putOff =
  ({ postAgain }: Pick<RedeliveryPorts, 'postAgain'>) =>
  async (restaurants: readonly Unposted[], step: number): Promise<void> => {
    const delaySeconds = redeliveryDelaysSeconds[step - 1];
    if (restaurants.length > 0 && delaySeconds !== undefined) await postAgain({ step, restaurants }, delaySeconds);
  };

/**
 * Posts once more what the connections of a restaurant have missed, after session and membership were judged anew: whoever has
 * left, expired or was dismissed since is in no list any more, and events of another numbering are none of these.
 */
export const deliverAgain =
  (ports: RedeliveryPorts, share: Share) =>
  async ({ restaurantId, epoch, seqs, missed }: Unposted): Promise<Delivered> => {
    const head = await ports.streams.readHead(restaurantId);
    const stored = await Promise.all(
      head?.epoch === epoch ? seqs.map((seq) => ports.streams.readEvent(restaurantId, seq)) : [],
    );
    const events = stored.flatMap((found) => found?.event ?? []);
    const { entitled } = await judgedSessions(ports)(restaurantId);
    const framesFor = framesOf(ports.domain, restaurantId, { epoch, events });
    const untilMs = postedUntilMs(ports);
    const missedFrom = firstMissed(missed);
    const outcomes = await Promise.all([
      ...entitled.flatMap((connection) => {
        const fromSeq = missedFrom.get(connection.connectionId)?.get(connection.connectedAtMs);
        const frames = fromSeq === undefined ? [] : framesFor(connection.session);
        return postAll(ports, share)(
          connection,
          frames.filter(({ lastSeq }) => lastSeq >= (fromSeq ?? 0)),
          untilMs,
        );
      }),
      ...missed
        .filter(({ fromSeq }) => fromSeq === 'closing')
        .flatMap(({ connections }) => connections)
        .map(putOutAgain(ports, share)),
    ]);
    return deliveredOf(restaurantId, { epoch, events }, outcomes);
  };

/** By connection, and the moment it began: from which number on. */
const firstMissed = (missed: readonly Missed[]): ReadonlyMap<string, ReadonlyMap<number, number>> => {
  const from = new Map<string, Map<number, number>>();
  for (const { fromSeq, connections } of missed)
    if (fromSeq !== 'closing')
      for (const { connectionId, connectedAtMs } of connections)
        from.set(connectionId, new Map([...(from.get(connectionId) ?? []), [connectedAtMs, fromSeq]]));
  return from;
};
