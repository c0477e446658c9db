const Sequencer = require('@jest/test-sequencer').default;

/** The suites that take longest, which begin first: none of them is then left to run alone at the end. */
const LONG = [
  'simulation/planted',
  'scf/platform',
  'e2e/journey',
  'simulation/histories',
  'runtime/unitCanaries',
  'runtime/host',
  'deploy/process',
  'ports/database/',
];

const rankOf = ({ path }) => {
  const rank = LONG.findIndex((part) => path.includes(`/tests/${part}`));
  return rank === -1 ? LONG.length : rank;
};

/** Orders suites by what is known of their length on any machine, and then as jest does. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((one, other) => rankOf(one) - rankOf(other));
  }
};
