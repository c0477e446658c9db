/** How an environment is reached by who has its name, the platform's variables, and perhaps another address. */
import type { Environment } from '../process/variables.ts';
import { roleCredentials } from '../tencent/credentials.ts';
import { addressesOf, environmentOf } from './address.ts';
import type { ClientOptions } from './client.ts';

/** What of a client follows from settings. The region and the keys are the platform's variables. */
export type Reach = Pick<ClientOptions, 'environment' | 'addresses' | 'credentials'>;

/**
 * Reaches the environment of a `DATABASE_URL`. `given` is `CLOUDBASE_URL`.
 * @throws a plain Error when the address is none
 */
export function reachOf(
  url: string,
  { given, platform }: { readonly given: string | null; readonly platform: Environment },
): Reach {
  const environment = environmentOf(url);
  const addresses = addressesOf(environment, { given, region: platform.TENCENTCLOUD_REGION ?? null });
  return { environment, addresses, credentials: () => roleCredentials(platform) };
}
