/** Buttons for what goes wrong, and what the gateway makes of it. */
import { button, createLog, element } from './element.ts';
import { readToken, revoke } from './endpoints.ts';
import { afterEntry, countdown, deadlineMs, type Handshake, nothing } from './handshake.ts';
import type { Network } from './network.ts';
import { misbehave } from './raw-socket.ts';
import type { Demo } from './rows.ts';
import { lineOf } from './wording.ts';

export type Victim = Readonly<{ user: string; restaurant: string }>;

const tickMs = 100;

export const createMishaps = (parent: HTMLElement, demo: Demo, network: Network, victim: () => Victim): void => {
  const [home = '', elsewhere = ''] = demo.restaurants;
  const result = element('p', { class: 'state', role: 'status' });
  const bar = element('progress', { max: String(deadlineMs), value: String(deadlineMs), 'aria-label': 'Time left' });
  const left = element('span', { role: 'timer', 'aria-live': 'off' });
  const log = createLog('Frames of what goes wrong');

  let handshake: Handshake = nothing;
  const showCountdown = () => {
    const { leftMs, text } = countdown(handshake, Date.now());
    bar.value = leftMs;
    if (left.textContent !== text) left.textContent = text;
  };

  const attempt = (name: string, first: () => Promise<object | undefined>) =>
    guarded(name, async () => {
      handshake = nothing;
      result.textContent = `${name}: trying`;
      await misbehave(demo.url, await first(), (entry) => {
        handshake = afterEntry(handshake, entry);
        const { direction, text } = lineOf(entry);
        log.add(direction, text);
      });
      result.textContent = `${name}: ${countdown(handshake, Date.now()).text}`;
    });
  const guarded = (name: string, run: () => Promise<void>) => {
    run().catch((error: unknown) => {
      result.textContent = `${name}: ${error instanceof Error ? error.message : String(error)}`;
    });
  };
  const introduction = async (user: string, more: object, kind: 'good' | 'expired' = 'good') => ({
    type: 'authenticate',
    token: await readToken(user, kind),
    restaurant_id: home,
    connection_type: 'kitchen',
    ...more,
  });

  const attempts: Readonly<Record<string, () => Promise<object | undefined>>> = {
    'Expired token': () => introduction('chef', {}, 'expired'),
    'Wrong restaurant': () => introduction('chef', { restaurant_id: elsewhere }),
    'user_id 0': () => introduction('chef', { user_id: 0 }),
    'No member': () => introduction('stranger', {}),
    'Ping first': async () => ({ type: 'ping' }),
    Silence: async () => undefined,
  };

  const kill = button('Kill the network', () => {
    const isDown = kill.getAttribute('aria-pressed') === 'true';
    kill.setAttribute('aria-pressed', String(!isDown));
    kill.textContent = isDown ? 'Kill the network' : 'Restore the network';
    result.textContent = isDown ? 'The network of the devices above is back.' : 'The devices above have no network.';
    if (isDown) network.restore();
    else network.kill();
  });
  const dismiss = button("Revoke the kitchen's user", () => {
    const { user, restaurant } = victim();
    const name = `Revoke ${user} at ${restaurant}`;
    guarded(name, async () => {
      const { closed } = await revoke(restaurant, `u-${user}`);
      result.textContent = `${name}: ${closed} ${closed === 1 ? 'session' : 'sessions'} ended. A token from now on works.`;
    });
  });

  parent.append(
    element(
      'div',
      { class: 'card' },
      element(
        'div',
        { class: 'buttons' },
        ...Object.entries(attempts).map(([name, first]) => button(name, () => attempt(name, first))),
        dismiss,
        kill,
      ),
      result,
      element('div', { class: 'countdown' }, bar, left),
      log.list,
    ),
  );
  setInterval(showCountdown, tickMs);
  showCountdown();
};
