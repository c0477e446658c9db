import { makeSimulatorKeys } from '../../local/simulators/keys.ts';
import { findMysql } from './mysql.ts';
import { findRedis } from './redis.ts';

/**
 * Makes the simulators' keys once for a run, because that takes a third of a second and most files need them. Looks for
 * a MySQL and a Redis server, too, and says so when there is none.
 */
export default async function setUp(): Promise<void> {
  process.env.ZHIKE_TEST_KEYS = JSON.stringify(makeSimulatorKeys());
  const found = await findMysql();
  if (found === null)
    process.stderr.write('No MySQL server: its tests are left out. TEST_MYSQL_URL names one.\n');
  else process.env.TEST_MYSQL_URL = found;
  const redis = await findRedis();
  if (redis === null)
    process.stderr.write('No Redis server: its tests are left out. TEST_REDIS_URL names one.\n');
  else process.env.TEST_REDIS_URL = redis;
}
