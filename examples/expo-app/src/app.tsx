/** A waiter's phone: who is not signed in gets a form, everybody else the orders of the restaurant. */
import { MaitredProvider } from '@maitred/client/react';
import { itemStorage } from '@maitred/client/storage';
import AsyncStorage from '@react-native-async-storage/async-storage';
import NetInfo from '@react-native-community/netinfo';
import { useReducer, useState } from 'react';
import { AppState } from 'react-native';
import { SafeAreaProvider } from 'react-native-safe-area-context';
import { fetchOrders } from './backend.ts';
import { noOrders, reduce } from './orders.ts';
import { OrdersScreen } from './orders-screen.tsx';
import { developmentToken, restaurantId, url } from './settings.ts';
import { SignIn } from './sign-in.tsx';

const storage = itemStorage(AsyncStorage);
const signals = { appState: AppState, netInfo: NetInfo };

export const App = () => {
  const [token, setToken] = useState(developmentToken);
  return (
    <SafeAreaProvider>
      {token === undefined ? (
        <SignIn onToken={setToken} />
      ) : (
        // Another token is another provider. What waits is in the storage, and goes to whom it belongs.
        <Restaurant key={token} token={token} onSignIn={() => setToken(undefined)} />
      )}
    </SafeAreaProvider>
  );
};

const Restaurant = ({ token, onSignIn }: { token: string; onSignIn: () => void }) => {
  const [orders, dispatch] = useReducer(reduce, noOrders);
  const reload = async () => {
    dispatch({ kind: 'gap' });
    try {
      const snapshot = await fetchOrders(token);
      if (snapshot !== undefined) dispatch({ kind: 'snapshot', orders: snapshot });
    } catch (error) {
      // The screen goes on saying that orders may be missing, and offers this again.
      console.warn(error);
    }
  };
  return (
    <MaitredProvider
      url={url}
      restaurantId={restaurantId}
      connectionType="pos"
      // An app that people get asks its login here: with `why` other than 'first' for a new one.
      getToken={() => token}
      storage={storage}
      // An order that was taken without a network is sent when there is one, be it tomorrow.
      publishTimeoutMs={Number.POSITIVE_INFINITY}
      signals={signals}
      onGap={reload}
    >
      <OrdersScreen orders={orders} dispatch={dispatch} onReload={reload} onSignIn={onSignIn} />
    </MaitredProvider>
  );
};
