/**
 * A simulated CloudBase environment on this machine, empty, and in memory: `npm run cloudbase`. It prints the variables
 * with which `npm start` and the commands use it. `PORT` is 3300 by default; 0 is any free port.
 */
import { randomBytes } from 'node:crypto';
import { movableClock } from './clock.ts';
import { CloudbaseSimulator } from './simulators/tencent/cloudbase.ts';
import { serveCloudbase } from './simulators/tencent/cloudbaseServer.ts';

const ENVIRONMENT = 'local';

async function main(): Promise<void> {
  const keys = {
    secretId: `AKID${randomBytes(16).toString('hex')}`,
    secretKey: randomBytes(16).toString('hex'),
    token: null,
  };
  const simulator = new CloudbaseSimulator({ env: ENVIRONMENT, keys, clock: movableClock() });
  const { url } = await serveCloudbase(simulator, Number(process.env.PORT ?? 3300));
  console.log(`export DATABASE_URL=cloudbase:${ENVIRONMENT} CLOUDBASE_URL=${url}
export TENCENTCLOUD_SECRETID=${keys.secretId} TENCENTCLOUD_SECRETKEY=${keys.secretKey}`);
}

void main();
