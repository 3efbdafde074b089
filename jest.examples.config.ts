import type { Config } from 'jest';
import config from './jest.config.ts';

/** The examples as their users have them, with their packages: `.ci/examples` makes them, and says where they are. */
const examplesConfig: Config = {
  ...config,
  testMatch: ['<rootDir>/test/example-apps/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
};

export default examplesConfig;
