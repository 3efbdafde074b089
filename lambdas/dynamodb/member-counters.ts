/** The handshakes of members that showed a re-entry pass, beside the counters of addresses. */
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { MemberCounters } from '../ports.ts';
import { conditionally, type Item, numberIn, type Table } from './table.ts';

const hourMs = 60 * 60_000;
const hourOf = (epochMs: number): number => Math.floor(epochMs / hourMs) * hourMs;

/** Kept an hour longer than anybody reads it. */
const keepSeconds = 2 * 3600;

const isTrustedLonger = 'attribute_not_exists(distrusted_until_ms) OR distrusted_until_ms < :until_ms';

/**
 * One item a member and hour, with a counter for each of its minutes: a handshake counts and learns by one write, a refusal
 * reaches the handshakes of the next 15 minutes by one or two.
 */
export const memberCounters = ({ client, tableName: TableName }: Table): MemberCounters => {
  const ofHour = (member: string, hourStartMs: number) => ({
    TableName,
    Key: { pk: `MEMBER#${member}`, sk: `H#${new Date(hourStartMs).toISOString()}` },
  });
  const endOf = (hourStartMs: number): Item => ({ ':expires_at': Math.ceil(hourStartMs / 1000) + keepSeconds });

  return {
    countHandshake: async (member, nowMs) => {
      const hourStartMs = hourOf(nowMs);
      const minute = `m${Math.floor((nowMs - hourStartMs) / 60_000)}`;
      const { Attributes = {} } = await client.send(
        new UpdateCommand({
          ...ofHour(member, hourStartMs),
          UpdateExpression: 'ADD #minute :one SET expires_at = :expires_at',
          ExpressionAttributeNames: { '#minute': minute },
          ExpressionAttributeValues: { ':one': 1, ...endOf(hourStartMs) },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return {
        handshakes: numberIn(Attributes, minute),
        distrustedUntilMs: numberIn(Attributes, 'distrusted_until_ms'),
      };
    },
    distrust: async (member, nowMs, untilMs) => {
      const hours = new Set([hourOf(nowMs), hourOf(untilMs)]);
      await Promise.all(
        [...hours].map((hourStartMs) =>
          conditionally(
            client.send(
              new UpdateCommand({
                ...ofHour(member, hourStartMs),
                UpdateExpression: 'SET distrusted_until_ms = :until_ms, expires_at = :expires_at',
                ConditionExpression: isTrustedLonger,
                ExpressionAttributeValues: { ':until_ms': untilMs, ...endOf(hourStartMs) },
              }),
            ),
          ),
        ),
      );
    },
  };
};
