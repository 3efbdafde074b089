/** Who is there: asked by a device that may, each time when somebody may have come or gone. */
import type { Device } from './device.ts';
import { place } from './element.ts';
import { askerOf, presenceCaption, presenceColumns, presenceRows } from './presence-rows.ts';
import type { Demo } from './rows.ts';
import { table } from './tables.ts';

/** Changes come in bursts, and each question costs something of what the device may read. */
const settleMs = 250;
/** What is answered may be a second old (PROTOCOL.md, Who is there): so much later it is asked once more. */
const lagMs = 1_500;

/** Yields what is to be called when somebody may have come or gone. */
export const createPresence = (demo: Demo, devices: () => readonly Device[]): (() => void) => {
  const where = place('presence');
  where.tabIndex = 0;
  let due: ReturnType<typeof setTimeout> | undefined;
  let once: ReturnType<typeof setTimeout> | undefined;
  let shown = '';
  const show = (words: string, rows: readonly (readonly string[])[]) => {
    const now = JSON.stringify([words, rows]);
    if (now !== shown) where.replaceChildren(table(words, presenceColumns, rows));
    shown = now;
  };
  const ask = async () => {
    const connected = devices().flatMap((device) => {
      const client = device.client();
      if (client?.state.status !== 'connected') return [];
      return [{ name: device.name, connectionType: device.chosen().connectionType, client }];
    });
    const asker = askerOf(connected, demo.connectionTypes);
    if (typeof asker === 'string') return show(asker, []);
    const present = await asker.client.who();
    show(presenceCaption(asker.name, present), presenceRows(present));
  };
  let isAsking = false;
  const askSoon = () => {
    clearTimeout(due);
    due = setTimeout(() => {
      askNow();
      clearTimeout(once);
      once = setTimeout(askNow, lagMs);
    }, settleMs);
  };
  const askNow = () => {
    // The answer under way may be older than what has changed since: whoever joined that question would be told it.
    if (isAsking) return askSoon();
    isAsking = true;
    ask()
      .catch((error: unknown) => show(`It is not known: ${error instanceof Error ? error.message : error}`, []))
      .finally(() => {
        isAsking = false;
      });
  };
  askSoon();
  return askSoon;
};
