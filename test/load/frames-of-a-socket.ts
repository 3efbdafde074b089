/** Somebody without a valid token who sends as many frames as the socket takes: what it costs is metered by whoever calls. */
import { WebSocket } from 'ws';

/** How many frames one socket sends. */
export const framesSent = 500;

const forged = (): string => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'RS256', kid: 'nobody' })}.${part({ iss: 'https://nobody.example', sub: 'u' })}.${part('')}`;
  return JSON.stringify({ type: 'authenticate', token, restaurant_id: 'r-17', connection_type: 'kitchen' });
};

/** What is sent: a name, and the frame of each turn. */
export const senders: readonly Readonly<{ sends: string; frame: (nth: number) => string }>[] = [
  { sends: 'forged tokens', frame: forged },
  { sends: 'pings', frame: () => '{"type":"ping"}' },
  { sends: 'text that is no JSON', frame: (nth) => `no JSON ${nth}` },
  {
    sends: 'forged tokens, pings and no JSON in turn',
    frame: (nth) => [forged(), '{"type":"ping"}', 'no JSON'][nth % 3] ?? '',
  },
];

/**
 * Opens a socket, sends all frames at once without waiting for an answer, and resolves with what was heard when the gateway
 * has closed it. Rejects when the handshake fails.
 */
export const sendsAtOnce = (url: string, frame: (nth: number) => string): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    const heard: string[] = [];
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.once('error', reject);
    socket.on('message', (data) => heard.push(String(data)));
    socket.once('close', () => resolve(heard));
    socket.once('open', () => {
      for (let nth = 0; nth < framesSent; nth++) socket.send(frame(nth));
    });
  });
