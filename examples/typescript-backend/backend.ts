/** Stores every order that is taken, and confirms it by an event of its own. README.md says how to run it. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

type Order = Readonly<{
  restaurant_id: string;
  epoch: string;
  seq: number;
  data: Readonly<{ order_id?: string | number }>;
  data_text?: string;
}>;
type Posted = Readonly<{ 'detail-type': string; detail: Order }>;

const { WEBHOOK_KEY, EVENT_QUEUE_URL, ORDERS_DB = 'orders.db', PORT = '8000' } = process.env;
if (!WEBHOOK_KEY || !EVENT_QUEUE_URL) throw new Error('set WEBHOOK_KEY and EVENT_QUEUE_URL');

// The bus waits 5 seconds for an answer; what took longer it posts again.
const requestHandler = { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true };
const sqs = new SQSClient({ maxAttempts: 1, requestHandler });

const db = new DatabaseSync(ORDERS_DB, { timeout: 1_000 });
// An event's number is its own in its restaurant and epoch, however often the event is posted.
db.exec(`CREATE TABLE IF NOT EXISTS orders (restaurant_id TEXT, epoch TEXT, seq INTEGER, data TEXT NOT NULL,
  confirmed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (restaurant_id, epoch, seq))`);
const ofThisOrder = 'WHERE restaurant_id = ? AND epoch = ? AND seq = ?';
const insert = db.prepare('INSERT OR IGNORE INTO orders (restaurant_id, epoch, seq, data) VALUES (?, ?, ?, ?)');
const unconfirmed = db.prepare(`SELECT 1 FROM orders ${ofThisOrder} AND NOT confirmed`);
const setConfirmed = db.prepare(`UPDATE orders SET confirmed = 1 ${ofThisOrder}`);

const answerTo = async (request: IncomingMessage): Promise<number> => {
  if (request.method !== 'POST' || request.url !== '/hook') return 404;
  if (!timingSafeEqual(sha256(String(request.headers['x-maitred-key'] ?? '')), sha256(WEBHOOK_KEY))) return 401;
  const event: Posted = JSON.parse(await text(request));
  const order = event.detail;
  // What another backend calls an order is held to no schema: posted again, it would be none either.
  if (event['detail-type'] !== 'order.created' || order.data.order_id === undefined) return 204;
  const place = [order.restaurant_id, order.epoch, order.seq];
  insert.run(...place, order.data_text ?? JSON.stringify(order.data));
  if (unconfirmed.get(...place) !== undefined) {
    // The same id each time: killed before the next line, this is done again and is still one event.
    await confirm(order.restaurant_id, `confirmed-${order.epoch}-${order.seq}`, order.data.order_id);
    setConfirmed.run(...place);
  }
  return 204;
};

const confirm = async (restaurantId: string, id: string, order_id: string | number): Promise<void> => {
  const data = { order_id, status: 'confirmed' };
  const body = JSON.stringify({ v: 1, type: 'order.status_changed', id, data });
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: EVENT_QUEUE_URL,
      MessageGroupId: restaurantId,
      MessageDeduplicationId: sha256(`${restaurantId}\n${body}`).toString('hex'),
      MessageBody: body,
    }),
  );
};

const sha256 = (said: string): Buffer => createHash('sha256').update(said).digest();

const server = createServer(async (request, response) => {
  response.statusCode = await answerTo(request).catch((error) => {
    console.error(error);
    return 500;
  });
  response.end();
});
server.listen(Number(PORT), '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`listening on http://127.0.0.1:${address?.port}/hook`);
});
