/** In a browser: the address and the token come in the page's fragment, the answer is its title. */
import * as client from '@maitred/client';
import { MaitredProvider, useMaitred, useRestaurantEvent } from '@maitred/client/react';
import * as storage from '@maitred/client/storage';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { converse } from './conversation.js';

const { url, token } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

const Board = ({ heard }) => {
  const { state } = useMaitred();
  useRestaurantEvent('order.created', ({ data }) => heard(data.order_id));
  return state.status;
};

/** Resolves when a component has heard the order of the conversation. */
const board = (root, connected) =>
  new Promise((resolve) => {
    const props = { url, restaurantId: 'r-17', connectionType: 'kitchen', getToken: () => token, onGap: connected };
    root.render(createElement(MaitredProvider, props, createElement(Board, { heard: resolve })));
  });

const start = async () => {
  const root = createRoot(document.querySelector('main'));
  const isThere = Promise.withResolvers();
  const heard = board(root, isThere.resolve);
  await isThere.promise;
  const said = await converse(client, storage, { url, token });
  document.title = `${said}, a component order ${await heard}`;
};
start().catch((error) => {
  document.title = `failed: ${error.message}`;
});
