import { castOf } from './cast.ts';
import { createDevice, type Device, type DevicePorts } from './device.ts';
import { element, place } from './element.ts';
import { readAudit, readConnections, readDemo, readOutbox } from './endpoints.ts';
import { exampleOf, idsIn, type NewestIds } from './examples.ts';
import { keepShowing } from './keep-showing.ts';
import { createMishaps } from './mishaps.ts';
import { createNetwork } from './network.ts';
import { createOverview } from './overview.ts';
import { createPresence } from './presence.ts';
import { auditTable, connectionTable, outboxTable } from './tables.ts';

const start = async (): Promise<void> => {
  const demo = await readDemo();
  place('gateway').textContent = demo.url;
  const cast = castOf(demo);
  if (cast.length === 0)
    place('devices').append(element('p', { class: 'empty' }, 'No user of the demo may be a device of this stage.'));
  const network = createNetwork(WebSocket);
  let newest: NewestIds = new Map();
  const ports: DevicePorts = {
    demo,
    network,
    exampleOf: (event) => exampleOf(event, demo.events, newest, Math.random),
    gather: () => {
      const joining = devices.flatMap((one) => one.join() ?? []);
      return joining.length === 0 ? undefined : Promise.all(joining);
    },
    traced: createOverview(cast.map(({ name }) => name)),
    heard: (data) => {
      newest = new Map([...newest, ...idsIn(data)]);
    },
    changed: () => lookWhoIsThere(),
  };
  const devices: readonly Device[] = cast.map((part) => createDevice(ports, part));
  const lookWhoIsThere = createPresence(demo, () => devices);
  const lookWhoIsConnected = keepShowing('connections', readConnections, connectionTable, lookWhoIsThere);
  const [victim] = devices;
  if (victim !== undefined) createMishaps(place('mishaps'), demo, network, victim, lookWhoIsConnected);
  keepShowing('outbox', readOutbox, outboxTable);
  keepShowing('audit', readAudit, auditTable);
};

// The gateway knows its pages by its address, which is this one.
if (location.hostname === 'localhost') location.hostname = '127.0.0.1';
else
  start().catch((error: unknown) => {
    place('gateway').textContent = `The gateway does not answer: ${error instanceof Error ? error.message : error}`;
  });
