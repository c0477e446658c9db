/** The product under load, wherever it runs. */
import { type Outside, productEnv } from '../bars/processes.ts';
import { Victim } from '../chaos/victim.ts';

/** A running product. */
export interface LoadedProduct {
  /** Where the API is. It stays the same. */
  readonly url: string;
  /** Its processes at this moment. */
  pids(): readonly number[];
  /** Ends processes of it without a word. What they did is begun again by others. Answers how many. */
  kill(): Promise<number>;
  /** What went wrong that no caller was told. */
  readonly faults: readonly string[];
  /** What there is to say of how it ran. */
  figures(): Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

/** What the load gives to a product. */
export interface ProductAsked {
  readonly outside: Outside;
  readonly port: number;
  readonly cacheUrl: string;
  readonly random: () => number;
}

/** The laptop's build: one process. */
export async function localProduct({ outside, port, cacheUrl }: ProductAsked): Promise<LoadedProduct> {
  const victim = new Victim({ ...productEnv(outside), PORT: String(port), CACHE_URL: cacheUrl });
  const url = await victim.start();
  return {
    url,
    pids: () => (victim.pid === null ? [] : [victim.pid]),
    kill: async () => {
      await victim.kill();
      await victim.start();
      return 1;
    },
    faults: [],
    figures: () => ({}),
    close: () => victim.stop(),
  };
}
