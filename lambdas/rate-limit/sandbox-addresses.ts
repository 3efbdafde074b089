/** What one sandbox remembers of addresses: it spares a flood's writes, and stands in for a counter that is throttled. */
import { createHash } from 'node:crypto';
import { lruMap } from '../memory/lru-map.ts';
import type { SandboxAddresses } from '../ports.ts';
import type { Excess } from './address-allowance.ts';

const maxAddresses = 10_000;
const maxTokens = 10_000;

export const sandboxAddresses = (): SandboxAddresses => {
  const counts = lruMap<Readonly<{ minute: number; connects: number }>>(maxAddresses);
  const refused = lruMap<Excess>(maxAddresses);
  const tokens = lruMap<true>(maxTokens);

  return {
    countConnect: (address, nowMs) => {
      const minute = Math.floor(nowMs / 60_000);
      const before = counts.get(address);
      const connects = (before?.minute === minute ? before.connects : 0) + 1;
      counts.set(address, { minute, connects });
      return connects;
    },
    refuse: (address, excess) => refused.set(address, excess),
    refusedFor: (address, nowMs) => {
      const excess = refused.get(address);
      return excess !== undefined && excess.untilMs > nowMs ? excess.why : undefined;
    },
    isNewForgery: (address, unverifiedToken) => {
      const name = createHash('sha256').update(`${address} ${unverifiedToken}`).digest('base64url');
      const isNew = tokens.get(name) === undefined;
      tokens.set(name, true);
      return isNew;
    },
  };
};
