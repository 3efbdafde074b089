/**
 * What each of the projects does with the client: a till and a kitchen of one restaurant connect, and the kitchen hears the
 * order that the till publishes. Plain JavaScript, as it is bundled by what is tried.
 */
const storageOf = (itemStorage) => {
  const items = new Map();
  return itemStorage({
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => items.set(key, value),
    removeItem: (key) => items.delete(key),
  });
};

/** Resolves to a sentence. */
export const converse = ({ connect, PublishError }, { itemStorage }, { url, token, WebSocket }) =>
  new Promise((resolve, reject) => {
    const house = { url, restaurantId: 'r-17', getToken: () => token, storage: storageOf(itemStorage) };
    const socket = WebSocket === undefined ? {} : { WebSocket };
    const till = connect({ ...house, ...socket, connectionType: 'pos' });
    const kitchen = connect({ ...house, ...socket, connectionType: 'kitchen' });
    const done = (settle, value) => {
      till.close();
      kitchen.close();
      settle(value);
    };
    for (const client of [till, kitchen])
      client.onEnd((end) => {
        if (end.why !== 'closed') done(reject, new Error(`ended: ${JSON.stringify(end)}`));
      });
    let refused;
    kitchen.onState(({ status }) => {
      if (status !== 'connected' || refused !== undefined) return;
      // A class that is there twice, or was made a function, would not be recognized.
      refused = till.publish('no such type', {}).catch((error) => error instanceof PublishError && error.code);
      till.publish('order.created', { order_id: 7 }).catch((error) => done(reject, error));
    });
    kitchen.on('order.created', async ({ data }) => {
      const code = await refused;
      if (code !== 'unknown_type' && code !== 'malformed_message')
        return done(reject, new Error(`not refused: ${code}`));
      done(resolve, `${kitchen.state.session.userId} heard order ${data.order_id}`);
    });
  });
