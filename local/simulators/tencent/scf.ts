/**
 * The simulated SCF: functions with versions, aliases and triggers, and custom domains, with the platform's limits.
 *
 * Limits: cloud.tencent.com/document/product/583/11637. Shapes: tencentcloud-sdk-nodejs 4.1.313, `scf_models.d.ts`.
 */
import { createHash } from 'node:crypto';
import type { Asked, words } from './scfWords.ts';
import type { CloudFunction, CloudState, CloudTrigger, Snapshot } from './state.ts';
import { CloudRefused } from './wire.ts';

/** What the cloud is set to. */
export interface ScfSettings {
  /** How often a function is asked about before a change of it is through. */
  readonly polls: number;
  /** Whether triggers of the broker can be made; the platform's newest documents say no. */
  readonly hasCmqTriggers: boolean;
  /** Whether a new function has the alias `$DEFAULT` already. */
  readonly hasDefaultAlias: boolean;
  readonly runtimes: readonly string[];
  readonly totalMemoryMb: number;
  /** Runs a function. @throws with what the function threw */
  readonly runs: (call: RunCall) => unknown;
}

/** A function's run, as asked by the API. */
export interface RunCall {
  readonly name: string;
  readonly description: string;
  readonly event: unknown;
}

type Handlers = {
  readonly [A in keyof typeof words]: (asked: Asked<A>, state: CloudState, settings: ScfSettings) => object;
};

const FUNCTIONS_MAX = 50;
const NAMESPACES_MAX = 5;
const TRIGGERS_MAX = 10;
const ENVIRONMENT_BYTES_MAX = 4096;
/** What of the account's memory cannot be reserved. */
const UNRESERVED_MB = 12_800;
const ZIP_BYTES_MAX = 20 * 1024 * 1024;

const refuse = (code: string, message: string): never => {
  throw new CloudRefused(code, message);
};

const keyOf = (namespace: string, name: string) => `${namespace}/${name}`;

function functionOf(
  state: CloudState,
  { Namespace, FunctionName }: { Namespace: string; FunctionName: string },
): CloudFunction {
  const own = state.functions[keyOf(Namespace, FunctionName)];
  return own ?? refuse('ResourceNotFound.FunctionName', `no function ${FunctionName} in ${Namespace}`);
}

/** A function that is not being changed. */
function settledOf(state: CloudState, asked: { Namespace: string; FunctionName: string }): CloudFunction {
  const own = functionOf(state, asked);
  if (own.pollsLeft > 0)
    refuse('FailedOperation.FunctionStatusError', `${own.name} is ${own.status}, and cannot be changed`);
  return own;
}

function begin(own: CloudFunction, status: string, { polls }: ScfSettings): void {
  own.status = polls > 0 ? status : 'Active';
  own.next = 'Active';
  own.reason = '';
  own.pollsLeft = polls;
}

function checked(snapshot: Snapshot): Snapshot {
  const { memoryMb, environment } = snapshot;
  if (memoryMb !== 64 && (memoryMb < 128 || memoryMb > 3072 || memoryMb % 128 !== 0))
    refuse('InvalidParameterValue.MemorySize', `${memoryMb} MB is no size`);
  const text = Object.entries(environment).map(([key, value]) => key + value);
  if (Buffer.byteLength(text.join('')) > ENVIRONMENT_BYTES_MAX)
    refuse('InvalidParameterValue.EnvironmentExceededLimit', 'the environment is above 4 KB');
  const wrong = Object.keys(environment).find(
    (key) => !/^[A-Za-z][A-Za-z0-9_]{1,63}$/.test(key) || /^(SCF|QCLOUD|TENCENTCLOUD)_/.test(key),
  );
  if (wrong !== undefined) refuse('InvalidParameterValue.EnvironmentKey', `${wrong} is no name`);
  return snapshot;
}

/** The snapshot with what a request changes in it. */
function changed(
  before: Snapshot,
  asked: Omit<Asked<'UpdateFunctionConfiguration'>, 'FunctionName' | 'Namespace'>,
): Snapshot {
  const { Environment: env, VpcConfig, ClsLogsetId, ClsTopicId, PublicNetConfig } = asked;
  const variables = env?.Variables.filter(({ Key }) => Key !== '');
  return checked({
    ...before,
    description: asked.Description ?? before.description,
    memoryMb: asked.MemorySize ?? before.memoryMb,
    timeoutSeconds: asked.Timeout ?? before.timeoutSeconds,
    initTimeoutSeconds: asked.InitTimeout ?? before.initTimeoutSeconds,
    environment:
      variables === undefined
        ? before.environment
        : Object.fromEntries(variables.map(({ Key, Value }) => [Key, Value])),
    role: asked.Role ?? before.role,
    vpc: VpcConfig ?? before.vpc,
    logs: ClsLogsetId !== undefined && ClsTopicId !== undefined ? { ClsLogsetId, ClsTopicId } : before.logs,
    isPublic: PublicNetConfig === undefined ? before.isPublic : PublicNetConfig.PublicNetStatus === 'ENABLE',
    concurrency: asked.InstanceConcurrencyConfig?.MaxConcurrency ?? before.concurrency,
    ignoresSystemLog: asked.IgnoreSysLog ?? before.ignoresSystemLog,
  });
}

function codeOf(zip: string): Pick<Snapshot, 'code' | 'codeBytes'> {
  const bytes = Buffer.from(zip, 'base64');
  if (bytes.length > ZIP_BYTES_MAX) refuse('InvalidParameterValue.ZipFile', 'the zip is too large');
  if (bytes.readUInt32LE(0) !== 0x04034b50) refuse('InvalidParameterValue.ZipFile', 'this is no zip');
  return { code: createHash('sha256').update(bytes).digest('hex'), codeBytes: bytes.length };
}

const NEW: Omit<Snapshot, 'code' | 'codeBytes' | 'handler'> = {
  description: '',
  memoryMb: 128,
  timeoutSeconds: 3,
  initTimeoutSeconds: 65,
  environment: {},
  role: '',
  vpc: null,
  logs: null,
  concurrency: null,
  isPublic: true,
  ignoresSystemLog: false,
};

function createFunction(asked: Asked<'CreateFunction'>, state: CloudState, settings: ScfSettings): object {
  const { FunctionName: name, Namespace: namespace, Runtime, Type, Code, Handler, Tags, ...rest } = asked;
  if (state.namespaces[namespace] === undefined) refuse('ResourceNotFound.Namespace', `no ${namespace}`);
  if (state.functions[keyOf(namespace, name)] !== undefined)
    refuse('ResourceInUse.Function', `there is a function ${name}`);
  const others = Object.values(state.functions).filter((each) => each.namespace === namespace);
  if (others.length >= FUNCTIONS_MAX) refuse('LimitExceeded.Function', 'a namespace holds 50 functions');
  if (!settings.runtimes.includes(Runtime)) refuse('InvalidParameterValue.Runtime', `no ${Runtime}`);
  if (Type === 'Event' && rest.InstanceConcurrencyConfig !== undefined)
    refuse('InvalidParameterValue', 'an event function runs one call at a time');
  const own: CloudFunction = {
    name,
    namespace,
    type: Type,
    runtime: Runtime,
    tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
    status: 'Active',
    next: 'Active',
    pollsLeft: 0,
    reason: '',
    latest: changed({ ...NEW, handler: Handler, ...codeOf(Code.ZipFile) }, rest),
    versions: {},
    nextVersion: 1,
    aliases: settings.hasDefaultAlias
      ? { $DEFAULT: { version: '$LATEST', description: '', weights: {} } }
      : {},
    triggers: [],
    retries: { RetryNum: 2, MsgTTL: 21_600 },
    reservedMb: null,
  };
  begin(own, 'Creating', settings);
  state.functions[keyOf(namespace, name)] = own;
  return {};
}

function snapshotAt(own: CloudFunction, qualifier: string): { version: string; snapshot: Snapshot } {
  const version = own.aliases[qualifier]?.version ?? qualifier;
  const snapshot = version === '$LATEST' ? own.latest : own.versions[version];
  return snapshot === undefined
    ? refuse('ResourceNotFound.Version', `${own.name} has no version ${qualifier}`)
    : { version, snapshot };
}

function getFunction(asked: Asked<'GetFunction'>, state: CloudState): object {
  const own = functionOf(state, asked);
  if (own.pollsLeft > 0) {
    own.pollsLeft -= 1;
    if (own.pollsLeft === 0) own.status = own.next;
  }
  const { version, snapshot } = snapshotAt(own, asked.Qualifier);
  return {
    FunctionName: own.name,
    Namespace: own.namespace,
    FunctionVersion: version,
    Qualifier: version,
    Type: own.type,
    Runtime: own.runtime,
    Status: own.status,
    StatusReasons: own.reason === '' ? [] : [{ ErrorCode: 'InternalError', ErrorMessage: own.reason }],
    Tags: Object.entries(own.tags).map(([Key, Value]) => ({ Key, Value })),
    Description: snapshot.description,
    Handler: snapshot.handler,
    MemorySize: snapshot.memoryMb,
    Timeout: snapshot.timeoutSeconds,
    InitTimeout: snapshot.initTimeoutSeconds,
    Environment: {
      Variables: Object.entries(snapshot.environment).map(([Key, Value]) => ({ Key, Value })),
    },
    Role: snapshot.role,
    VpcConfig: snapshot.vpc ?? { VpcId: '', SubnetId: '' },
    ClsLogsetId: snapshot.logs?.ClsLogsetId ?? '',
    ClsTopicId: snapshot.logs?.ClsTopicId ?? '',
    CodeSize: snapshot.codeBytes,
    InstanceConcurrencyConfig:
      snapshot.concurrency === null
        ? null
        : { DynamicEnabled: 'FALSE', MaxConcurrency: snapshot.concurrency },
    PublicNetConfig: {
      PublicNetStatus: snapshot.isPublic ? 'ENABLE' : 'DISABLE',
      EipConfig: { EipStatus: 'DISABLE', EipAddress: [] },
    },
  };
}

/** A trigger's description as it is answered, which is not as it was given. */
function descOf(own: CloudFunction, type: string, desc: string): string {
  if (type === 'timer') {
    const cron = desc.startsWith('{') ? String(JSON.parse(desc).cron) : desc;
    if (cron.split(' ').length !== 7) refuse('InvalidParameterValue.TriggerCronFormat', `${cron} is no cron`);
    return JSON.stringify({ cron });
  }
  if (type === 'http') return JSON.stringify({ ...JSON.parse(desc), Url: `https://${own.name}.test` });
  return desc;
}

const isAt = (each: CloudTrigger, asked: { TriggerName: string; Type: string }) =>
  each.name === asked.TriggerName && each.type === asked.Type;

function createTrigger(asked: Asked<'CreateTrigger'>, state: CloudState, settings: ScfSettings): object {
  const own = settledOf(state, asked);
  const types = settings.hasCmqTriggers ? ['timer', 'http', 'cmq'] : ['timer', 'http'];
  if (!types.includes(asked.Type)) refuse('UnsupportedOperation.TriggerType', `no trigger of ${asked.Type}`);
  if (own.triggers.some((each) => isAt(each, asked)))
    refuse('ResourceInUse.Trigger', 'there is such a trigger');
  const sameType = own.triggers.filter(({ type }) => type === asked.Type);
  if (sameType.length >= TRIGGERS_MAX) refuse('LimitExceeded.Trigger', '10 triggers of a type are the most');
  if (asked.Type === 'timer' && own.type === 'HTTP')
    refuse('UnsupportedOperation.TriggerType', 'a web function has no timers');
  if (asked.Type === 'http' && sameType.some(({ qualifier }) => qualifier === asked.Qualifier))
    refuse('LimitExceeded.Trigger', 'a qualifier has one address');
  own.triggers.push({
    type: asked.Type,
    name: asked.TriggerName,
    desc: descOf(own, asked.Type, asked.TriggerDesc),
    isOpen: asked.Enable === 'OPEN',
    qualifier: asked.Qualifier,
    argument: '',
  });
  return { TriggerInfo: {} };
}

function triggerInfo(each: CloudTrigger): object {
  return {
    Type: each.type,
    TriggerName: each.name,
    TriggerDesc: each.desc,
    Enable: each.isOpen ? 1 : 0,
    Qualifier: each.qualifier,
    CustomArgument: each.argument,
    AvailableStatus: 'Available',
  };
}

function reserve(
  asked: Asked<'PutReservedConcurrencyConfig'>,
  state: CloudState,
  settings: ScfSettings,
): object {
  const own = settledOf(state, asked);
  const others = Object.values(state.functions).filter((each) => each !== own);
  const sum = others.reduce((all, { reservedMb }) => all + (reservedMb ?? 0), asked.ReservedConcurrencyMem);
  if (sum > settings.totalMemoryMb - UNRESERVED_MB)
    refuse('LimitExceeded.ReservedConcurrencyMemory', 'more than the account may reserve');
  own.reservedMb = asked.ReservedConcurrencyMem;
  return {};
}

function invoke(asked: Asked<'InvokeFunction'>, state: CloudState, settings: ScfSettings): object {
  const own = functionOf(state, asked);
  const { version, snapshot } = snapshotAt(own, asked.Qualifier);
  const call = {
    name: own.name,
    description: snapshot.description,
    event: JSON.parse(asked.Event) as unknown,
  };
  const result = { FunctionRequestId: `run-${own.name}-${version}`, Log: '', MemUsage: 1, Duration: 1 };
  try {
    return {
      Result: { ...result, InvokeResult: 0, ErrMsg: '', RetMsg: JSON.stringify(settings.runs(call)) },
    };
  } catch (caught) {
    const errorMessage = caught instanceof Error ? caught.message : String(caught);
    return { Result: { ...result, InvokeResult: 1, ErrMsg: errorMessage, RetMsg: '' } };
  }
}

const paged = <T>(all: readonly T[], { Offset, Limit }: { Offset: number; Limit: number }) =>
  all.slice(Offset, Offset + Limit);

const domains = {
  GetCustomDomain: ({ Domain }, { domains: all }) => {
    const { protocol, certificateId, endpoints, tags } =
      all[Domain] ?? refuse('ResourceNotFound.CustomDomain', `no ${Domain}`);
    return {
      Domain,
      Protocol: protocol,
      EndpointsConfig: endpoints.map((each) => ({ ...each, PathRewrite: null })),
      CertConfig: { CertificateId: certificateId ?? '' },
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    };
  },
  CreateCustomDomain: ({ Domain, ...asked }, state) => {
    if (state.domains[Domain] !== undefined) refuse('ResourceInUse.CustomDomain', `there is ${Domain}`);
    for (const endpoint of asked.EndpointsConfig) functionOf(state, endpoint);
    state.domains[Domain] = {
      protocol: asked.Protocol,
      certificateId: asked.CertConfig?.CertificateId ?? null,
      endpoints: asked.EndpointsConfig,
      tags: Object.fromEntries(asked.Tags.map(({ Key, Value }) => [Key, Value])),
    };
    return {};
  },
  UpdateCustomDomain: ({ Domain, ...asked }, state) => {
    const own = state.domains[Domain] ?? refuse('ResourceNotFound.CustomDomain', `no ${Domain}`);
    for (const endpoint of asked.EndpointsConfig) functionOf(state, endpoint);
    own.protocol = asked.Protocol;
    own.certificateId = asked.CertConfig?.CertificateId ?? null;
    own.endpoints = asked.EndpointsConfig;
    return {};
  },
} satisfies Partial<Handlers>;

function setAlias(own: CloudFunction, asked: Asked<'UpdateAlias'>): object {
  const weights = asked.RoutingConfig.AdditionalVersionWeights;
  for (const version of [asked.FunctionVersion, ...weights.map(({ Version }) => Version)])
    snapshotAt(own, version);
  own.aliases[asked.Name] = {
    version: asked.FunctionVersion,
    description: asked.Description,
    weights: Object.fromEntries(weights.map(({ Version, Weight }) => [Version, Weight])),
  };
  return {};
}

const versions = {
  PublishVersion: (asked, state, settings) => {
    const own = settledOf(state, asked);
    const version = String(own.nextVersion);
    own.nextVersion += 1;
    own.versions[version] = structuredClone({ ...own.latest, description: asked.Description });
    begin(own, 'Publishing', settings);
    return { FunctionVersion: version };
  },
  ListVersionByFunction: (asked, state) => {
    const own = functionOf(state, asked);
    const all = [
      { Version: '$LATEST', Description: own.latest.description, Status: own.status },
      ...Object.entries(own.versions).map(([Version, { description }]) => ({
        Version,
        Description: description,
        Status: 'Active',
      })),
    ];
    const Versions = paged(all, asked);
    return { Versions, FunctionVersion: Versions.map(({ Version }) => Version), TotalCount: all.length };
  },
  DeleteFunctionVersion: (asked, state) => {
    const own = settledOf(state, asked);
    const isUsed = Object.values(own.aliases).some(
      ({ version, weights }) => version === asked.Qualifier || weights[asked.Qualifier] !== undefined,
    );
    if (isUsed) refuse('ResourceInUse.Version', `an alias leads to ${asked.Qualifier}`);
    snapshotAt(own, asked.Qualifier);
    delete own.versions[asked.Qualifier];
    return {};
  },
  GetAlias: (asked, state) => {
    const alias =
      functionOf(state, asked).aliases[asked.Name] ?? refuse('ResourceNotFound.Alias', `no ${asked.Name}`);
    return {
      Name: asked.Name,
      FunctionVersion: alias.version,
      Description: alias.description,
      RoutingConfig: {
        AdditionalVersionWeights: Object.entries(alias.weights).map(([Version, Weight]) => ({
          Version,
          Weight,
        })),
        AddtionVersionMatchs: [],
      },
    };
  },
  CreateAlias: (asked, state) => {
    const own = settledOf(state, asked);
    if (own.aliases[asked.Name] !== undefined) refuse('ResourceInUse.Alias', `there is ${asked.Name}`);
    return setAlias(own, asked);
  },
  UpdateAlias: (asked, state) => {
    const own = settledOf(state, asked);
    if (own.aliases[asked.Name] === undefined) refuse('ResourceNotFound.Alias', `no ${asked.Name}`);
    return setAlias(own, asked);
  },
} satisfies Partial<Handlers>;

const triggers = {
  ListTriggers: (asked, state) => {
    const all = functionOf(state, asked).triggers;
    return { Triggers: paged(all, asked).map(triggerInfo), TotalCount: all.length };
  },
  CreateTrigger: createTrigger,
  UpdateTrigger: (asked, state) => {
    const own = settledOf(state, asked);
    const found = own.triggers.find((each) => isAt(each, asked));
    if (found === undefined) return refuse('ResourceNotFound.Trigger', `no trigger ${asked.TriggerName}`);
    found.desc = descOf(own, asked.Type, asked.TriggerDesc);
    found.isOpen = asked.Enable === 'OPEN';
    found.qualifier = asked.Qualifier;
    return {};
  },
  DeleteTrigger: (asked, state) => {
    const own = settledOf(state, asked);
    const kept = own.triggers.filter((each) => !isAt(each, asked));
    if (kept.length === own.triggers.length) refuse('ResourceNotFound.Trigger', `no ${asked.TriggerName}`);
    own.triggers = kept;
    return {};
  },
} satisfies Partial<Handlers>;

/** What each action does. @throws CloudRefused */
export const scf: Handlers = {
  ...domains,
  ...versions,
  ...triggers,
  ListNamespaces: (asked, { namespaces }) => {
    const all = Object.entries(namespaces).map(([Name, Description]) => ({ Name, Description }));
    return { Namespaces: paged(all, asked), TotalCount: all.length };
  },
  CreateNamespace: ({ Namespace, Description }, { namespaces }) => {
    if (namespaces[Namespace] !== undefined) refuse('ResourceInUse.Namespace', `there is ${Namespace}`);
    if (Object.keys(namespaces).length >= NAMESPACES_MAX)
      refuse('LimitExceeded.Namespace', 'a region holds 5 namespaces');
    namespaces[Namespace] = Description;
    return {};
  },
  GetAccount: (_, state, { totalMemoryMb }) => ({
    AccountUsage: {
      NamespacesCount: Object.keys(state.namespaces).length,
      TotalConcurrencyMem: totalMemoryMb,
      UserConcurrencyMemLimit: totalMemoryMb,
      Namespace: Object.keys(state.namespaces).map((name) => ({
        Namespace: name,
        FunctionsCount: Object.values(state.functions).filter(({ namespace }) => namespace === name).length,
      })),
    },
    AccountLimit: { NamespacesCount: NAMESPACES_MAX },
  }),
  ListFunctions: (asked, state) => {
    const all = Object.values(state.functions).filter(({ namespace }) => namespace === asked.Namespace);
    const Functions = paged(all, asked).map((own) => ({
      FunctionName: own.name,
      Namespace: own.namespace,
      Status: own.status,
      Type: own.type,
      Runtime: own.runtime,
      Description: own.latest.description,
      Tags: Object.entries(own.tags).map(([Key, Value]) => ({ Key, Value })),
    }));
    return { Functions, TotalCount: all.length };
  },
  GetFunction: getFunction,
  CreateFunction: createFunction,
  UpdateFunctionCode: (asked, state, settings) => {
    const own = settledOf(state, asked);
    own.latest = { ...own.latest, handler: asked.Handler, ...codeOf(asked.ZipFile) };
    begin(own, 'Updating', settings);
    return {};
  },
  UpdateFunctionConfiguration: ({ FunctionName, Namespace, ...asked }, state, settings) => {
    const own = settledOf(state, { FunctionName, Namespace });
    own.latest = changed(own.latest, asked);
    begin(own, 'Updating', settings);
    return {};
  },
  GetFunctionEventInvokeConfig: (asked, state) => {
    const { RetryNum, MsgTTL } = functionOf(state, asked).retries;
    return { AsyncTriggerConfig: { RetryConfig: [{ RetryNum }], MsgTTL } };
  },
  UpdateFunctionEventInvokeConfig: (asked, state) => {
    const { RetryConfig, MsgTTL } = asked.AsyncTriggerConfig;
    settledOf(state, asked).retries = { RetryNum: RetryConfig[0].RetryNum, MsgTTL };
    return {};
  },
  GetReservedConcurrencyConfig: (asked, state) => ({ ReservedMem: functionOf(state, asked).reservedMb }),
  PutReservedConcurrencyConfig: reserve,
  DeleteReservedConcurrencyConfig: (asked, state) => {
    settledOf(state, asked).reservedMb = null;
    return {};
  },
  InvokeFunction: invoke,
};
