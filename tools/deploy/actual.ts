/** What is in the cloud for a stage, as plain data, and the calls that read it. */
import { type Cloud, CloudError, type Pace } from './cloud.ts';
import { canonical, type Desired, TAG } from './desired.ts';
import { type Mark, markOf } from './mark.ts';

/** What of a function's configuration can be read back. Empty texts stand for what is not set. */
export interface Settings {
  readonly description: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly initTimeoutSeconds: number;
  readonly concurrency: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly role: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly logsetId: string;
  readonly logTopicId: string;
  readonly isPublic: boolean;
}

/** A trigger, with its description in one form whatever form it was answered in. */
export interface ActualTrigger {
  readonly type: string;
  readonly name: string;
  readonly desc: string;
  readonly isOpen: boolean;
  readonly qualifier: string;
}

/** Where the alias `$DEFAULT` of a function leads. `weights` are the shares of other versions. */
export interface ActualAlias {
  readonly version: string;
  readonly description: string;
  readonly mark: Mark | null;
  readonly weights: Readonly<Record<string, number>>;
}

/** A published version, with the release that its description names. */
export interface ActualVersion {
  readonly version: string;
  readonly release: string;
}

/** A function as it stands. */
export interface ActualFunction {
  readonly status: string;
  readonly reasons: string;
  readonly type: string;
  readonly runtime: string;
  readonly isOurs: boolean;
  readonly settings: Settings;
  /** Oldest first, without `$LATEST`. */
  readonly versions: readonly ActualVersion[];
  readonly alias: ActualAlias;
  readonly triggers: readonly ActualTrigger[];
  /** Null for a web function. */
  readonly retries: { readonly times: number; readonly keptSeconds: number } | null;
  readonly reservedMb: number | null;
}

/** An alarm as it stands. */
export interface ActualAlarm {
  readonly id: string;
  readonly name: string;
  /** All that we set, in one text, for comparing. */
  readonly content: string;
}

/** The custom domain as it stands. `paths` are `path → unit@qualifier`. */
export interface ActualDomain {
  readonly isOurs: boolean;
  readonly protocol: string;
  readonly certificateId: string;
  readonly paths: Readonly<Record<string, string>>;
}

/** Everything that was read. */
export interface Actual {
  readonly hasNamespace: boolean;
  readonly functions: Readonly<Record<string, ActualFunction | null>>;
  readonly logTopic: {
    readonly id: string;
    readonly isOurs: boolean;
    /** Null when there is none. */
    readonly index: string | null;
  } | null;
  /** Topics of the broker that we ask about, and whether they are ours. */
  readonly topics: Readonly<Record<string, boolean>>;
  /** The endpoints of subscriptions, by `topic/name`. */
  readonly subscriptions: Readonly<Record<string, string>>;
  readonly domain: ActualDomain | null;
  readonly alarms: readonly ActualAlarm[];
  /** What of the account's memory may be reserved. */
  readonly reservableMb: number;
}

const READ_TIMES_MAX = 6;
const READ_PAUSE_MS = 500;
/** Of the account's memory, what the platform keeps for functions without a reservation. */
const UNRESERVED_MB = 12_800;
const PAGE = 50;

/** Repeats a read whose answer did not come. Null when what it asks about does not exist. */
export async function reading<T>(pace: Pace, read: () => Promise<T>): Promise<T | null> {
  for (let times = 1; ; times += 1) {
    try {
      return await read();
    } catch (caught) {
      if (!(caught instanceof CloudError)) throw caught;
      if (caught.isAbsent) return null;
      if (!caught.isUnknown || times === READ_TIMES_MAX) throw caught;
      await pace.pause(READ_PAUSE_MS * times);
    }
  }
}

/** All items of a list that comes in pages; none when what has them does not exist. */
async function all<T>(
  pace: Pace,
  page: (at: { readonly Offset: number; readonly Limit: number }) => Promise<readonly T[] | undefined>,
): Promise<readonly T[]> {
  const items: T[] = [];
  for (;;) {
    const next = await reading(pace, () => page({ Offset: items.length, Limit: PAGE }));
    items.push(...(next ?? []));
    if ((next?.length ?? 0) < PAGE) return items;
  }
}

type Tags = readonly { readonly Key?: string; readonly Value?: string }[] | null | undefined;

const isTagged = (tags: Tags, stage: string) =>
  (tags ?? []).some(({ Key, Value }) => Key === TAG && Value === stage);

/** A timer's description is answered as JSON, whichever way it was given. An address has more in it than we set. */
export function descOf(type: string, desc: string): string {
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(desc);
  } catch {
    return desc;
  }
  if (type === 'timer') return String(json.cron);
  if (type === 'http') return canonical({ AuthType: json.AuthType, NetConfig: json.NetConfig });
  return canonical(json);
}

/** The reads of one stage. Each waits out answers that do not come. */
export class Reader {
  readonly #cloud: Cloud;
  readonly #pace: Pace;
  readonly #stage: string;
  readonly #namespace: string;

  constructor(cloud: Cloud, pace: Pace, { namespace, stage }: Pick<Desired, 'namespace' | 'stage'>) {
    this.#cloud = cloud;
    this.#pace = pace;
    this.#stage = stage;
    this.#namespace = namespace;
  }

  #of(FunctionName: string) {
    return { FunctionName, Namespace: this.#namespace };
  }

  async versions(unit: string): Promise<readonly ActualVersion[]> {
    const listed = await all(this.#pace, async (page) => {
      const { Versions } = await this.#cloud.ask('scf', 'ListVersionByFunction', {
        ...this.#of(unit),
        ...page,
      });
      return Versions;
    });
    return listed
      .filter(({ Version }) => /^[0-9]+$/.test(Version))
      .map(({ Version, Description }) => ({ version: Version, release: Description ?? '' }))
      .sort((a, b) => Number(a.version) - Number(b.version));
  }

  async alias(unit: string): Promise<ActualAlias> {
    const found = await reading(this.#pace, () =>
      this.#cloud.ask('scf', 'GetAlias', { ...this.#of(unit), Name: '$DEFAULT' }),
    );
    const description = found?.Description ?? '';
    const weights = found?.RoutingConfig?.AdditionalVersionWeights ?? [];
    return {
      version: found?.FunctionVersion ?? '$LATEST',
      description,
      mark: markOf(description),
      weights: Object.fromEntries(weights.map(({ Version, Weight }) => [Version, Weight])),
    };
  }

  async triggers(unit: string): Promise<readonly ActualTrigger[]> {
    const listed = await all(this.#pace, async (page) => {
      const { Triggers } = await this.#cloud.ask('scf', 'ListTriggers', { ...this.#of(unit), ...page });
      return Triggers;
    });
    return listed.map(({ Type = '', TriggerName = '', TriggerDesc = '', Enable, Qualifier = '' }) => ({
      type: Type,
      name: TriggerName,
      desc: descOf(Type, TriggerDesc),
      isOpen: Enable === 1,
      qualifier: Qualifier,
    }));
  }

  async retries(unit: string) {
    const found = await reading(this.#pace, () =>
      this.#cloud.ask('scf', 'GetFunctionEventInvokeConfig', this.#of(unit)),
    );
    const config = found?.AsyncTriggerConfig;
    return config === undefined
      ? null
      : { times: config.RetryConfig[0]?.RetryNum ?? -1, keptSeconds: config.MsgTTL };
  }

  async reservedMb(unit: string): Promise<number | null> {
    const found = await reading(this.#pace, () =>
      this.#cloud.ask('scf', 'GetReservedConcurrencyConfig', this.#of(unit)),
    );
    return found?.ReservedMem ?? null;
  }

  /** A function's own half, without versions, alias and what starts it; null when there is none. */
  async settings(unit: string) {
    const found = await reading(this.#pace, () => this.#cloud.ask('scf', 'GetFunction', this.#of(unit)));
    if (found === null) return null;
    const variables = found.Environment?.Variables ?? [];
    return {
      status: found.Status ?? '',
      reasons: (found.StatusReasons ?? []).map(({ ErrorMessage }) => ErrorMessage).join('; '),
      type: found.Type ?? 'Event',
      runtime: found.Runtime ?? '',
      isOurs: isTagged(found.Tags, this.#stage),
      settings: {
        description: found.Description ?? '',
        memoryMb: found.MemorySize ?? 0,
        timeoutSeconds: found.Timeout ?? 0,
        initTimeoutSeconds: found.InitTimeout ?? 0,
        concurrency: found.InstanceConcurrencyConfig?.MaxConcurrency ?? 1,
        environment: Object.fromEntries(variables.map(({ Key = '', Value = '' }) => [Key, Value])),
        // It may be answered as a whole resource, `qcs::cam::…:roleName/<name>`.
        role: (found.Role ?? '').replace(/^.*\//, ''),
        vpcId: found.VpcConfig?.VpcId ?? '',
        subnetId: found.VpcConfig?.SubnetId ?? '',
        logsetId: found.ClsLogsetId ?? '',
        logTopicId: found.ClsTopicId ?? '',
        isPublic: found.PublicNetConfig?.PublicNetStatus === 'ENABLE',
      },
    };
  }

  async whole(unit: string): Promise<ActualFunction | null> {
    const own = await this.settings(unit);
    if (own === null) return null;
    return {
      ...own,
      versions: await this.versions(unit),
      alias: await this.alias(unit),
      triggers: await this.triggers(unit),
      retries: own.type === 'HTTP' ? null : await this.retries(unit),
      reservedMb: await this.reservedMb(unit),
    };
  }

  async hasNamespace() {
    const listed = await all(this.#pace, async (page) => {
      const { Namespaces } = await this.#cloud.ask('scf', 'ListNamespaces', page);
      return Namespaces;
    });
    return listed.some(({ Name }) => Name === this.#namespace);
  }

  async logTopic({ logsetId, topicName }: Desired['logs']): Promise<Actual['logTopic']> {
    const Filters = [
      { Key: 'topicName', Values: [topicName] },
      { Key: 'logsetId', Values: [logsetId] },
    ];
    const listed = await reading(this.#pace, () =>
      this.#cloud.ask('cls', 'DescribeTopics', { Filters, PreciseSearch: 1, Limit: 100 }),
    );
    const found = listed?.Topics?.find((each) => each.TopicName === topicName && each.LogsetId === logsetId);
    if (found?.TopicId === undefined) return null;
    const { TopicId } = found;
    const index = await reading(this.#pace, () => this.#cloud.ask('cls', 'DescribeIndex', { TopicId }));
    const fields = index?.Rule?.KeyValue?.KeyValues ?? [];
    return {
      id: TopicId,
      isOurs: isTagged(found.Tags, this.#stage),
      index: index === null ? null : canonical(fields.map(({ Key, Value }) => [Key, Value.Type])),
    };
  }

  async topics(names: readonly string[]): Promise<Actual['topics']> {
    if (names.length === 0) return {};
    const listed = await all(this.#pace, async (page) => {
      const { TopicList } = await this.#cloud.ask('tdmq', 'DescribeCmqTopics', {
        ...page,
        TopicNameList: [...names],
      });
      return TopicList;
    });
    const ours = (tags: (typeof listed)[number]['Tags']) =>
      (tags ?? []).some(({ TagKey, TagValue }) => TagKey === TAG && TagValue === this.#stage);
    return Object.fromEntries(listed.map(({ TopicName = '', Tags: tags }) => [TopicName, ours(tags)]));
  }

  async subscriptions(topic: string): Promise<Readonly<Record<string, string>>> {
    const listed = await all(this.#pace, async (page) => {
      const { SubscriptionSet } = await this.#cloud.ask('tdmq', 'DescribeCmqSubscriptionDetail', {
        TopicName: topic,
        ...page,
      });
      return SubscriptionSet;
    });
    return Object.fromEntries(
      listed.map(({ SubscriptionName = '', Endpoint = '' }) => [`${topic}/${SubscriptionName}`, Endpoint]),
    );
  }

  async domain(Domain: string): Promise<ActualDomain | null> {
    const found = await reading(this.#pace, () => this.#cloud.ask('scf', 'GetCustomDomain', { Domain }));
    if (found === null) return null;
    const paths = (found.EndpointsConfig ?? []).map((each) => [
      each.PathMatch,
      `${each.Namespace}/${each.FunctionName}@${each.Qualifier}`,
    ]);
    return {
      isOurs: isTagged(found.Tags, this.#stage),
      protocol: found.Protocol ?? '',
      certificateId: found.CertConfig?.CertificateId ?? '',
      paths: Object.fromEntries(paths),
    };
  }

  async alarms(): Promise<readonly ActualAlarm[]> {
    const listed = await all(this.#pace, async (page) => {
      const { Alarms } = await this.#cloud.ask('cls', 'DescribeAlarms', page);
      return Alarms;
    });
    return listed
      .filter(({ Tags: tags }) => isTagged(tags, this.#stage))
      .map((each) => ({ id: each.AlarmId ?? '', name: each.Name ?? '', content: alarmContent(each) }));
  }

  async reservableMb() {
    const account = await reading(this.#pace, () => this.#cloud.ask('scf', 'GetAccount', {}));
    return (account?.AccountUsage?.TotalConcurrencyMem ?? 0) - UNRESERVED_MB;
  }
}

/** What of an alarm we set, in one text. The names of things that the platform adds are left out. */
export function alarmContent(alarm: {
  readonly Name?: string;
  readonly AlarmTargets?: readonly object[];
  readonly MonitorTime?: object;
  readonly Condition?: string;
  readonly TriggerCount?: number;
  readonly AlarmPeriod?: number;
  readonly AlarmLevel?: number;
  readonly AlarmNoticeIds?: readonly string[];
  readonly Status?: boolean;
  readonly MessageTemplate?: string;
}): string {
  const ours = ['TopicId', 'LogsetId', 'Query', 'Number', 'StartTimeOffset', 'EndTimeOffset', 'SyntaxRule'];
  const { Name, Condition, TriggerCount, AlarmPeriod, AlarmLevel, AlarmNoticeIds, Status, MessageTemplate } =
    alarm;
  const targets = (alarm.AlarmTargets ?? []).map((target) =>
    Object.fromEntries(Object.entries(target).filter(([key]) => ours.includes(key))),
  );
  const { Type, Time } = { Type: '', Time: 0, ...alarm.MonitorTime };
  return canonical([
    ...[Name, targets, Type, Time, Condition, TriggerCount],
    ...[AlarmPeriod, AlarmLevel, AlarmNoticeIds, Status, MessageTemplate],
  ]);
}

/** Reads everything. @throws CloudError */
export async function readActual(reader: Reader, desired: Desired): Promise<Actual> {
  const hasNamespace = await reader.hasNamespace();
  const functions: Record<string, ActualFunction | null> = {};
  for (const { name } of desired.units) functions[name] = hasNamespace ? await reader.whole(name) : null;
  const topics = await reader.topics(desired.topics);
  let subscriptions = {};
  for (const topic of new Set(desired.subscriptions.map((each) => each.topic))) {
    if (topic in topics) subscriptions = { ...subscriptions, ...(await reader.subscriptions(topic)) };
  }
  return {
    ...{ hasNamespace, functions, topics, subscriptions },
    logTopic: await reader.logTopic(desired.logs),
    domain: await reader.domain(desired.domain.host),
    alarms: await reader.alarms(),
    reservableMb: await reader.reservableMb(),
  };
}
