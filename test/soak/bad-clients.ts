/** Clients that try to connect and must be refused. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { forged } from '../../bin/smoke/messages.ts';
import type { GatewayLives } from './gateway-lives.ts';
import type { Attempt } from './oracle.ts';

type BadClient = Readonly<{
  kind: string;
  /** The events that its record may have. */
  events: readonly string[];
  says: (gateway: GatewayLives) => Promise<readonly string[]>;
}>;

const restaurantId = 'r-soak-0';
const hello = (token: string, more: object = {}): string =>
  JSON.stringify({ type: 'authenticate', token, restaurant_id: restaurantId, connection_type: 'kitchen', ...more });
const member = 'u-soak-0-kitchen';

export const badClients: readonly BadClient[] = [
  {
    kind: 'expired',
    events: ['token_expired'],
    says: async (gateway) => [hello(await gateway.token(member, -60))],
  },
  {
    kind: 'forged',
    events: ['access_denied'],
    says: async (gateway) => [hello(forged(await gateway.token(member, 60)))],
  },
  {
    kind: 'stranger',
    events: ['access_denied', 'cross_tenant_attempt'],
    says: async (gateway) => [hello(await gateway.token('u-nobody', 60))],
  },
  {
    kind: 'of another restaurant',
    events: ['access_denied', 'cross_tenant_attempt'],
    says: async (gateway) => [hello(await gateway.token('u-soak-1-kitchen', 60))],
  },
  {
    kind: 'another user than the token',
    events: ['user_mismatch'],
    says: async (gateway) => [hello(await gateway.token(member, 60), { user_id: 'u-soak-1-kitchen' })],
  },
  { kind: 'no JSON', events: ['malformed_message'], says: async () => ['hello'] },
  { kind: 'too early', events: ['expected_authentication'], says: async () => ['{"type":"ping"}'] },
  {
    kind: 'a flood',
    events: ['malformed_message', 'expected_authentication'],
    says: async () => Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? '{"type":"ping"}' : `noise ${i}`)),
  },
  { kind: 'silent', events: ['auth_timeout'], says: async () => [] },
];

/** Connects once and stays until it is put out; the answer is undefined where it heard none. */
export const attempt = async (
  gateway: GatewayLives,
  { kind, events, says }: BadClient,
  agent: string,
): Promise<Attempt> => {
  let answer: string | undefined;
  try {
    const messages = await says(gateway);
    const socket = new WebSocket(gateway.places().url, { headers: { 'user-agent': agent } });
    socket.on('message', (data) => {
      const { type, reason } = JSON.parse(data.toString());
      if (type === 'auth_error') answer = String(reason);
    });
    socket.on('error', () => {});
    const closed = new Promise((resolve) => socket.on('close', resolve));
    await once(socket, 'open');
    for (const message of messages) socket.send(message);
    await closed;
  } catch {
    // The gateway is away, or went.
  }
  return { agent, kind, answer, events };
};
