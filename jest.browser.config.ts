import type { Config } from 'jest';
import config from './jest.config.ts';

/** What needs a browser: `npm run test:browser`. */
const browserConfig: Config = {
  ...config,
  testMatch: ['<rootDir>/test/browser/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 60_000,
  maxWorkers: 1,
};

export default browserConfig;
