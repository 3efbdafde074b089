import { StyleSheet } from 'react-native';

export const toneColors = { good: '#1b7f3b', busy: '#8a6100', bad: '#b3261e' } as const;

export const styles = StyleSheet.create({
  screen: { flex: 1, padding: 12, gap: 12, backgroundColor: '#ffffff' },
  title: { fontSize: 24, fontWeight: '600', color: '#1a1a1a' },
  text: { fontSize: 17, color: '#1a1a1a' },
  notice: { padding: 12, gap: 8, borderLeftWidth: 6, borderColor: '#8a6100', backgroundColor: '#f4f4f4' },
  row: { flexDirection: 'row', alignItems: 'center', gap: 8, paddingVertical: 6 },
  grows: { flex: 1 },
  narrow: { width: 80 },
  input: {
    minHeight: 48,
    paddingHorizontal: 12,
    fontSize: 17,
    color: '#1a1a1a',
    borderWidth: 1,
    borderColor: '#767676',
    borderRadius: 6,
  },
  button: {
    minHeight: 48,
    minWidth: 48,
    paddingHorizontal: 16,
    justifyContent: 'center',
    backgroundColor: '#1f4e8c',
    borderRadius: 6,
  },
  buttonText: { fontSize: 17, color: '#ffffff' },
  faint: { opacity: 0.4 },
});
