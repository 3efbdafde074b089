import type { Config } from 'jest';

const config: Config = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': './test/jest-transform.mjs' },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/browser/', '<rootDir>/test/compatibility/'],
  modulePathIgnorePatterns: ['<rootDir>/cdk.out'],
  testTimeout: 20_000,
};

export default config;
