import type { Config } from 'jest';

const config: Config = {
  testEnvironment: './test/harness/environment.ts',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': './test/jest-transform.mjs' },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/browser/', '<rootDir>/test/compatibility/'],
  modulePathIgnorePatterns: ['<rootDir>/cdk.out'],
  testTimeout: 20_000,
  globalTeardown: './test/harness/end.ts',
};

export default config;
