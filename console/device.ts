/** A device of the restaurant: its connection, what it sends and hears, and its wire. */
import { type ClientState, connect, type MaitredClient, type TraceEntry } from '../client/src/index.ts';
import type { Part } from './cast.ts';
import { createDeviceCard, type DemoDevice } from './device-card.ts';
import { createLog, place } from './element.ts';
import { readToken } from './endpoints.ts';
import { afterEntry, afterState } from './handshake.ts';
import { createHeardList } from './heard-list.ts';
import type { Network } from './network.ts';
import { createPublisher } from './publisher.ts';
import type { Demo, DemoEvent } from './rows.ts';
import { createSocketNumbers } from './socket-numbers.ts';
import { lineOf, stateWording } from './wording.ts';

export type Device = Readonly<{
  name: string;
  /** Who is chosen now, for what is done to them. */
  chosen: () => DemoDevice;
  /** What it is connected by; nothing before and after. */
  client: () => MaitredClient | undefined;
  /** Connects a device that never was, and waits until it is connected or something is in its way. */
  join: () => Promise<void> | undefined;
}>;

export type DevicePorts = Readonly<{
  demo: Demo;
  network: Network;
  exampleOf: (event: DemoEvent) => DemoEvent['example'];
  /** Connects all devices that never were, so that somebody hears what one sends. Nothing where there are none. */
  gather: () => Promise<unknown> | undefined;
  /** What happened on a device's wire. */
  traced: (device: string, entry: TraceEntry) => void;
  /** The data of an event that a device heard. */
  heard: (data: unknown) => void;
  /** A device came or went. */
  changed: () => void;
}>;

export const createDevice = (ports: DevicePorts, part: Part): Device => {
  const { demo, network } = ports;
  const { name } = part;
  const card = createDeviceCard(demo, part);
  const heard = createHeardList(name);
  const log = createLog(`Frames of ${name}`);
  const sockets = createSocketNumbers();
  // The same page in another window is another device.
  const deviceId = `${part.connectionType}-${crypto.randomUUID().slice(0, 4)}`;
  let client: MaitredClient | undefined;
  let hasJoined = false;

  const publisher = createPublisher(name, ports.exampleOf, (use) => {
    const gathering = ports.gather();
    if (gathering === undefined) use(client ?? open());
    else void gathering.then(() => use(client ?? open()));
  });
  const offer = () => publisher.offer(demo.events.filter(({ from }) => from.includes(card.chosen().connectionType)));
  const showState = (now: ClientState) => {
    card.showState(stateWording(now));
    card.countdown.show(afterState(card.countdown.handshake(), now));
    ports.changed();
  };
  const traceWith = (numberOf: (connection: number) => number) => (entry: TraceEntry) => {
    card.countdown.show(afterEntry(card.countdown.handshake(), entry));
    const { direction, text } = lineOf({ ...entry, connection: numberOf(entry.connection) });
    log.add(direction, text);
    ports.traced(name, entry);
  };

  const open = (): MaitredClient => {
    const { user, restaurant, connectionType } = card.chosen();
    const made = connect({
      url: demo.url,
      restaurantId: restaurant,
      connectionType,
      deviceId,
      getToken: () => readToken(user),
      WebSocket: network.WebSocket,
      signals: { online: network.online, visibility: document },
      trace: traceWith(sockets.ofClient()),
    });
    client = made;
    hasJoined = true;
    publisher.begin(made);
    heard.clear();
    card.showBusy(true);
    // What it begins with is no change.
    showState(made.state);
    made.onState(showState);
    made.on('*', (event) => {
      heard.add(event);
      ports.heard(event.data);
    });
    made.onGap(({ reason }) => log.add('note', `Events before this are unknown here: ${reason}`));
    made.onEnd((end) => {
      client = undefined;
      showState({ status: 'ended', end });
      publisher.end();
      card.showBusy(false);
    });
    return made;
  };

  card.body.append(publisher.body, heard.body);
  place('devices').append(card.body);
  place('frames').append(log.body);
  offer();
  card.onTypeChosen(offer);
  card.onSubmit(() => {
    if (client === undefined) open();
    else client.close();
  });
  return {
    name,
    chosen: card.chosen,
    client: () => client,
    join: () => {
      if (hasJoined) return undefined;
      const made = open();
      return new Promise((resolve) => {
        made.onState(({ status }) => {
          if (status !== 'connecting') resolve();
        });
        made.onEnd(() => resolve());
      });
    },
  };
};
