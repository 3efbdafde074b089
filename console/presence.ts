/** Who is there: asked by a device that may, each time when somebody may have come or gone. */
import { askingAgain } from './asking-again.ts';
import type { Device } from './device.ts';
import { place } from './element.ts';
import { askerOf, presenceCaption, presenceColumns, presenceRows } from './presence-rows.ts';
import type { Demo } from './rows.ts';
import { table } from './tables.ts';

/** Yields what is to be called when somebody may have come or gone. */
export const createPresence = (demo: Demo, devices: () => readonly Device[]): (() => void) => {
  const where = place('presence');
  where.tabIndex = 0;
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
  const askSoon = askingAgain(() =>
    ask().catch((error: unknown) => show(`It is not known: ${error instanceof Error ? error.message : error}`, [])),
  );
  askSoon();
  return askSoon;
};
