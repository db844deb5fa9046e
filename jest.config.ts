import type { Config } from 'jest';

const config: Config = {
  roots: ['<rootDir>/apps', '<rootDir>/packages', '<rootDir>/examples', '<rootDir>/e2e', '<rootDir>/bench'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  // Node strips the types itself.
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  globalSetup: '<rootDir>/packages/stack/src/testing/global-setup.ts',
  globalTeardown: '<rootDir>/packages/stack/src/testing/global-teardown.ts',
  maxWorkers: 2,
  testTimeout: 30_000,
};

export default config;
