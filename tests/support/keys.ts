import { makeSimulatorKeys } from '../../local/simulators/keys.ts';

/** Keys for simulators and for who talks to them: made once for each test file. */
export const keys = makeSimulatorKeys();
