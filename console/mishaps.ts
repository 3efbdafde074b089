/** Buttons for what goes wrong, and what the gateway makes of it. */
import { button, createLog, element } from './element.ts';
import { readToken, revoke } from './endpoints.ts';
import { createCountdown } from './countdown.ts';
import type { Device } from './device.ts';
import { afterEntry, countdown, type Handshake, nothing } from './handshake.ts';
import type { Network } from './network.ts';
import { misbehave } from './raw-socket.ts';
import type { Demo } from './rows.ts';
import { lineOf, revokedWording } from './wording.ts';

/** `acted` is called when what a button does is done. */
export const createMishaps = (
  parent: HTMLElement,
  demo: Demo,
  network: Network,
  victim: Device,
  acted: () => void,
): void => {
  const [home = '', elsewhere = ''] = demo.restaurants;
  const stranger = demo.users.find(({ restaurant }) => restaurant === undefined)?.name ?? '';
  // As it is chosen when the page opens.
  const { user: member, connectionType } = victim.chosen();
  const result = element('p', { class: 'state', role: 'status' });
  const log = createLog('Frames of what goes wrong');
  let trying = '';
  const clock = createCountdown((text, { at }) =>
    trying === '' ? '' : at === 'nothing' ? trying : `${trying}: ${text}`,
  );

  /** The result is the last button's: of one that was pressed before, nothing more is said. Set once, so spoken once. */
  let presses = 0;
  const begin = (name: string) => {
    presses += 1;
    const press = presses;
    const showHere = (handshake: Handshake) => {
      if (press === presses) clock.show(handshake);
    };
    trying = name;
    result.textContent = '';
    showHere(nothing);
    return {
      show: showHere,
      say: (text: string) => {
        acted();
        if (press !== presses) return;
        trying = '';
        showHere(nothing);
        result.textContent = text;
      },
    };
  };

  const guarded = async (name: string, run: (press: ReturnType<typeof begin>) => Promise<string>): Promise<void> => {
    const press = begin(name);
    const text = await run(press).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    press.say(`${name}: ${text}`);
  };
  const attempt = (name: string, first: () => Promise<object | undefined>) =>
    guarded(name, async (press) => {
      let handshake: Handshake = nothing;
      const message = await first();
      log.add('begin', name);
      await misbehave(demo.url, message, (entry) => {
        handshake = afterEntry(handshake, entry);
        press.show(handshake);
        const { direction, text } = lineOf(entry);
        log.add(direction, text);
      });
      return countdown(handshake, Date.now()).text;
    });
  const introduction = async (user: string, more: object, kind: 'good' | 'expired' = 'good') => ({
    type: 'authenticate',
    token: await readToken(user, kind),
    restaurant_id: home,
    connection_type: connectionType,
    ...more,
  });

  const attempts: Readonly<Record<string, () => Promise<object | undefined>>> = {
    'Expired token': () => introduction(member, {}, 'expired'),
    'Wrong restaurant': () => introduction(member, { restaurant_id: elsewhere }),
    'user_id 0': () => introduction(member, { user_id: 0 }),
    'No member': () => introduction(stranger, {}),
    'Ping first': async () => ({ type: 'ping' }),
    Silence: async () => undefined,
  };

  const cut = button('Cut the connections', () => {
    const isCut = cut.getAttribute('aria-pressed') === 'true';
    cut.setAttribute('aria-pressed', String(!isCut));
    cut.textContent = isCut ? 'Cut the connections' : 'Restore the connections';
    if (isCut) network.restore();
    else network.cut();
    begin('').say(
      isCut
        ? 'The devices above may connect again.'
        : 'The connections of the devices above are cut, and no new one opens.',
    );
  });
  const dismiss = button(`Revoke the user of ${victim.name}`, () => {
    const device = victim.chosen();
    const { user, restaurant } = device;
    void guarded(`Revoke ${user} at ${restaurant}`, async () => {
      const { closed } = await revoke(restaurant, `u-${user}`);
      return revokedWording(closed, device, demo.printed);
    });
  });

  parent.append(
    element(
      'div',
      { class: 'card' },
      element(
        'div',
        { class: 'buttons' },
        ...Object.entries(attempts).map(([name, first]) => button(name, () => void attempt(name, first))),
        dismiss,
        cut,
      ),
      result,
      clock.body,
      log.body,
    ),
  );
};
