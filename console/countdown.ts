/** The time a connection has left for its first message, as a bar and in words. */
import { element } from './element.ts';
import { countdown, deadlineMs, type Handshake, nothing } from './handshake.ts';

const tickMs = 100;

export type Countdown = Readonly<{
  body: HTMLElement;
  handshake: () => Handshake;
  show: (handshake: Handshake) => void;
}>;

/** `said` puts the words; without any there is nothing to see. None are spoken: they change by the tenth of a second. */
export const createCountdown = (said: (text: string, handshake: Handshake) => string = (text) => text): Countdown => {
  const bar = element('progress', { max: String(deadlineMs), value: '0', 'aria-label': 'Time left' });
  const left = element('span', { role: 'timer', 'aria-live': 'off' });
  const body = element('div', { class: 'countdown' }, bar, left);
  let current: Handshake = nothing;
  const refresh = () => {
    const { leftMs, text } = countdown(current, Date.now());
    const words = said(text, current);
    bar.value = leftMs;
    if (left.textContent !== words) left.textContent = words;
    body.hidden = words === '';
  };
  setInterval(refresh, tickMs);
  refresh();
  return {
    body,
    handshake: () => current,
    show: (handshake) => {
      current = handshake;
      refresh();
    },
  };
};
