import { describe, expect, test } from '@jest/globals';
import { sendAndClose } from '../../lambdas/apigateway/send-and-close.ts';
import { closing } from '../../protocol/server-messages.ts';
import { hangUp } from '../memory/sockets.ts';
import { startMs } from '../memory/world.ts';
import { authenticated } from '../routes/conversation.ts';

const key = { connectionId: 'c-1=', connectedAtMs: startMs };

const close = async (answers: 'as it is' | 'gone' | 'throws') => {
  const { world, door } = await authenticated();
  const { sockets, telemetry, knownClosed } = world.ports().ports;
  const post: typeof sockets.post = async (...said) => {
    if (answers === 'throws') throw new TypeError('no answer');
    return answers === 'gone' ? 'gone' : sockets.post(...said);
  };
  await sendAndClose({ sockets: { ...sockets, post }, telemetry, knownClosed })(key, closing('going_away', startMs));
  expect(knownClosed.has(key)).toBe(true);
  return { state: door.socketOf('c-1=').state, failures: world.telemetry.failures.map(({ what }) => what) };
};

describe('a close ends the connection', () => {
  test.each([
    { when: 'the last message was sent', answers: 'as it is', failures: [] },
    { when: 'the platform said 410 to the last message though there is a socket', answers: 'gone', failures: [] },
    { when: 'the last message could not be sent', answers: 'throws', failures: ['last_message'] },
  ] as const)('when $when', async ({ answers, failures }) => {
    expect(await close(answers)).toEqual({ state: 'closed', failures });
  });

  test('that is gone already, without a complaint', async () => {
    const { world } = await authenticated();
    hangUp(world.sockets, 'c-1=', 'client', startMs);
    const { ports } = world.ports();
    await expect(sendAndClose(ports)(key, closing('going_away', startMs))).resolves.toBe(undefined);
    expect(world.telemetry.failures).toEqual([]);
  });
});
