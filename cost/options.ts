/** What a stage, a fleet or its backends may choose, one at a time against a month, and all that save without narrowing a promise. */
import type { Fleet } from './fleet.ts';
import { totalOf } from './month.ts';

export type Option = Readonly<{
  option: string;
  /** What it asks for, or what is lost with it. */
  asks: string;
  chosen: Partial<Fleet>;
}>;

/** Keys of the stage's configuration, settings of the SDK and of the issuer. */
export const savings: readonly Option[] = [
  {
    option: '`provisionedThroughput` of the events table',
    asks: 'a ceiling that somebody watches: a jump beyond it is throttled, and events wait for the autoscaling',
    chosen: { provisioned: true },
  },
  {
    option: '`pingIntervalSeconds` 300',
    asks: 'an event that was posted and not heard is noticed within 310 s in place of 130; mobile networks forget silent connections after 30 to 300 s, and those that do after 120 are not counted: it saves this at most',
    chosen: { heartbeat: 300 },
  },
  {
    option: 'tokens of two hours, where the issuer is yours',
    asks: 'a session of somebody whose membership is untouched lives an hour longer; memberships are asked at each message all the same',
    chosen: { tokenHours: 2 },
  },
  {
    option: '`auditTableClass` `"infrequent"`',
    asks: 'a write of it is a quarter dearer, storage less than half: it pays after two months of records',
    chosen: { auditTableClass: 'infrequent' },
  },
  {
    option: '`fanOutMemoryMiB` 512 with `fanOutConcurrency` 45',
    asks: 'half as many sockets of one restaurant in a run, and twice the time where it is the processor’s: a sandbox’s first run, a crowd, sockets that hang',
    chosen: { fanOutMemoryMiB: 512, fanOutConcurrency: 45 },
  },
];

/** Those of them that save something in this month, a cent at least: what is chosen already does not. */
export const savingsOf = (fleet: Fleet): readonly Option[] =>
  savings.filter((one) => differenceOf(fleet, one) <= -0.005);

/** The month with all that save. */
export const withSavings = (fleet: Fleet): Fleet =>
  Object.assign({ ...fleet }, ...savingsOf(fleet).map(({ chosen }) => chosen));

export const changes: readonly Option[] = [
  {
    option: 'three events in a frame (`batch` of the SDK, in a rush)',
    asks: 'comes by itself where events of one restaurant wait for each other',
    chosen: { frame: 3 },
  },
  {
    option: 'narrower audiences: 3 of 5 devices see an event',
    asks: 'who need not see an event is not in its audience',
    chosen: { audience: 0.6 },
  },
  { option: 'half as many events', asks: '', chosen: { events: 1_000 } },
  {
    option: 'devices that stay connected at night',
    asks: 'twelve hours of pings, minutes and renewals',
    chosen: { nightHours: 12 },
  },
  {
    option: 'every event published by a device',
    asks: 'a message each way for each',
    chosen: { publishers: 'devices' },
  },
  {
    option: 'backends that send each event in a request of its own',
    asks: 'nothing; in one request of up to ten they share its price',
    chosen: { batch: false },
  },
  {
    option: '`fanOutConcurrency` 50',
    asks: 'more runs at once, fewer restaurants in each',
    chosen: { fanOutConcurrency: 50 },
  },
  {
    option: 'a ping after 60 s of silence',
    asks: 'what earlier SDKs do, whatever the stage says',
    chosen: { heartbeat: 60 },
  },
  { option: 'events at random moments, without peaks', asks: '', chosen: { arrivals: 'random' } },
  {
    option: 'events that come by order, in clusters',
    asks: 'longer silences between them',
    chosen: { arrivals: 'orders' },
  },
  { option: '`outbox` to a queue', asks: 'what reads it pays for itself', chosen: { outbox: 'queue' } },
  { option: '`outbox` to a bus', asks: '', chosen: { outbox: 'bus' } },
  {
    option: 'the stage’s own user pool, a user for each device',
    asks: 'ten thousand users are free',
    chosen: { issuer: 'pool' },
  },
  { option: '`encryptionKey`, a key of your own', asks: 'the key, and its requests', chosen: { encryptionKey: true } },
  {
    option: '`dashboard` `"full"`',
    asks: 'more than the 50 metrics up to which three dashboards of an account are free',
    chosen: { dashboard: 'full' },
  },
];

/** What choosing it adds to a month; below zero: what it saves. */
export const differenceOf = (fleet: Fleet, { chosen }: Option): number =>
  totalOf({ ...fleet, ...chosen }) - totalOf(fleet);
