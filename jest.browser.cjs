const { chromium } = require('./tests/browser/support/chromium.cjs');

/** The tests in a browser, two files at a time. `npm run browser` builds the stack and runs them. */
module.exports = {
  ...require('./jest.config.cjs'),
  roots: ['<rootDir>/tests/browser'],
  testPathIgnorePatterns: ['/node_modules/'],
  reporters: chromium === null ? ['<rootDir>/tests/browser/support/skipped.cjs'] : ['default'],
  maxWorkers: 2,
};
