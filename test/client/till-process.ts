/** A till in a process of its own, to be killed: it publishes one order after the other and says what it was told, a line each. */
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../../client/src/index.ts';
import { seeded } from '../../cost/seeded.ts';
import { fileStorage } from './file-storage.ts';

const [url = '', restaurantId = '', user = '', dir = '', seedText = '', firstText = '', mode = ''] =
  process.argv.slice(2);
const draw = seeded(Number(seedText));
/** Synchronous: what was said before the kill was heard. */
const say = (line: string): void => void writeSync(1, `${line}\n`);

const client = connect({
  url,
  restaurantId,
  connectionType: 'pos',
  getToken: () => process.env['TILL_TOKEN'] ?? '',
  storage: fileStorage(dir, draw, 50, 12),
  user: { issuer: 'demo', userId: user },
  publishTimeoutMs: Number.POSITIVE_INFINITY,
  timing: { backoffBaseMs: 20, backoffCapMs: 100 },
  onError: () => {},
});
client.onReturned(({ id, returned }) => say(`returned ${id} ${returned?.code}`));
client.onPending((pending) => {
  if (mode === 'finish' && pending.every(({ state }) => state === 'returned')) finish();
});
const finish = () => say(`left ${client.pending.map(({ id }) => id).join(' ')}`);

say('ready');
if (mode === 'publish') {
  // No more than the gateway's pace lets through on the whole.
  const last = Number(firstText) + Math.floor(draw() * 4);
  for (let n = Number(firstText); n <= last; n++) {
    const id = `${user}-${String(n).padStart(5, '0')}`;
    say(`publishing ${id}`);
    client.publish('order.created', { order_id: id }, { id }).kept.then(
      () => say(`kept ${id}`),
      () => {},
    );
    if (draw() < 0.6) await delay(draw() * 60);
  }
}
if (mode === 'finish') {
  // One more, so that there is a change to hear of.
  const id = `${user}-${firstText.padStart(5, '0')}`;
  await client.publish('order.created', { order_id: id }, { id });
  say(`kept ${id}`);
}
