const { join } = require('node:path');

/** Makes the simulators' keys once for a run, because it takes a third of a second and every test file needs them. */
module.exports = async () => {
  const { require: load } = require('tsx/cjs/api');
  const { makeSimulatorKeys } = load(join(__dirname, '../../local/simulators/keys.ts'), __filename);
  process.env.ZHIKE_TEST_KEYS = JSON.stringify(makeSimulatorKeys());
};
