import { makeSimulatorKeys } from '../../local/simulators/keys.ts';

/** Makes the simulators' keys once for a run, because that takes a third of a second and most files need them. */
export default function makeKeys(): void {
  process.env.ZHIKE_TEST_KEYS = JSON.stringify(makeSimulatorKeys());
}
