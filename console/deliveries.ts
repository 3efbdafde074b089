/** PURE. What was published without a connection, and what became of it. */

/** A publication that was made without a connection, and whether the gateway has taken it since. */
export type Delivery = 'waits' | 'accepted';

/** How it went with what was published without a connection, by its name. Nothing of anything else. */
export const waitingText = (deliveries: ReadonlyMap<string, Delivery>): string => {
  const those = (which: Delivery) => [...deliveries].filter(([, delivery]) => delivery === which).map(([name]) => name);
  const [waiting, accepted] = [those('waits'), those('accepted')];
  return [
    ...(waiting.length > 0 ? [`Waiting for the connection: ${waiting.join(', ')}.`] : []),
    ...(accepted.length > 0 ? [`Accepted: ${accepted.join(', ')}.`] : []),
  ].join(' ');
};

/** What an event is called where there may be several: by its type and the first thing it names. */
export const publicationName = (type: string, ids: readonly (readonly [string, string | number])[]): string =>
  [type, ...ids.slice(0, 1).map(([, id]) => id)].join(' ');
