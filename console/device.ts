/** A device of the restaurant: who it is, its handshake, its orders and its wire. */
import { connect, type MaitredClient, type TraceEntry } from '../client/src/index.ts';
import { type ConnectionType, connectionTypes, isConnectionType } from '../protocol/identifiers.ts';
import { choice, createLog, element } from './element.ts';
import { readToken } from './endpoints.ts';
import { afterEntry, countdown, deadlineMs, type Handshake, nothing } from './handshake.ts';
import type { Network } from './network.ts';
import { createOrderBoard } from './order-board.ts';
import type { Demo } from './rows.ts';
import { lineOf, stateWording, type Wording } from './wording.ts';

export type Device = Readonly<{
  /** Who is chosen now, for what is done to them. */
  chosen: () => Readonly<{ user: string; restaurant: string }>;
}>;

type Start = Readonly<{ name: string; user: string; connectionType: ConnectionType }>;

const tickMs = 100;

export const createDevice = (parent: HTMLElement, demo: Demo, network: Network, start: Start): Device => {
  const user = choice('User', demo.users, start.user);
  const restaurant = choice('Restaurant', demo.restaurants, demo.restaurants[0] ?? '');
  const type = choice('Connection type', connectionTypes, start.connectionType);
  const go = element('button', { type: 'submit', class: 'primary' }, 'Connect');
  const state = element('p', { class: 'state', role: 'status' }, 'Not connected');
  const bar = element('progress', { max: String(deadlineMs), value: String(deadlineMs), 'aria-label': 'Time left' });
  const left = element('span', { role: 'timer', 'aria-live': 'off' });
  const log = createLog(`Frames of ${start.name}`);
  const form = element('form', { 'aria-label': start.name }, user.labelled, restaurant.labelled, type.labelled, go);
  const board = createOrderBoard(start.name);
  const heading = element('h3', {}, start.name);
  const frames = element('details', { open: '' }, element('summary', {}, 'Frames'), log.list);
  parent.append(
    element(
      'article',
      { class: 'card', 'aria-label': start.name },
      heading,
      form,
      state,
      element('div', { class: 'countdown' }, bar, left),
      board.body,
      frames,
    ),
  );

  let client: MaitredClient | undefined;
  let handshake: Handshake = nothing;

  const showCountdown = () => {
    const { leftMs, text } = countdown(handshake, Date.now());
    bar.value = leftMs;
    if (left.textContent !== text) left.textContent = text;
  };
  const showState = ({ text, mood }: Wording) => {
    state.dataset['mood'] = mood;
    if (state.textContent !== text) state.textContent = text;
  };
  const trace = (entry: TraceEntry) => {
    handshake = afterEntry(handshake, entry);
    const { direction, text } = lineOf(entry);
    log.add(direction, text);
    showCountdown();
  };

  /** Who is connected stays chosen: what is done to the chosen is done to them. */
  const lockChoices = (isLocked: boolean) => {
    for (const { select } of [user, restaurant, type]) select.disabled = isLocked;
  };

  const open = () => {
    const connectionType = isConnectionType(type.select.value) ? type.select.value : start.connectionType;
    const who = user.select.value;
    const made = connect({
      url: demo.url,
      restaurantId: restaurant.select.value,
      connectionType,
      getToken: () => readToken(who),
      WebSocket: network.WebSocket,
      signals: { online: network.online, visibility: document },
      trace,
    });
    client = made;
    board.begin(connectionType, made);
    made.onState((now) => showState(stateWording(now)));
    made.onGap(({ reason }) => log.add('note', `Events before this are unknown here: ${reason}`));
    made.onEnd((end) => {
      showState(stateWording({ status: 'ended', end }));
      board.end();
      client = undefined;
      go.textContent = 'Connect';
      lockChoices(false);
    });
    go.textContent = 'Disconnect';
    lockChoices(true);
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (client === undefined) open();
    else client.close();
  });
  setInterval(showCountdown, tickMs);
  showCountdown();
  return { chosen: () => ({ user: user.select.value, restaurant: restaurant.select.value }) };
};
