import { createDevice } from './device.ts';
import { place } from './element.ts';
import { readAudit, readConnections, readDemo } from './endpoints.ts';
import { createMishaps } from './mishaps.ts';
import { createNetwork } from './network.ts';
import { createOverview } from './overview.ts';
import { auditTable, connectionTable } from './tables.ts';

const refreshMs = 2000;
/** The gateway notes the end of a connection a moment after it, so one look at once could still come too early. */
const hurriedMs = 200;

/**
 * Shows what `read` yields, again and again while somebody looks; a change alone touches the page. What is returned looks
 * at once, and often until the usual time is over.
 */
const keepShowing = <Rows>(id: string, read: () => Promise<Rows>, show: (rows: Rows) => HTMLElement): (() => void) => {
  const where = place(id);
  // It scrolls, so the keyboard must get there.
  where.tabIndex = 0;
  let shown = '';
  let hurriedUntil = 0;
  /** Nothing while a look is under way. */
  let next: ReturnType<typeof setTimeout> | undefined;
  const refresh = async () => {
    clearTimeout(next);
    next = undefined;
    const rows = document.hidden ? undefined : await read().catch(() => undefined);
    const text = JSON.stringify(rows);
    if (rows !== undefined && text !== shown) where.replaceChildren(show(rows));
    shown = text ?? shown;
    next = setTimeout(() => void refresh(), Date.now() < hurriedUntil ? hurriedMs : refreshMs);
  };
  void refresh();
  return () => {
    hurriedUntil = Date.now() + refreshMs;
    if (next !== undefined) void refresh();
  };
};

const start = async (): Promise<void> => {
  const demo = await readDemo();
  place('gateway').textContent = demo.url;
  const network = createNetwork(WebSocket);
  const observe = createOverview(['Kitchen board', 'Till']);
  const kitchen = createDevice(demo, network, observe, {
    name: 'Kitchen board',
    user: 'chef',
    connectionType: 'kitchen',
  });
  createDevice(demo, network, observe, { name: 'Till', user: 'cashier', connectionType: 'pos' });
  const lookWhoIsConnected = keepShowing('connections', readConnections, connectionTable);
  createMishaps(place('mishaps'), demo, network, kitchen.chosen, lookWhoIsConnected);
  keepShowing('audit', readAudit, auditTable);
};

// The gateway knows its pages by its address, which is this one.
if (location.hostname === 'localhost') location.hostname = '127.0.0.1';
else
  start().catch((error: unknown) => {
    place('gateway').textContent = `The gateway does not answer: ${error instanceof Error ? error.message : error}`;
  });
