/**
 * The hooks under StrictMode, whatever React, renderer and socket are: one socket however often it mounts, the newest handler
 * for each event, another socket for another connection type, none after the end. With `saveFile` the component is edited meanwhile.
 */
export const mountTwice = async ({ React, renderer, entry, url, token, WebSocket, saveFile }) => {
  const { createElement, StrictMode } = React;
  const act = React.act ?? renderer.act;
  const { MaitredProvider, useMaitred, usePublish, useRestaurantEvent } = entry;
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;

  const sockets = [];
  class Counted extends WebSocket {
    constructor(...given) {
      super(...given);
      sockets.push(this);
    }
  }
  const open = () => sockets.filter(({ readyState }) => readyState < 2).length;
  const heard = [];
  const gaps = [];
  const publishers = new Set();
  let status;
  /** The component as its file had it at first, and as it has it after an edit. */
  const written = (words) => {
    const Component = ({ note }) => {
      status = useMaitred().state.status;
      publishers.add(usePublish());
      useRestaurantEvent('order.created', ({ data }) => heard.push(`${words}${note} ${data.order_id}`));
      return null;
    };
    return Component;
  };
  const Orders = written('');
  const appAs = (connectionType, note) => {
    const place = { url, restaurantId: 'r-17', connectionType, WebSocket: Counted };
    const functions = { getToken: () => token, onGap: ({ reason }) => gaps.push(reason) };
    const provider = createElement(MaitredProvider, { ...place, ...functions }, createElement(Orders, { note }));
    return createElement(StrictMode, null, provider);
  };
  const until = async (what, isSo) => {
    for (const end = Date.now() + 20_000; !isSo(); ) {
      if (Date.now() > end)
        throw new Error(`Waited for ${what}: ${JSON.stringify({ status, heard, gaps, sockets: sockets.length })}`);
      await act(() => new Promise((resolve) => setTimeout(resolve, 5)));
    }
  };
  const publish = (id) => act(() => [...publishers].at(-1)('order.created', { order_id: id }));

  let root;
  await act(async () => {
    root = renderer.create(appAs('pos', 'first'));
  });
  await until('the connection', () => status === 'connected' && gaps.length === 1);
  await publish(1);
  await until('the first order', () => heard.length === 1);
  await act(async () => root.update(appAs('pos', 'second')));
  await publish(2);
  await until('the second order', () => heard.length === 2);
  if (saveFile !== undefined) {
    await act(async () => saveFile('Orders', Orders, written('edited, ')));
    await publish(3);
    await until('the order after the edit', () => heard.length === 3);
  }
  const before = { sockets: sockets.length, open: open(), publishers: publishers.size };
  await act(async () => root.update(appAs('kitchen', 'third')));
  await until('the kitchen', () => status === 'connected' && sockets.length === 2 && open() === 1);
  await act(async () => root.unmount());
  await until('the end', () => open() === 0);
  const told = JSON.stringify({ ...before, heard, gaps });
  const wanted = JSON.stringify({
    sockets: 1,
    open: 1,
    publishers: 1,
    heard: ['first 1', 'second 2', ...(saveFile ? ['edited, second 3'] : [])],
    gaps: ['start', 'start'],
  });
  if (told !== wanted) throw new Error(`Expected ${wanted}, got ${told}`);
  return `hooks in React ${React.version}${saveFile ? ', Fast Refresh' : ''}: one socket, each event once`;
};
