import type { Config } from 'jest';

const config: Config = {
  testEnvironment: './test/harness/environment.ts',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': './test/jest-transform.mjs' },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/browser/', '<rootDir>/test/compatibility/'],
  modulePathIgnorePatterns: ['<rootDir>/cdk.out'],
  // What never comes; how long something takes is no test's business.
  testTimeout: 60_000,
  maxWorkers: '100%',
  globalTeardown: './test/harness/end.ts',
};

export default config;
