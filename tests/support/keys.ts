import { makeSimulatorKeys, type SimulatorKeys } from '../../local/simulators/keys.ts';

const made = process.env.ZHIKE_TEST_KEYS;

/** The keys of the simulators and their clients. A run of tests makes one set (`keys.setup.ts`). */
export const keys: SimulatorKeys =
  made === undefined ? makeSimulatorKeys() : (JSON.parse(made) as SimulatorKeys);
