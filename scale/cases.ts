/** The storms that `docs/limits.md` tells of, each as what is other than usual. */
import { quotas } from './quotas.ts';
import { type Storm, usualStorm } from './storm-settings.ts';

export type Case = Readonly<{ what: string; storm: Storm }>;

const one = (what: string, other: Partial<Storm>): Case => ({ what, storm: { ...usualStorm, ...other } });

const chain = { devices: 3_000, address: 3_000 } as const;

/** By the name under which `npm run storm` runs one. */
export const cases = {
  'cut-1500': one('1,500 devices, cut at once', { devices: 1_500 }),
  'cut-5000': one('5,000, cut at once', { devices: 5_000 }),
  'cut-15000': one('15,000, cut at once', { devices: 15_000 }),
  cut: one('50,000, cut at once', {}),
  'cut-150000': one('150,000, cut at once', { devices: 150_000 }),
  outage: one('15,000 after 600 s in which nothing answers', { devices: 15_000, outage: 600 }),
  tokens: one('50,000 whose tokens are over, at the stage’s own user pool', { tokens: quotas.tokens, expired: 1 }),
  'tokens-5000': one('5,000 whose tokens are over, at the stage’s own user pool', {
    devices: 5_000,
    tokens: quotas.tokens,
    expired: 1,
  }),
  'tokens-1500': one('1,500 whose tokens are over, at the stage’s own user pool', {
    devices: 1_500,
    tokens: quotas.tokens,
    expired: 1,
  }),
  'new-account': one('5,000 in a new account: 10 functions at once', {
    devices: 5_000,
    concurrency: quotas.newAccountConcurrency,
  }),
  'new-account-15000': one('15,000 in a new account', {
    devices: 15_000,
    concurrency: quotas.newAccountConcurrency,
  }),
  chain: one('3,000 behind one address, which show their re-entry passes', chain),
  'chain-without-passes': one('3,000 behind one address, without passes', { ...chain, passes: false }),
  'hand-overs': one('50,000, cut at once, and the two hours after', { hours: 2.25 }),
} as const satisfies Readonly<Record<string, Case>>;

export type CaseName = keyof typeof cases;
export const caseNames = Object.keys(cases) as readonly CaseName[];
