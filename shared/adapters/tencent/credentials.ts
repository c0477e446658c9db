import type { Environment } from '../process/variables.ts';

/**
 * The platform's credentials. They are fetched at each call, because the temporary ones of a function's role change.
 */
export interface Credentials {
  readonly secretId: string;
  readonly secretKey: string;
  /** Only set for temporary credentials. */
  readonly token: string | null;
}

/**
 * The credentials of the function's role; outside of the platform, those that somebody has set. They are read at each
 * call, because the platform changes them.
 * @throws a plain Error when there are none
 */
export function roleCredentials(environment: Environment): Credentials {
  const { TENCENTCLOUD_SECRETID: secretId, TENCENTCLOUD_SECRETKEY: secretKey } = environment;
  if (secretId === undefined || secretKey === undefined) {
    throw new Error('TENCENTCLOUD_SECRETID and TENCENTCLOUD_SECRETKEY are not set: the function has no role');
  }
  return { secretId, secretKey, token: environment.TENCENTCLOUD_SESSIONTOKEN ?? null };
}
