/** Every port of the routes in memory, over one clock that only the test moves. */

import type { RateLimits } from '../../config-schema/rate-limits.ts';
import type { Session } from '../../lambdas/connection/connection.ts';
import type { Ports } from '../../lambdas/ports.ts';
import { isRole } from '../../lambdas/events/verified-publisher.ts';
import { knownClosed } from '../../lambdas/connection/known-closed.ts';
import type { PassKeys } from '../../lambdas/reentry/pass.ts';
import { sandboxPassKeys } from '../../lambdas/reentry/sandbox-pass-keys.ts';
import { sandboxAddresses } from '../../lambdas/rate-limit/sandbox-addresses.ts';
import { addressLimits } from '../../lambdas/rate-limit/trusted-addresses.ts';
import { sandboxMessageLimiter } from '../../lambdas/rate-limit/message-limiter.ts';
import { sandboxReplayAllowance } from '../../lambdas/rate-limit/replay-allowance.ts';
import { type AddressCounterTable, emptyAddressCounterTable, memoryAddressCounters } from './address-counters.ts';
import { type AuditTable, memoryAudit } from './audit.ts';
import { type ConnectionTable, emptyConnectionTable, memoryConnections, type Transition } from './connections.ts';
import {
  type EventQueue,
  emptyEventQueue,
  memoryDeadLetter,
  memoryHideMessages,
  memoryPublish,
} from './event-queue.ts';
import {
  enrol,
  type MembershipTable,
  memoryAuthorization,
  memoryMemberList,
  memoryMemberships,
  memorySession,
} from './memberships.ts';
import { allGoesWell, type Conduct, invocation, NoAnswer, type Pause } from './port-call.ts';
import { emptyMemberCounterTable, type MemberCounterTable, memoryMemberCounters } from './member-counters.ts';
import { memoryPassKeys } from './pass-keys.ts';
import { memorySockets, noSockets, type SocketTable } from './sockets.ts';
import { memoryStreams, type StreamTable } from './streams.ts';
import { memoryTelemetry, nothingHeard, type TelemetryHeard } from './telemetry.ts';
import { emptyQueue, memoryPostAgain, memoryTimer, type Queue } from './timer.ts';
import { memoryTokens, type TokenTable } from './tokens.ts';
import { judgeData, restaurantDomain } from '../restaurant-domain.ts';

/** The ports as one invocation of a function has them; `stopped` settles when it was ended before its time. */
export type PortsOfOneInvocation = Readonly<{ ports: Ports; stopped: Promise<'stopped'> }>;

export type World = Readonly<{
  clock: { nowMs: number };
  connections: ConnectionTable;
  memberships: MembershipTable;
  /** Restaurants that the configuration of an issuer names. */
  namedByIssuers: Set<string>;
  addressCounters: AddressCounterTable;
  memberCounters: MemberCounterTable;
  /** Of the one sandbox that makes and verifies re-entry passes. */
  keyTable: { keys: PassKeys | undefined; asked: string[]; isDown: boolean };
  audit: AuditTable;
  queue: Queue;
  /** What is posted again, when it is due. */
  redeliveries: Queue;
  streams: StreamTable;
  events: EventQueue;
  sockets: SocketTable;
  telemetry: TelemetryHeard;
  tokens: TokenTable;
  /** The name of every call of a port, in the order they began. */
  calls: string[];
  /** Called at each change of a row, at that very moment. */
  watchers: ((transition: Transition) => void)[];
  ports: (conduct?: Conduct, name?: string) => PortsOfOneInvocation;
}>;

/** 1 December 2026, noon: any moment will do. */
export const startMs = Date.UTC(2026, 11, 1, 12);

/** Limits that no conversation of a test meets by accident. */
export const generousLimits: RateLimits = {
  connectsPerMinute: 1_000_000,
  reentriesPerMinute: 1_000_000,
  trustedConnectsPerMinute: 1_000_000,
  trustedHostileFailures: 1_000_000,
  hostileFailures: 1_000_000,
  recordsPerMinute: 1_000_000,
  messagesPerMinute: 1_000_000,
  messageBurst: 1_000_000,
  pingsPerMinute: 1_000_000,
  pingBurst: 1_000_000,
  replayUnitsPerMinute: 1_000_000,
  replayUnitBurst: 1_000_000,
  publicationsPerMinute: 1_000_000,
  sessionsPerUser: 1_000_000,
  sessionsPerRestaurant: 1_000_000,
};

/** Users of the demo restaurants: a token is `token-<user>` and lasts an hour. */
const members = [
  { userId: 'u-owner', restaurantId: 'r-17', role: 'restaurant_owner' },
  { userId: 'u-chef', restaurantId: 'r-17', role: 'employee', connectionTypes: ['kitchen'] },
  { userId: 'u-cashier', restaurantId: 'r-17', role: 'employee' },
  { userId: 'u-rival', restaurantId: 'r-99', role: 'manager' },
  { userId: 'u-platform', restaurantId: '*', role: 'platform_owner' },
] as const;

/**
 * @param pause where other work may run, before and after each call, by the invocation's name and the call's
 * @param sandboxes whether invocations share what a sandbox knows of closed connections
 */
export const memoryWorld = (
  pause: Pause = () => Promise.resolve(),
  limits: RateLimits = generousLimits,
  sandboxes: 'one' | 'one each' = 'one each',
  trustedAddresses: readonly string[] = [],
): World => {
  const closed = knownClosed();
  const oneSandbox = sandboxAddresses();
  // Of one sandbox for all invocations.
  const messageLimiter = sandboxMessageLimiter(limits);
  const replayAllowance = sandboxReplayAllowance(limits);
  let keys = 0;
  const newKey = () => Buffer.alloc(32, ++keys).toString('base64url');
  const keyTable: World['keyTable'] = { keys: undefined, asked: [], isDown: false };
  const passKeys = sandboxPassKeys(
    memoryPassKeys(
      keyTable,
      async (call, apply) => {
        keyTable.asked.push(call);
        if (keyTable.isDown) throw new NoAnswer(call);
        return apply();
      },
      newKey,
    ),
    () => clock.nowMs,
  );
  const seenSessions = new Map<string, Session>();
  const clock = { nowMs: startMs };
  const now = () => clock.nowMs;
  const deduplicated = new Set<string>();
  let epochs = 0;
  const world: World = {
    clock,
    connections: emptyConnectionTable(),
    memberships: new Map(),
    namedByIssuers: new Set(),
    addressCounters: emptyAddressCounterTable(),
    memberCounters: emptyMemberCounterTable(),
    keyTable,
    audit: new Map(),
    queue: emptyQueue(),
    redeliveries: emptyQueue(),
    streams: new Map(),
    events: emptyEventQueue(),
    sockets: noSockets(),
    telemetry: nothingHeard(),
    tokens: new Map(),
    calls: [],
    watchers: [],
    ports: (conduct = allGoesWell, name = '') => {
      const { perform, stopped } = invocation(
        (call) => pause(`${name} ${call}`),
        (call, nth) => {
          world.calls.push(call);
          return conduct(call, nth);
        },
      );
      const watch = (transition: Transition) => {
        for (const watcher of world.watchers) watcher(transition);
      };
      const ports: Ports = {
        domain: restaurantDomain,
        judgeData,
        connections: memoryConnections(world.connections, perform, watch),
        findMemberships: memoryMemberships(world, perform),
        isNamedByIssuer: (restaurantId) => world.namedByIssuers.has(restaurantId),
        listMembers: memoryMemberList(world.memberships, perform),
        readAuthorization: memoryAuthorization(world, perform),
        readSession: memorySession(world, seenSessions, perform),
        streams: memoryStreams(world.streams, perform, eventRetentionMs),
        publish: memoryPublish(world.events, perform, now, deduplicated),
        deadLetter: memoryDeadLetter(world.events, perform),
        hideMessages: memoryHideMessages(world.events, perform),
        postAgain: memoryPostAgain(world.redeliveries, perform, now),
        isOwnSender: isRole('AROAMESSAGE'),
        newEpoch: () => `epoch-${++epochs}`,
        // As if each invocation had just begun.
        timeLeftMs: () => 10_000,
        pause: async (ms) => {
          await pause(`${name} pause ${ms}`);
        },
        // Every call of this world settles by itself, so nobody's patience ends.
        after: () => () => {},
        verifyToken: memoryTokens(world.tokens, perform, now),
        timer: memoryTimer(world.queue, perform, now),
        sockets: memorySockets(world.sockets, perform, now),
        addressCounters: memoryAddressCounters(world.addressCounters, perform),
        sandboxAddresses: sandboxes === 'one' ? oneSandbox : sandboxAddresses(),
        addressLimits: addressLimits({ budgets: limits, trustedAddresses }),
        memberCounters: memoryMemberCounters(world.memberCounters, perform),
        eventRetentionMs: 86_400_000,
        pingIntervalMs: 120_000,
        passKeys,
        limits,
        messageLimiter,
        replayAllowance,
        knownClosed: sandboxes === 'one' ? closed : knownClosed(),
        putRecord: memoryAudit(world.audit, perform),
        telemetry: memoryTelemetry(world.telemetry),
        now,
      };
      return { ports, stopped };
    },
  };
  for (const member of members) enrol(world.memberships, { issuer: 'demo', ...member });
  for (const userId of [...members.map((member) => member.userId), 'u-stranger'])
    world.tokens.set(tokenOf(userId), { issuer: 'demo', userId, issuedAtMs: startMs, expiresAtMs: startMs + hourMs });
  world.tokens.set('token-expired', { reason: 'token_expired', detail: 'expired' });
  world.tokens.set('token-unjudged', { reason: 'unavailable', detail: 'keys_unreachable' });
  return world;
};

export const tokenOf = (userId: string): string => `token-${userId}`;
export const eventRetentionMs = 24 * 60 * 60 * 1000;
export const hourMs = 60 * 60 * 1000;
