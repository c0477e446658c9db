import { makeSimulatorKeys, type SimulatorKeys } from '../../local/simulators/keys.ts';

const made = process.env.ZHIKE_TEST_KEYS;

/** Keys for simulators and for who talks to them: one set for a whole run of tests (`keys.setup.cjs`). */
export const keys: SimulatorKeys =
  made === undefined ? makeSimulatorKeys() : (JSON.parse(made) as SimulatorKeys);
