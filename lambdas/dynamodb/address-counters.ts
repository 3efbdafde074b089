/** The table of address counters (`Budgets` in the stack): what each address did in its current minute, and how hostile it has been. Counters only, all short-lived. */
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { AddressCounters } from '../ports.ts';
import { slotOf } from '../rate-limit/address-allowance.ts';
import { hostileWindowMs } from '../rate-limit/hostility.ts';
import { conditionally, type Item, numberIn, type Table, unlessThrottled } from './table.ts';

const minuteMs = 60_000;
export const minuteOf = (epochMs: number): number => Math.floor(epochMs / minuteMs) * minuteMs;

/** Kept an hour longer than anybody reads them. */
const keepSeconds = 3600;

const isCurrentWindow = 'window_start_ms > :window_floor_ms';
const blocksLonger = 'attribute_not_exists(blocked_until_ms) OR blocked_until_ms < :until_ms';
const isPastWindow = 'attribute_not_exists(window_start_ms) OR window_start_ms <= :window_floor_ms';

export const addressCounters = ({ client, tableName: TableName }: Table): AddressCounters => {
  const minuteKey = (address: string, windowStartMs: number) => ({
    pk: `IP#${address}`,
    sk: `M#${new Date(windowStartMs).toISOString()}`,
  });
  const hostilityKey = (address: string) => ({ pk: `IP#${address}`, sk: 'HOSTILITY' });

  const count = async (
    address: string,
    nowMs: number,
    ...counters: readonly ['connects', string] | readonly ['refusals']
  ): Promise<Item> => {
    const windowStartMs = minuteOf(nowMs);
    const { Attributes = {} } = await client.send(
      new UpdateCommand({
        TableName,
        Key: minuteKey(address, windowStartMs),
        UpdateExpression: `ADD ${counters.map((_, nth) => `#counter${nth} :one`).join(', ')} SET expires_at = :expires_at`,
        ExpressionAttributeNames: Object.fromEntries(counters.map((counter, nth) => [`#counter${nth}`, counter])),
        ExpressionAttributeValues: { ':one': 1, ':expires_at': Math.ceil(windowStartMs / 1000) + keepSeconds },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return Attributes;
  };

  return {
    countConnect: async (address, nowMs) => {
      const slot = `slot_${slotOf(nowMs)}`;
      const item = await unlessThrottled(count(address, nowMs, 'connects', slot));
      if (item === 'throttled') return item;
      return {
        connects: numberIn(item, 'connects'),
        connectsInSlot: numberIn(item, slot),
        blockedUntilMs: numberIn(item, 'blocked_until_ms'),
      };
    },
    countRefusal: async (address, nowMs) => {
      const item = await count(address, nowMs, 'refusals');
      return {
        refusals: numberIn(item, 'refusals'),
        isAggregateDue: item['is_aggregate_due'] === true,
        windowStartMs: minuteOf(nowMs),
      };
    },
    aggregateIsDue: async (address, windowStartMs) => {
      await client.send(
        new UpdateCommand({
          TableName,
          Key: minuteKey(address, windowStartMs),
          UpdateExpression: 'SET is_aggregate_due = :true',
          ExpressionAttributeValues: { ':true': true },
        }),
      );
    },
    refusalsOf: async (address, windowStartMs) => {
      const { Item = {} } = await client.send(
        new GetCommand({ TableName, Key: minuteKey(address, windowStartMs), ConsistentRead: true }),
      );
      return numberIn(Item, 'refusals');
    },
    countHostileFailure: async (address, nowMs) => {
      const update = (expression: string, condition: string, values: Item) =>
        conditionally(
          client.send(
            new UpdateCommand({
              TableName,
              Key: hostilityKey(address),
              UpdateExpression: expression,
              ConditionExpression: condition,
              ExpressionAttributeValues: {
                ':one': 1,
                ':window_floor_ms': nowMs - hostileWindowMs,
                ':expires_at': Math.ceil((nowMs + hostileWindowMs) / 1000) + keepSeconds,
                ...values,
              },
              ReturnValues: 'ALL_NEW',
            }),
          ),
        );
      const more = () => update('ADD failures :one SET expires_at = :expires_at', isCurrentWindow, {});
      const first = () =>
        update('SET failures = :one, window_start_ms = :now_ms, expires_at = :expires_at', isPastWindow, {
          ':now_ms': nowMs,
        });
      // Whoever loses the race for the first failure of a window counts in it.
      for (const attempt of [more, first, more]) {
        const written = await attempt();
        if (written !== 'refused')
          return {
            failures: numberIn(written.Attributes ?? {}, 'failures'),
            blockedUntilMs: numberIn(written.Attributes ?? {}, 'blocked_until_ms'),
            blockedAtMs: numberIn(written.Attributes ?? {}, 'blocked_at_ms'),
            windowStartMs: numberIn(written.Attributes ?? {}, 'window_start_ms'),
          };
      }
      throw new Error('the window of hostile failures kept changing');
    },
    // In every minute it covers, so that a handshake learns of it by the one write it makes anyway.
    block: async (address, nowMs, untilMs) => {
      const minutes: number[] = [];
      for (let at = minuteOf(nowMs); at < untilMs; at += minuteMs) minutes.push(at);
      await Promise.all(
        [hostilityKey(address), ...minutes.map((at) => minuteKey(address, at))].map((Key) =>
          conditionally(
            client.send(
              new UpdateCommand({
                TableName,
                Key,
                UpdateExpression: 'SET blocked_until_ms = :until_ms, blocked_at_ms = :now_ms, expires_at = :expires_at',
                ConditionExpression: blocksLonger,
                ExpressionAttributeValues: {
                  ':until_ms': untilMs,
                  ':now_ms': nowMs,
                  ':expires_at': Math.ceil((untilMs + hostileWindowMs) / 1000) + keepSeconds,
                },
              }),
            ),
          ),
        ),
      );
    },
  };
};
