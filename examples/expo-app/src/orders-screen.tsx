/** The orders with what may be done about each, below what the connection is doing. */
import type { MaitredClient, Pending, PublishError } from '@maitred/client';
import { useMaitred, usePublish, useRestaurantEvent } from '@maitred/client/react';
import { useEffect, useState } from 'react';
import { FlatList, Text, View } from 'react-native';
import { SafeAreaView } from 'react-native-safe-area-context';
import { Button } from './button.tsx';
import { NewOrder } from './new-order.tsx';
import { noticeOf } from './notice.ts';
import { type Action, nextOf, type Orders, returnedWords, type Row, rowsOf, type Status } from './orders.ts';
import { styles, toneColors } from './styles.ts';

type Props = Readonly<{
  orders: Orders;
  dispatch: (action: Action) => void;
  onReload: () => void;
  onSignIn: () => void;
}>;

const verbs: Readonly<Partial<Record<Status, string>>> = { completed: 'Served', cancelled: 'Cancel' };

export const OrdersScreen = ({ orders, dispatch, onReload, onSignIn }: Props) => {
  const { state, client } = useMaitred();
  const publish = usePublish();
  const pending = usePending(client);
  const [refusal, setRefusal] = useState<string>();
  const notice = noticeOf(state, useNow());
  useRestaurantEvent('*', (event) => dispatch({ kind: 'heard', event }));

  // What waits is not lost when it fails: it is in `pending` then, as returned.
  const told = (error: PublishError) => setRefusal(`Not sent: ${error.message}`);
  const change = ({ id }: Row, status: Status) => publish('order.status_changed', { order_id: id, status }).catch(told);

  return (
    <SafeAreaView style={styles.screen}>
      <View accessibilityLiveRegion="polite" style={[styles.notice, { borderColor: toneColors[notice.tone] }]}>
        <Text style={styles.text}>{notice.text}</Text>
        {notice.wants === 'sign_in' && <Button title="Sign in again" onPress={onSignIn} />}
      </View>
      {orders.holes && (
        <View style={styles.notice}>
          <Text style={styles.text}>Orders may be missing here.</Text>
          <Button title="Load all" onPress={onReload} />
        </View>
      )}
      {refusal !== undefined && <Text style={styles.text}>{refusal}</Text>}
      <NewOrder onOrder={(order) => publish('order.created', order).catch(told)} />
      <Returned pending={pending} client={client} />
      <FlatList
        data={rowsOf(orders, pending)}
        keyExtractor={({ id }) => id}
        renderItem={({ item }) => (
          <View style={styles.row}>
            <Text style={[styles.text, styles.grows]}>
              {`Table ${item.table}: ${item.dish}\n${item.status}${item.isSent ? '' : ', not sent yet'}`}
            </Text>
            {nextOf(item.status).map((status) => (
              <Button key={status} title={verbs[status] ?? status} onPress={() => change(item, status)} />
            ))}
          </View>
        )}
      />
    </SafeAreaView>
  );
};

/** What was given back: refused, or so old that it may have been accepted. A person decides. */
const Returned = ({ pending, client }: { pending: readonly Pending[]; client: MaitredClient | undefined }) =>
  pending
    .filter(({ state }) => state === 'returned')
    .map((publication) => (
      <View key={publication.id} style={styles.row}>
        <Text style={[styles.text, styles.grows]}>{returnedWords(publication)}</Text>
        <Button title="Forget" onPress={() => client?.discard(publication.id)} />
      </View>
    ));

const usePending = (client: MaitredClient | undefined): readonly Pending[] => {
  const [pending, setPending] = useState(client?.pending ?? []);
  useEffect(() => {
    if (client === undefined) return;
    setPending(client.pending);
    return client.onPending(setPending);
  }, [client]);
  return pending;
};

/** The present, a second exact. */
const useNow = (): number => {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
};
