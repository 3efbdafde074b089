/** Takes an order, with a network or without. */
import { useState } from 'react';
import { TextInput, View } from 'react-native';
import { Button } from './button.tsx';
import { styles } from './styles.ts';

export type NewOrderData = Readonly<{ order_id: string; table: string; dish: string }>;

export const NewOrder = ({ onOrder }: { onOrder: (order: NewOrderData) => void }) => {
  const [table, setTable] = useState('');
  const [dish, setDish] = useState('');
  const take = () => {
    onOrder({ order_id: orderId(), table, dish });
    setDish('');
  };
  return (
    <View style={styles.row}>
      <TextInput
        accessibilityLabel="Table"
        placeholder="Table"
        keyboardType="number-pad"
        value={table}
        onChangeText={setTable}
        style={[styles.input, styles.narrow]}
      />
      <TextInput
        accessibilityLabel="Dish"
        placeholder="Dish"
        value={dish}
        onChangeText={setDish}
        style={[styles.input, styles.grows]}
      />
      <Button title="Take" isDisabled={table === '' || dish === ''} onPress={take} />
    </View>
  );
};

/** Hermes has no `crypto.randomUUID`. The moment and 40 bits of chance are no secret, and no two orders of a house share them. */
const orderId = (): string => `o-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
