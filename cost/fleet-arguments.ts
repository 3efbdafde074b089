/** A fleet as it is said on a command line: one option for each of its keys, with the words of the reference month where nothing is said. */
import {
  arrivals,
  type bounds,
  dashboards,
  type Fleet,
  issuers,
  outboxes,
  problemOf,
  publishers,
  reference,
  tableClasses,
  wordsOf,
} from './fleet.ts';

type Read = Readonly<Record<string, string | boolean | undefined>>;

/** For `parseArgs`. */
export const fleetOptions = {
  restaurants: { type: 'string' },
  devices: { type: 'string' },
  events: { type: 'string' },
  hours: { type: 'string' },
  'night-hours': { type: 'string' },
  days: { type: 'string' },
  arrivals: { type: 'string' },
  publishers: { type: 'string' },
  'no-batch': { type: 'boolean' },
  audience: { type: 'string' },
  frame: { type: 'string' },
  issuer: { type: 'string' },
  'token-hours': { type: 'string' },
  heartbeat: { type: 'string' },
  outbox: { type: 'string' },
  'fan-out-concurrency': { type: 'string' },
  'fan-out-memory-mib': { type: 'string' },
  provisioned: { type: 'boolean' },
  'audit-table-class': { type: 'string' },
  'audit-retention-days': { type: 'string' },
  'event-retention-hours': { type: 'string' },
  dashboard: { type: 'string' },
  'encryption-key': { type: 'boolean' },
} as const;

/**
 * Joins a number below zero to the option before it: `parseArgs` would call it ambiguous, and what is wrong with it is said by `fleetFrom`.
 */
export const withNegatives = (words: readonly string[]): string[] => {
  const belongsBefore = (nth: number): boolean =>
    /^-\.?\d/.test(words[nth] ?? '') && /^--[^=]+$/.test(words[nth - 1] ?? '');
  return words.flatMap((word, nth) => {
    if (belongsBefore(nth)) return [];
    return [belongsBefore(nth + 1) ? `${word}=${words[nth + 1]}` : word];
  });
};

/** The fleet that was said, or what is wrong with it in one sentence. */
export const fleetFrom = (said: Read): Fleet | string => {
  const problems: string[] = [];
  const number = (key: keyof typeof bounds): number => {
    const text = said[optionOf(key)];
    if (typeof text !== 'string') return reference[key];
    if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
    problems.push(`--${optionOf(key)} is ${wordsOf(key)}, got ${text === '' ? 'nothing' : text}`);
    return Number.NaN;
  };
  const choice = <Word extends string>(key: string, words: readonly Word[], byDefault: Word): Word => {
    const text = said[key];
    const word = words.find((one) => one === text);
    if (text !== undefined && word === undefined) problems.push(`--${key} is one of ${words.join(', ')}, got ${text}`);
    return word ?? byDefault;
  };
  const fleet: Fleet = {
    restaurants: number('restaurants'),
    devices: number('devices'),
    events: number('events'),
    hours: number('hours'),
    nightHours: number('nightHours'),
    days: number('days'),
    arrivals: choice('arrivals', arrivals, reference.arrivals),
    publishers: choice('publishers', publishers, reference.publishers),
    batch: said['no-batch'] !== true,
    audience: number('audience'),
    frame: number('frame'),
    issuer: choice('issuer', issuers, reference.issuer),
    tokenHours: number('tokenHours'),
    heartbeat: number('heartbeat'),
    outbox: choice('outbox', outboxes, reference.outbox),
    fanOutConcurrency: number('fanOutConcurrency'),
    fanOutMemoryMiB: number('fanOutMemoryMiB'),
    provisioned: said['provisioned'] === true,
    auditTableClass: choice('audit-table-class', tableClasses, reference.auditTableClass),
    auditRetentionDays: number('auditRetentionDays'),
    eventRetentionHours: number('eventRetentionHours'),
    dashboard: choice('dashboard', dashboards, reference.dashboard),
    encryptionKey: said['encryption-key'] === true,
  };
  const [first] = problems;
  if (first !== undefined) return first;
  const problem = problemOf(fleet);
  return problem === undefined ? fleet : `--${optionOf(problem.key)} ${problem.says}`;
};

const optionOf = (key: string): string =>
  key.replace('MiB', 'Mib').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
