import { Pressable, Text } from 'react-native';
import { styles } from './styles.ts';

export const Button = ({
  title,
  onPress,
  isDisabled = false,
}: {
  title: string;
  onPress: () => void;
  isDisabled?: boolean;
}) => (
  <Pressable
    accessibilityRole="button"
    accessibilityState={{ disabled: isDisabled }}
    disabled={isDisabled}
    onPress={onPress}
    style={[styles.button, isDisabled && styles.faint]}
  >
    <Text style={styles.buttonText}>{title}</Text>
  </Pressable>
);
