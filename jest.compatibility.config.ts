import type { Config } from 'jest';
import config from './jest.config.ts';

/** What needs the functions of an earlier release: `.ci/compatibility`. */
const compatibilityConfig: Config = {
  ...config,
  testMatch: ['<rootDir>/test/compatibility/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 30_000,
};

export default compatibilityConfig;
