/** An application as React Native starts it. */

import { MaitredProvider, useMaitred, usePublish, useRestaurantEvent } from '@maitred/client/react';
import { itemStorage } from '@maitred/client/storage';
import { createElement } from 'react';
import { AppRegistry, AppState, Text } from 'react-native';

const items = new Map();
const storage = itemStorage({
  getItem: (key) => items.get(key) ?? null,
  setItem: (key, value) => items.set(key, value),
  removeItem: (key) => items.delete(key),
});

const Orders = () => {
  const { state } = useMaitred();
  const publish = usePublish();
  useRestaurantEvent('order.created', ({ data }) =>
    publish('order.status_changed', { order_id: data.order_id, status: 'confirmed' }),
  );
  return createElement(Text, null, state.status);
};

const App = () => {
  const props = { url: 'wss://gateway.example/prod', restaurantId: 'r-17', connectionType: 'kitchen' };
  const platform = { getToken: () => 't', signals: { appState: AppState }, storage };
  return createElement(MaitredProvider, { ...props, ...platform }, createElement(Orders));
};

AppRegistry.registerComponent('app', () => App);
