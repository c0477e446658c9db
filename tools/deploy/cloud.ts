/**
 * Tencent Cloud, as a deployment calls it: with at most 20 calls a second, full jitter when it is told to slow down,
 * and one kind of error that says whether the deed may have been done.
 */
import { Client as ClsClient } from 'tencentcloud-sdk-nodejs/tencentcloud/services/cls/v20201016/cls_client.js';
import { Client as ScfClient } from 'tencentcloud-sdk-nodejs/tencentcloud/services/scf/v20180416/scf_client.js';
import { Client as TdmqClient } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tdmq/v20200217/tdmq_client.js';
import { Client as VpcClient } from 'tencentcloud-sdk-nodejs/tencentcloud/services/vpc/v20170312/vpc_client.js';

/** The services that are called, by their names in addresses. */
interface Clients {
  readonly scf: ScfClient;
  readonly tdmq: TdmqClient;
  readonly cls: ClsClient;
  readonly vpc: VpcClient;
}

/** The name of a service. */
export type Service = keyof Clients;
/** The name of an action of a service. */
export type Action<S extends Service> = Extract<Exclude<keyof Clients[S], 'request' | 'sdkVersion'>, string>;
type Method = (asked: never) => Promise<unknown>;
/** What an action is asked with; nothing where the SDK says null. */
export type Asked<S extends Service, A extends Action<S>> = Clients[S][A] extends Method
  ? NonNullable<Parameters<Clients[S][A]>[0]> extends infer R
    ? [R] extends [never]
      ? Record<string, never>
      : R
    : never
  : never;
/** What an action answers. */
export type Answered<S extends Service, A extends Action<S>> = Clients[S][A] extends Method
  ? Awaited<ReturnType<Clients[S][A]>>
  : never;

/** Calls one action of a service. @throws CloudError */
export interface Cloud {
  ask<S extends Service, A extends Action<S>>(
    service: S,
    action: A,
    asked: Asked<S, A>,
  ): Promise<Answered<S, A>>;
}

/**
 * A call that failed. `code` is the platform's own, such as `ResourceNotFound.FunctionName`; empty when no answer came.
 * The message never holds what was asked.
 */
export class CloudError extends Error {
  override readonly name = 'CloudError';
  readonly code: string;
  /** Whether a write may have been done all the same. */
  readonly isUnknown: boolean;

  constructor(what: { readonly code: string; readonly message: string; readonly isUnknown: boolean }) {
    super(what.message);
    this.code = what.code;
    this.isUnknown = what.isUnknown;
  }

  /** Whether what was asked about does not exist. */
  get isAbsent(): boolean {
    return this.code.startsWith('ResourceNotFound');
  }
}

/** Who calls, and where. */
export interface CloudAccess {
  readonly secretId: string;
  readonly secretKey: string;
  /** Only for temporary keys. */
  readonly token: string | null;
  readonly region: string;
  /** Another address for all services, such as that of a simulated cloud; null for the platform's own. */
  readonly endpoint: string | null;
}

/** Time as the deployment spends it. */
export interface Pace {
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<void>;
  /** At least 0, less than 1. */
  readonly random: () => number;
}

const TIMEOUT_SECONDS = 30;
/** The platform gives up waiting for a function after 300 seconds. */
const RUN_TIMEOUT_SECONDS = 310;
const CALLS_PER_SECOND_MAX = 20;
const THROTTLED_TIMES_MAX = 10;
const THROTTLE_PAUSE_MS = 250;
const THROTTLE_PAUSE_MS_MAX = 8_000;

function clientsOf(
  { secretId, secretKey, token, region, endpoint }: CloudAccess,
  reqTimeout: number,
): Clients {
  const given = (service: Service) => ({
    credential: { secretId, secretKey, ...(token === null ? {} : { token }) },
    region,
    profile: {
      httpProfile:
        endpoint === null
          ? { endpoint: `${service}.tencentcloudapi.com`, reqTimeout }
          : {
              endpoint: new URL(endpoint).host,
              protocol: `${new URL(endpoint).protocol}//`,
              reqTimeout,
            },
    },
  });
  return {
    scf: new ScfClient(given('scf')),
    tdmq: new TdmqClient(given('tdmq')),
    cls: new ClsClient(given('cls')),
    vpc: new VpcClient(given('vpc')),
  };
}

/** What the SDK threw, as one of ours. Without a code the answer did not come, or came as a status of HTTP. */
function errorOf(action: string, caught: unknown): CloudError {
  const { code, message, httpCode } = caught as { code?: unknown; message?: unknown; httpCode?: unknown };
  const own = typeof code === 'string' && !/^E[A-Z]+$/.test(code) ? code : '';
  const status = typeof httpCode === 'number' ? `status ${httpCode}` : '';
  const isUnknown = own === '' || own.startsWith('InternalError');
  return new CloudError({
    code: own,
    message: `${action}: ${[own, status, String(message)].filter((part) => part !== '').join(', ')}`,
    isUnknown,
  });
}

/** Full jitter: anything up to twice as long with each time. */
async function slowDown({ pause, random }: Pace, times: number): Promise<void> {
  await pause(random() * Math.min(THROTTLE_PAUSE_MS_MAX, THROTTLE_PAUSE_MS * 2 ** times));
}

/** A cloud whose calls are begun at most 20 times a second, and repeated when it says that they are too many. */
export function paced(cloud: Cloud, pace: Pace): Cloud {
  let freeAtMs = 0;
  async function wait(): Promise<void> {
    const now = pace.now();
    const atMs = Math.max(now, freeAtMs);
    freeAtMs = atMs + 1000 / CALLS_PER_SECOND_MAX;
    if (atMs > now) await pace.pause(atMs - now);
  }
  return {
    ask: async (service, action, asked) => {
      for (let times = 1; ; times += 1) {
        await wait();
        try {
          return await cloud.ask(service, action, asked);
        } catch (caught) {
          const isThrottled = caught instanceof CloudError && caught.code.startsWith('RequestLimitExceeded');
          if (!isThrottled || times === THROTTLED_TIMES_MAX) throw caught;
          await slowDown(pace, times);
        }
      }
    },
  };
}

/** The real cloud, by the vendor's SDK. */
export function tencentCloud(access: CloudAccess): Cloud {
  const quick = clientsOf(access, TIMEOUT_SECONDS);
  const patient = clientsOf(access, RUN_TIMEOUT_SECONDS);
  return {
    ask: async (service, action, asked) => {
      const client = (action === 'InvokeFunction' ? patient : quick)[service];
      const method = client[action] as unknown as (this: typeof client, asked: unknown) => Promise<never>;
      try {
        return await method.call(client, asked);
      } catch (caught) {
        throw errorOf(action, caught);
      }
    },
  };
}
