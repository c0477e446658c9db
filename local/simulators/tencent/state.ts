/** What the simulated cloud knows. It is plain data, so that it can be on disk and be compared. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** What a version of a function freezes. */
export interface Snapshot {
  description: string;
  handler: string;
  memoryMb: number;
  timeoutSeconds: number;
  initTimeoutSeconds: number;
  environment: Record<string, string>;
  role: string;
  vpc: { VpcId: string; SubnetId: string } | null;
  logs: { ClsLogsetId: string; ClsTopicId: string } | null;
  concurrency: number | null;
  isPublic: boolean;
  ignoresSystemLog: boolean;
  /** The digest of the zip, in hex, and its size. */
  code: string;
  codeBytes: number;
}

/** A trigger of a function. `desc` is as it is answered. */
export interface CloudTrigger {
  type: string;
  name: string;
  desc: string;
  isOpen: boolean;
  qualifier: string;
  argument: string;
}

/** An alias of a function. `weights` are shares of the calls that go to other versions. */
export interface CloudAlias {
  version: string;
  description: string;
  weights: Record<string, number>;
}

/** A function. While `pollsLeft` is above 0 it is in `status`, and then it becomes `next`. */
export interface CloudFunction {
  name: string;
  namespace: string;
  type: 'Event' | 'HTTP';
  runtime: string;
  tags: Record<string, string>;
  status: string;
  next: string;
  pollsLeft: number;
  reason: string;
  latest: Snapshot;
  versions: Record<string, Snapshot>;
  nextVersion: number;
  aliases: Record<string, CloudAlias>;
  triggers: CloudTrigger[];
  retries: { RetryNum: number; MsgTTL: number };
  reservedMb: number | null;
}

/** A custom domain that leads to functions by path. */
export interface CloudDomain {
  protocol: string;
  certificateId: string | null;
  endpoints: { Namespace: string; FunctionName: string; Qualifier: string; PathMatch: string }[];
  tags: Record<string, string>;
}

/** A log topic, and its index as it was given. */
export interface CloudLogTopic {
  id: string;
  logsetId: string;
  name: string;
  periodDays: number;
  tags: Record<string, string>;
  index: unknown;
}

/** An alarm's own fields are kept as they were given. */
export interface CloudAlarm {
  id: string;
  tags: Record<string, string>;
  given: Record<string, unknown>;
}

/** A topic of the broker with what subscribes to it. */
export interface CloudTopic {
  tags: Record<string, string>;
  subscriptions: Record<string, { Protocol: string; Endpoint: string; NotifyStrategy: string }>;
}

/** Everything. */
export interface CloudState {
  namespaces: Record<string, string>;
  functions: Record<string, CloudFunction>;
  domains: Record<string, CloudDomain>;
  logTopics: Record<string, CloudLogTopic>;
  alarms: Record<string, CloudAlarm>;
  topics: Record<string, CloudTopic>;
  /** The private network of each subnet. They are made by hand. */
  subnets: Record<string, string>;
  nextId: number;
}

/** A cloud in which there is nothing but the namespace that every account has. */
export function emptyState(): CloudState {
  return {
    namespaces: { default: '' },
    functions: {},
    domains: {},
    logTopics: {},
    alarms: {},
    topics: {},
    subnets: { 'subnet-1': 'vpc-1' },
    nextId: 1,
  };
}

/** Reads the state of a file; an empty one when there is none. */
export function loadState(file: string): CloudState {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as CloudState) : emptyState();
}

/** Replaces the file as one act. */
export function saveState(file: string, state: CloudState): void {
  writeFileSync(`${file}.next`, JSON.stringify(state));
  renameSync(`${file}.next`, file);
}

const release = (own: CloudFunction, version: string) =>
  version === '$LATEST' ? version : (own.versions[version]?.description ?? `lost ${version}`);

/**
 * The state without what may differ between two ways to the same: numbers of versions, ids, and versions' numbers in
 * aliases. Versions are named by their descriptions.
 */
export function comparable(state: CloudState): unknown {
  const named = (own: CloudFunction) => ({
    ...own,
    nextVersion: null,
    pollsLeft: 0,
    status: own.pollsLeft > 0 ? own.next : own.status,
    versions: Object.values(own.versions).map((snapshot) => snapshot.description),
    frozen: Object.fromEntries(Object.values(own.versions).map((each) => [each.description, each])),
    aliases: Object.fromEntries(
      Object.entries(own.aliases).map(([name, alias]) => [
        name,
        {
          ...alias,
          version: release(own, alias.version),
          weights: Object.entries(alias.weights).map(([version, weight]) => [release(own, version), weight]),
        },
      ]),
    ),
    triggers: [...own.triggers].sort((a, b) => (a.name < b.name ? -1 : 1)),
  });
  return JSON.parse(
    JSON.stringify({
      ...state,
      nextId: null,
      functions: Object.fromEntries(Object.entries(state.functions).map(([key, own]) => [key, named(own)])),
    }),
  );
}
