/** Stands where the login of your app is: it takes a token as text, as `npm run -s token -- cashier` prints one. */
import { useState } from 'react';
import { Text, TextInput } from 'react-native';
import { SafeAreaView } from 'react-native-safe-area-context';
import { Button } from './button.tsx';
import { styles } from './styles.ts';

export const SignIn = ({ onToken }: { onToken: (token: string) => void }) => {
  const [text, setText] = useState('');
  const token = text.trim();
  return (
    <SafeAreaView style={styles.screen}>
      <Text accessibilityRole="header" style={styles.title}>
        Sign in
      </Text>
      <TextInput
        accessibilityLabel="Token"
        placeholder="Token"
        autoCapitalize="none"
        autoCorrect={false}
        secureTextEntry
        value={text}
        onChangeText={setText}
        style={styles.input}
      />
      <Button title="Sign in" isDisabled={token === ''} onPress={() => onToken(token)} />
    </SafeAreaView>
  );
};
