/** Simulated CloudBase environments for tests, and the real one that `CLOUDBASE_LIVE_ENV` names. */
import { randomBytes } from 'node:crypto';
import { sendTo } from '../../local/simulators/exchange.ts';
import { CloudbaseSimulator } from '../../local/simulators/tencent/cloudbase.ts';
import type { KeyPair } from '../../local/simulators/tencent/cloudbaseSignature.ts';
import { addressesOf } from '../../shared/adapters/cloudbase/address.ts';
import type { ClientOptions } from '../../shared/adapters/cloudbase/client.ts';
import { httpSend } from '../../shared/adapters/http/nodeRequest.ts';
import type { Send } from '../../shared/adapters/http/request.ts';
import { systemClock } from '../../shared/adapters/process/clock.ts';
import { readVariable } from '../../shared/adapters/process/variables.ts';
import { roleCredentials } from '../../shared/adapters/tencent/credentials.ts';
import type { Clock } from '../../shared/ports/clock.ts';

/** Keys that nobody else has. */
export function anyKeys(): KeyPair {
  const [secretId = '', secretKey = '', token = ''] = [18, 16, 24].map((n) => randomBytes(n).toString('hex'));
  return { secretId: `AKID${secretId}`, secretKey, token };
}

/** As over a network: the host is named, and answers come in later turns of the event loop. */
export function overTurns(send: Send): Send {
  return async (asked) => {
    await new Promise((resolve) => setImmediate(resolve));
    return send({ ...asked, headers: { host: new URL(asked.url).host, ...asked.headers } });
  };
}

/** How long a call takes, in the time of `pauseOverTurns`: one turn of the event loop. */
const CALL_MS = 2;

/** Waits as many turns of the event loop as calls would be answered in that time. */
export async function pauseOverTurns(ms: number): Promise<void> {
  for (let waited = 0; waited < ms; waited += CALL_MS) await new Promise((resolve) => setImmediate(resolve));
}

/** An environment in this process, and how a client reaches it. */
export interface MadeCloudbase {
  readonly simulator: CloudbaseSimulator;
  readonly client: ClientOptions;
}

/** Makes an empty environment. */
export function makeCloudbase(clock: Clock = systemClock): MadeCloudbase {
  const keys = anyKeys();
  const environment = 'shop-1a2b3c';
  const simulator = new CloudbaseSimulator({ env: environment, keys, clock });
  const addresses = addressesOf(environment, { given: 'http://127.0.0.1:1/admin', region: null });
  const send = overTurns(sendTo((request) => simulator.handle(request)));
  return { simulator, client: { environment, addresses, credentials: () => keys, send, clock } };
}

/**
 * The real environment that `CLOUDBASE_LIVE_ENV` names, asked with the keys of `TENCENTCLOUD_SECRETID` and
 * `TENCENTCLOUD_SECRETKEY`; null when it is not set. It has to be there for tests alone, because they empty it.
 */
export function liveCloudbase(): ClientOptions | null {
  const { CLOUDBASE_LIVE_ENV: environment, TENCENTCLOUD_REGION: region = null } = process.env;
  if (environment === undefined) return null;
  const addresses = addressesOf(environment, { given: readVariable('CLOUDBASE_URL', process.env), region });
  const credentials = () => roleCredentials(process.env);
  return { environment, addresses, credentials, send: httpSend(), clock: systemClock };
}
