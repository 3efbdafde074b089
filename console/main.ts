import { createDevice } from './device.ts';
import { place } from './element.ts';
import { readAudit, readConnections, readDemo } from './endpoints.ts';
import { createMishaps } from './mishaps.ts';
import { createNetwork } from './network.ts';
import { auditTable, connectionTable } from './tables.ts';

const refreshMs = 2000;

/** Shows what `read` yields, again and again while somebody looks; a change alone touches the page. */
const keepShowing = <Rows>(id: string, read: () => Promise<Rows>, show: (rows: Rows) => HTMLElement): void => {
  const where = place(id);
  // It scrolls, so the keyboard must get there.
  where.tabIndex = 0;
  let shown = '';
  const refresh = async () => {
    const rows = document.hidden ? undefined : await read().catch(() => undefined);
    const text = JSON.stringify(rows);
    if (rows !== undefined && text !== shown) where.replaceChildren(show(rows));
    shown = text ?? shown;
    setTimeout(() => void refresh(), refreshMs);
  };
  void refresh();
};

const start = async (): Promise<void> => {
  const demo = await readDemo();
  place('gateway').textContent = demo.url;
  const network = createNetwork(WebSocket);
  const devices = place('devices');
  const kitchen = createDevice(devices, demo, network, {
    name: 'Kitchen board',
    user: 'chef',
    connectionType: 'kitchen',
  });
  createDevice(devices, demo, network, { name: 'Till', user: 'cashier', connectionType: 'pos' });
  createMishaps(place('mishaps'), demo, network, kitchen.chosen);
  keepShowing('connections', readConnections, connectionTable);
  keepShowing('audit', readAudit, auditTable);
};

// The gateway knows its pages by its address, which is this one.
if (location.hostname === 'localhost') location.hostname = '127.0.0.1';
else
  start().catch((error: unknown) => {
    place('gateway').textContent = `The gateway does not answer: ${error instanceof Error ? error.message : error}`;
  });
