/** Who is there, of the sessions of a restaurant, page by page. Pure. */
import { byteLength } from '../../protocol/event-messages.ts';
import { limits } from '../../protocol/limits.ts';
import { type Present, type PresentPage, presentEntry } from '../../protocol/presence.ts';
import type { Authenticated } from '../connection/connection.ts';

/** A device that is there, and its place in the order of all. */
type Place = Readonly<{ key: string; present: Present }>;

/** What a page has besides its sessions: the longest `next` and `id`, and the names. */
const envelopeBytes = 1024;

/**
 * The devices after a place, so many at most and as many as one frame holds. Their order is that of their users and devices, which a
 * hand-over does not change: whoever was there all the while is in one of the pages.
 */
export const presentPage = (
  sessions: readonly Authenticated[],
  { after, limit, nowMs }: Readonly<{ after: string | undefined; limit: number; nowMs: number }>,
): PresentPage => {
  const places = placesOf(sessions.filter(({ session }) => session.sessionExpiresAtMs > nowMs));
  const asked = after === undefined ? places : places.filter(({ key }) => key > after);
  const page: Place[] = [];
  let bytes = envelopeBytes;
  for (const place of asked.slice(0, limit)) {
    bytes += byteLength(JSON.stringify(presentEntry(place.present))) + 1;
    if (bytes > limits.maxPresentBytes) break;
    page.push(place);
  }
  return {
    sessions: page.map(({ present }) => present),
    next: page.at(-1)?.key ?? after,
    more: page.length < asked.length,
  };
};

/** One for each device, by its newest session: during a hand-over it has two, and the end of the older one changes nothing. */
const placesOf = (sessions: readonly Authenticated[]): readonly Place[] => {
  const newest = new Map<string, Authenticated>();
  for (const one of sessions) {
    const key = keyOf(one);
    const known = newest.get(key);
    if (known === undefined || known.session.grantedAtMs < one.session.grantedAtMs) newest.set(key, one);
  }
  return [...newest].map(([key, one]) => ({ key, present: presentOf(one) })).sort((a, b) => (a.key < b.key ? -1 : 1));
};

/**
 * What makes two sessions one device: a name is told apart by user and connection type, so that nobody hides behind somebody else's.
 * Without a name each session is one of its own; the younger one of a hand-over comes behind the older. None of the parts has a space.
 */
const keyOf = ({ connectionId, session }: Authenticated): string => {
  const { issuer, userId, connectionType, deviceId, grantedAtMs } = session;
  const ownName = deviceId ?? ` ${grantedAtMs} ${connectionId}`;
  return [userId, issuer, connectionType, ownName].join(' ');
};

const presentOf = ({ session }: Authenticated): Present => ({
  userId: session.userId,
  role: session.role,
  connectionType: session.connectionType,
  sinceMs: session.grantedAtMs,
  ...(session.deviceId === undefined ? {} : { deviceId: session.deviceId }),
});
