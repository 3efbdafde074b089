/** In a Jest that knows nothing but CommonJS. */
const { converse } = require('./conversation.js');

test('a kitchen hears what a till publishes', async () => {
  const house = { url: process.env.MAITRED_URL, token: process.env.MAITRED_TOKEN, WebSocket: globalThis.WebSocket };
  const said = await converse(require('@maitred/client'), require('@maitred/client/storage'), house);
  expect(said).toBe('u-cashier heard order 7');
  process.stdout.write(`said: ${said}\n`);
}, 30_000);
