/** Where the documents of a CloudBase environment are. */

const ENVIRONMENT = /^cloudbase:([0-9a-z][0-9a-z-]{1,62})$/;

/** The two places that are asked: one for documents, and the cloud's API for indexes. */
export interface Addresses {
  /** With its path. */
  readonly data: string;
  /** Without a path. */
  readonly api: string;
  /** The region of the environment. */
  readonly region: string;
}

/** Where CloudBase is when no region is named. */
const SHANGHAI = 'ap-shanghai';

/**
 * The environment that `cloudbase:<environment>` names.
 * @throws a plain Error when it is no such address
 */
export function environmentOf(url: string): string {
  const [, environment] = ENVIRONMENT.exec(url) ?? [];
  if (environment === undefined) throw new Error('it is no cloudbase:<environment>');
  return environment;
}

/**
 * Where an environment is asked. `given` is an address in the place of Tencent's. One of this machine is asked for
 * indexes, too, because what is there is a simulator. Without a region it is Shanghai's.
 * Source: `tcbapiendpoint.js` of `@cloudbase/node-sdk` 3.18.3.
 */
export function addressesOf(
  environment: string,
  { given, region }: { readonly given: string | null; readonly region: string | null },
): Addresses {
  const host = region === null ? 'tcb-api.tencentcloudapi.com' : `${region}.tcb-api.tencentcloudapi.com`;
  const data = given ?? `https://${environment}.${host}/admin`;
  const { hostname, origin } = new URL(data);
  const api = hostname === '127.0.0.1' ? origin : 'https://tcb.tencentcloudapi.com';
  return { data, api, region: region ?? SHANGHAI };
}
