/** Jest 30 with esbuild as its only transform; middy and opencc-js are ESM, so they are transformed too. */
module.exports = {
  testEnvironment: '<rootDir>/tests/support/keptEnvironment.cjs',
  runtime: '<rootDir>/tests/support/keptRuntime.cjs',
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  // They have a configuration of their own, `jest.browser.cjs`.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/browser/'],
  transform: { '\\.[cm]?[jt]sx?$': '<rootDir>/tests/support/transform.cjs' },
  transformIgnorePatterns: ['/node_modules/(?!@middy/|opencc-js/|marked/)'],
  testSequencer: '<rootDir>/tests/support/longestFirst.cjs',
  globalSetup: '<rootDir>/tests/support/keys.setup.ts',
  setupFiles: ['<rootDir>/tests/support/chance.setup.ts'],
  // Only a guard against hanging. No test depends on the speed of the machine.
  testTimeout: 300_000,
  // Every core, because the machine does nothing else during the tests.
  maxWorkers: '100%',
};
