/** A message of the redelivery queue, as text and back. A connection is two values there: a run may leave thousands of them. */
import * as v from 'valibot';
import type { Redelivery, Unposted } from '../ports.ts';

const Body = v.object({
  v: v.literal(1),
  step: v.number(),
  restaurants: v.array(
    v.object({
      restaurantId: v.string(),
      epoch: v.string(),
      seqs: v.array(v.number()),
      missed: v.array(
        v.object({
          fromSeq: v.union([v.number(), v.literal('closing')]),
          connections: v.array(v.tuple([v.string(), v.number()])),
        }),
      ),
    }),
  ),
});

/** SQS takes 256 KB, and all of this is ASCII. */
const maxBytes = 250_000;

/** Throws `ValiError` or `SyntaxError` for what is no such message. */
export const parseRedelivery = (body: string): Redelivery => {
  const { step, restaurants } = v.parse(Body, JSON.parse(body));
  return {
    step,
    restaurants: restaurants.map(({ missed, ...restaurant }) => ({
      ...restaurant,
      missed: missed.map(({ fromSeq, connections }) => ({
        fromSeq,
        connections: connections.map(([connectionId, connectedAtMs]) => ({ connectionId, connectedAtMs })),
      })),
    })),
  };
};

/** One text, or as many as it takes for each to be small enough. */
export const redeliveryTexts = (redelivery: Redelivery): readonly string[] => {
  const text = textOf(redelivery);
  const halves = text.length <= maxBytes ? [] : inHalves(redelivery.restaurants);
  return halves.length < 2 ? [text] : halves.flatMap((restaurants) => redeliveryTexts({ ...redelivery, restaurants }));
};

const textOf = ({ step, restaurants }: Redelivery): string =>
  JSON.stringify({
    v: 1,
    step,
    restaurants: restaurants.map(({ missed, ...restaurant }) => ({
      ...restaurant,
      missed: missed.map(({ fromSeq, connections }) => ({
        fromSeq,
        connections: connections.map(({ connectionId, connectedAtMs }) => [connectionId, connectedAtMs]),
      })),
    })),
  });

/** By restaurants; of one restaurant by what its connections have missed; of those by connections. */
const inHalves = (restaurants: readonly Unposted[]): readonly (readonly Unposted[])[] => {
  const [only, ...others] = restaurants;
  if (only === undefined || others.length > 0) return halved(restaurants);
  const [missed, ...more] = only.missed;
  if (missed === undefined || more.length > 0) return halved(only.missed).map((half) => [{ ...only, missed: half }]);
  return halved(missed.connections).map((connections) => [{ ...only, missed: [{ ...missed, connections }] }]);
};

const halved = <T>(all: readonly T[]): readonly (readonly T[])[] => {
  const middle = Math.ceil(all.length / 2);
  return [all.slice(0, middle), all.slice(middle)].filter((half) => half.length > 0);
};
