/** A device of the restaurant: who it is, its handshake, its orders and its wire. */
import { type ClientState, connect, type MaitredClient, type TraceEntry } from '../client/src/index.ts';
import type { ConnectionType } from '../protocol/identifiers.ts';
import { choice, createLog, element } from './element.ts';
import { readToken } from './endpoints.ts';
import { createCountdown } from './countdown.ts';
import { afterEntry, afterState } from './handshake.ts';
import type { Network } from './network.ts';
import { createOrderBoard } from './order-board.ts';
import type { Demo, Member } from './rows.ts';
import { createSocketNumbers } from './socket-numbers.ts';
import { lineOf, stateWording } from './wording.ts';
import { connectionTypes } from './restaurant-words.ts';

export type Device = Readonly<{
  /** Who is chosen now, for what is done to them. */
  chosen: () => DemoDevice;
}>;

/** Who is chosen, where, and at what. */
export type DemoDevice = Member & Readonly<{ connectionType: string }>;

type Start = Readonly<{ name: string; user: string; connectionType: ConnectionType }>;

export const createDevice = (parent: HTMLElement, demo: Demo, network: Network, start: Start): Device => {
  const user = choice('User', demo.users, start.user);
  const restaurant = choice('Restaurant', demo.restaurants, demo.restaurants[0] ?? '');
  const type = choice('Connection type', connectionTypes, start.connectionType);
  const go = element('button', { type: 'submit', class: 'primary' }, 'Connect');
  const state = element('p', { class: 'state', role: 'status' }, 'Not connected');
  const countdown = createCountdown();
  const log = createLog(`Frames of ${start.name}`);
  const form = element('form', { 'aria-label': start.name }, user.labelled, restaurant.labelled, type.labelled, go);
  const board = createOrderBoard(start.name);
  const heading = element('h3', {}, start.name);
  parent.append(
    element(
      'article',
      { class: 'card', 'aria-label': start.name },
      heading,
      form,
      state,
      countdown.body,
      board.body,
      log.body,
    ),
  );

  let client: MaitredClient | undefined;
  const sockets = createSocketNumbers();

  const showState = (now: ClientState) => {
    const { text, mood } = stateWording(now);
    state.dataset['mood'] = mood;
    if (state.textContent !== text) state.textContent = text;
    countdown.show(afterState(countdown.handshake(), now));
  };
  const traceWith = (numberOf: (connection: number) => number) => (entry: TraceEntry) => {
    countdown.show(afterEntry(countdown.handshake(), entry));
    const { direction, text } = lineOf({ ...entry, connection: numberOf(entry.connection) });
    log.add(direction, text);
  };

  /** Who is connected stays chosen: what is done to the chosen is done to them. */
  const lockChoices = (isLocked: boolean) => {
    for (const { select } of [user, restaurant, type]) select.disabled = isLocked;
  };

  const open = () => {
    const connectionType = type.select.value;
    const who = user.select.value;
    const made = connect({
      url: demo.url,
      restaurantId: restaurant.select.value,
      connectionType,
      getToken: () => readToken(who),
      WebSocket: network.WebSocket,
      signals: { online: network.online, visibility: document },
      trace: traceWith(sockets.ofClient()),
    });
    client = made;
    board.begin(connectionType, made);
    // What it begins with is no change.
    showState(made.state);
    made.onState(showState);
    made.onGap(({ reason }) => log.add('note', `Events before this are unknown here: ${reason}`));
    made.onEnd((end) => {
      showState({ status: 'ended', end });
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
  return {
    chosen: () => ({
      user: user.select.value,
      restaurant: restaurant.select.value,
      connectionType: type.select.value,
    }),
  };
};
