import { availableParallelism } from 'node:os';
import type { Config } from 'jest';
import { heavyToIgnore } from './test/harness/heavy-tests.ts';

const config: Config = {
  testEnvironment: './test/harness/environment.ts',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '/node_modules/(aws-cdk-lib|constructs|cdk-nag)/': './test/harness/native-transform.mjs',
    '\\.ts$': './test/jest-transform.mjs',
  },
  transformIgnorePatterns: ['/node_modules/(?!(aws-cdk-lib|constructs|cdk-nag)/)'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/browser/',
    '<rootDir>/test/compatibility/',
    '<rootDir>/test/example-apps/',
    ...heavyToIgnore(process.argv.slice(2)),
  ],
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/dist'],
  // What never comes; how long something takes is no test's business.
  testTimeout: 180_000,
  // Two more than there are processors: half of what the tests take is waiting for deadlines, and nobody waits for those.
  maxWorkers: availableParallelism() + 2,
  testSequencer: './test/harness/sequencer.ts',
  globalTeardown: './test/harness/end.ts',
};

export default config;
