/** What shall be in the cloud, as plain data: made of the manifest, the stage file and the built units. */
import { createHash } from 'node:crypto';

/** What starts a unit. */
export type DesiredTrigger =
  | { readonly type: 'timer'; readonly name: string; readonly cron: string }
  | { readonly type: 'http'; readonly name: string }
  | { readonly type: 'cmq'; readonly name: string };

/** A unit: one SCF function. */
export interface DesiredUnit {
  readonly name: string;
  readonly type: 'web' | 'event';
  readonly handler: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly initTimeoutSeconds: number;
  /** Requests that one instance answers at the same time; 1 for an event function. */
  readonly concurrency: number;
  /** Instances that are kept for it, which are also the most it gets; null for none. */
  readonly reservedInstances: number | null;
  readonly environment: Readonly<Record<string, string>>;
  /** A short digest of the sealed configuration in the zip. */
  readonly configDigest: string;
  readonly triggers: readonly DesiredTrigger[];
  readonly zip: Uint8Array;
}

/** A path of the domain, `/a`, `/a/*` or `/*`, and the unit that it leads to. */
export interface DesiredPath {
  readonly path: string;
  readonly unit: string;
}

/** An alarm of the log service. Times in minutes. */
export interface DesiredAlarm {
  readonly name: string;
  /** In CQL. */
  readonly query: string;
  readonly windowMinutes: number;
  readonly everyMinutes: number;
  /** In the log service's words, over `$1`, such as `$1.dead > 0`. */
  readonly condition: string;
  /** What is sent with it: where to read on. */
  readonly message: string;
}

/** A field of the log lines that can be searched. */
export interface IndexField {
  readonly name: string;
  readonly type: 'text' | 'long' | 'double';
}

/** A subscription of the broker that pushes a topic over HTTP. The endpoint holds a secret. */
export interface DesiredSubscription {
  readonly topic: string;
  readonly name: string;
  readonly endpoint: string;
}

/** Everything that shall be there for one stage, for one release. */
export interface Desired {
  readonly stage: string;
  readonly namespace: string;
  readonly runtime: string;
  readonly role: string;
  readonly vpc: { readonly vpcId: string; readonly subnetId: string } | null;
  readonly logs: {
    readonly logsetId: string;
    readonly topicName: string;
    readonly days: number;
    readonly fields: readonly IndexField[];
  };
  readonly release: Release;
  /** In the order of a release: consumers before producers. */
  readonly units: readonly DesiredUnit[];
  readonly topics: readonly string[];
  readonly subscriptions: readonly DesiredSubscription[];
  readonly domain: {
    readonly host: string;
    readonly protocol: 'HTTP' | 'HTTPS' | 'HTTP&HTTPS';
    readonly certificateId: string | null;
    readonly paths: readonly DesiredPath[];
  };
  readonly alarms: readonly DesiredAlarm[];
  readonly noticeIds: readonly string[];
  /** How many connections to the database all instances together may open. */
  readonly connections: number;
}

/** A release. Its name is `<commit>.<hash>`; the hash alone says whether two are the same. */
export interface Release {
  readonly commit: string;
  readonly hash: string;
}

/** The key of the tag that makes a thing ours; its value is the stage. */
export const TAG = 'zhike';

/** The unit that runs commands on the shop, and bears the mark of a release that is through. */
export const OPS = 'ops';

/** The unit that a canary release gets a share of. */
export const CANARY = 'api';

/** The name of a release. */
export const nameOf = ({ commit, hash }: Release) => `${commit}.${hash}`;

/** JSON with its keys sorted, so that two of the same content are the same text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** The first 12 digits of a SHA-256, in hex. */
export function shortHash(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 12);
}

/** Everything that a version freezes decides about the hash, and nothing else: triggers and domains can differ. */
export function hashOf(desired: Pick<Desired, 'units' | 'runtime' | 'role' | 'vpc'>): string {
  const { units, runtime, role, vpc } = desired;
  const frozen = units.flatMap(({ zip, triggers: _, reservedInstances: __, ...settings }) => [
    canonical(settings),
    zip,
  ]);
  return shortHash(JSON.stringify([runtime, role, vpc]), ...frozen);
}
