/** The types of the protocol's own messages, whatever a stage's events are called. A test holds them to the schemas of the wire. */

/** What clients say. */
export const clientMessageTypes = ['authenticate', 'reauth', 'ping', 'replay', 'who'] as const;

/** What the gateway says. */
export const serverMessageTypes = [
  ...['auth_success', 'auth_error', 'pong', 'accepted', 'error', 'events', 'replayed', 'present', 'closing'],
] as const;

export const messageTypes: ReadonlySet<string> = new Set([...clientMessageTypes, ...serverMessageTypes]);
