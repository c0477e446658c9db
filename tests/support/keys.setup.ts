import { makeSimulatorKeys } from '../../local/simulators/keys.ts';
import { findMysql } from './mysql.ts';

/**
 * Makes the simulators' keys once for a run, because that takes a third of a second and most files need them. Looks for
 * a MySQL server, too, and says so when there is none.
 */
export default async function setUp(): Promise<void> {
  process.env.ZHIKE_TEST_KEYS = JSON.stringify(makeSimulatorKeys());
  const found = await findMysql();
  if (found === null)
    process.stderr.write('No MySQL server: its tests are left out. TEST_MYSQL_URL names one.\n');
  else process.env.TEST_MYSQL_URL = found;
}
