import { maxUserIdChars } from '../../protocol/identifiers.ts';
import type { FunctionConfig } from '../../config-schema/function-config.ts';
import { subprotocol } from '../../protocol/limits.ts';
import { type AllowedOrigins, isAllowedOrigin } from '../access/allowed-origin.ts';
import type { ConnectEvent, Reply } from '../apigateway/events.ts';
import type { Handshake, HandshakeHints } from '../connection/connection.ts';
import { rateLimitAddress } from '../rate-limit/address.ts';
import { excessOf } from '../rate-limit/address-allowance.ts';
import { isWithinMembersAllowance, memberShown } from '../reentry/reentry.ts';
import type { ConnectPorts } from '../route-ports.ts';
import { auditRecord } from '../security/audit-records.ts';
import { writeAudit } from '../security/audit-writer.ts';
import { cappedText, withoutTokens } from '../security/capped-text.ts';

export type ConnectSettings = Pick<FunctionConfig, 'authTimeoutSeconds'> & AllowedOrigins;

/**
 * `$connect`: writes the connection down as pending and arms its timer, or refuses the handshake. Both halves must
 * succeed; either alone is harmless, since the connection never opens. Nothing is ever sent from here: the platform
 * answers 410 until the handshake is over.
 */
export const connect =
  (ports: ConnectPorts, settings: ConnectSettings) =>
  async (event: ConnectEvent): Promise<Reply> => {
    const said = handshakeOf(event, settings);
    const ownHosts = [event.requestContext.domainName, header(event, 'host')];
    const origin = header(event, 'origin');
    if (!isAllowedOrigin(origin, ownHosts, settings)) {
      const record = auditRecord(said, 'handshake', 'origin_refused', 'origin_not_allowed', ports.now());
      await writeAudit(ports)({ ...record, origin: cappedText(origin ?? '', maxOriginBytes) });
      return { statusCode: 403 };
    }
    const offered = offeredSubprotocols(event);
    const passMember = await memberShown(ports)(offered);
    // Who shows a pass knows the protocol that gives them.
    const told = passMember === undefined ? dialectOf(event, said.hints, offered) : { passMember };
    const handshake: Handshake = { ...said, ...told };
    const excess = await rateExcess(ports)(handshake);
    if (excess !== undefined) {
      await writeAudit(ports)(auditRecord(handshake, 'handshake', 'rate_limit_exceeded', excess, ports.now()));
      return { statusCode: 429 };
    }
    const { connectionId, connectedAtMs } = handshake;
    const halves = await Promise.allSettled([
      ports.connections.open(handshake),
      ports.timer.send({ kind: 'deadline', connectionId, connectedAtMs }, settings.authTimeoutSeconds + graceSeconds),
    ]);
    for (const half of halves)
      if (half.status === 'rejected') {
        ports.telemetry.failed('connect', handshake, half.reason);
        return { statusCode: 500 };
      }
    return { statusCode: 200, ...chosenSubprotocol(offered) };
  };

/**
 * Why nobody may connect from the address now, if so; a member with a re-entry pass may, within an allowance of its own. A counter
 * that is down stops nobody: it bounds cost, it does not decide who gets in.
 */
const rateExcess =
  (ports: ConnectPorts) =>
  async (handshake: Handshake): Promise<'too_many_failures' | 'too_many_connects' | undefined> => {
    if (await isWithinMembersAllowance(ports)(handshake)) return undefined;
    const { addressCounters, sandboxAddresses, telemetry, now } = ports;
    const address = rateLimitAddress(handshake.sourceIp);
    const { connectsPerMinute } = ports.addressLimits(handshake.sourceIp);
    const nowMs = now();
    const connectsHere = sandboxAddresses.countConnect(address, nowMs);
    const refusedFor = sandboxAddresses.refusedFor(address, nowMs);
    if (refusedFor !== undefined) return refusedFor;
    try {
      const counted = await addressCounters.countConnect(address, nowMs);
      // A flood that the table cannot count is one all the same, if this sandbox alone saw too much of it.
      if (counted === 'throttled') return connectsHere > connectsPerMinute ? 'too_many_connects' : undefined;
      const excess = excessOf(counted, connectsPerMinute, nowMs);
      if (excess === 'within') return undefined;
      sandboxAddresses.refuse(address, excess);
      return excess.why;
    } catch (error) {
      telemetry.failed('budget', handshake, error);
      return undefined;
    }
  };

/** A message that arrived at the very deadline gets this long to get the lease of its row before the timer looks: a cold start and a write. */
const graceSeconds = 1;

const maxUserAgentBytes = 128;
/** Of a longer one the operator sees the beginning: scheme and most of the host. */
const maxOriginBytes = 128;

const handshakeOf = (
  { requestContext, queryStringParameters }: ConnectEvent,
  { authTimeoutSeconds }: ConnectSettings,
): Handshake => {
  const { connectionId, connectedAt, identity } = requestContext;
  return {
    connectionId,
    connectedAtMs: connectedAt,
    authDeadlineMs: connectedAt + authTimeoutSeconds * 1000,
    sourceIp: identity.sourceIp,
    ...(identity.userAgent ? { userAgent: cappedText(identity.userAgent, maxUserAgentBytes) } : {}),
    hints: hintsOf(queryStringParameters ?? {}),
  };
};

// One character more than can be valid: an overlong hint stays wrong instead of becoming another's id. A character no
// id has becomes a space, which none has either: a byte each, so that the row stays one write unit, and none cut in half.
// A token is no id of anybody's, and the row is no place for one.
const hint = (text: string, maxChars: number): string =>
  withoutTokens(text)
    .slice(0, maxChars)
    .replace(/[^\x20-\x7e]/g, ' ');

const hintsOf = (query: Readonly<Record<string, string | undefined>>): HandshakeHints => {
  const { user_id: userId, restaurant_id: restaurantId, connection_type: connectionType } = query;
  return {
    ...(userId === undefined ? {} : { userId: hint(userId, maxUserIdChars + 1) }),
    ...(restaurantId ? { restaurantId: hint(restaurantId, 65) } : {}),
    ...(connectionType ? { connectionType: hint(connectionType, 33) } : {}),
  };
};

/**
 * What the address and the offer tell of the client's words. Old apps alone have a token in the address; hints say the same, and
 * stand in the row themselves.
 */
const dialectOf = (
  { queryStringParameters }: ConnectEvent,
  hints: HandshakeHints,
  offered: readonly string[],
): Pick<Handshake, 'dialect'> => {
  if (offered.includes(subprotocol)) return { dialect: 'v1' };
  const isOld = queryStringParameters?.['token'] !== undefined && Object.keys(hints).length === 0;
  return isOld ? { dialect: 'old' } : {};
};

/** The client's header by its lower-case name; the platform hands on whatever case the client used. */
const header = ({ headers }: ConnectEvent, name: string): string | undefined =>
  Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];

/**
 * The names a client offers, in one line or in several (RFC 6455, 11.3.4), of which `headers` has the last alone. Platforms separate
 * them by a comma with or without a space.
 */
const offeredSubprotocols = ({ headers, multiValueHeaders }: ConnectEvent): readonly string[] =>
  Object.entries({ ...headers, ...multiValueHeaders })
    .filter(([key]) => key.toLowerCase() === 'sec-websocket-protocol')
    .flatMap(([, lines = '']) => String(lines).split(','))
    .map((one) => one.trim());

/** A re-entry pass among the offered is never chosen: the answer would repeat it. */
const chosenSubprotocol = (offered: readonly string[]): Pick<Reply, 'headers'> =>
  offered.includes(subprotocol) ? { headers: { 'Sec-WebSocket-Protocol': subprotocol } } : {};
