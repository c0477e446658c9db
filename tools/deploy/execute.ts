/**
 * Does the steps of a plan. After each write it reads until the write shows. What may or may not have been done is read
 * first, and then decided. Anything else stops; the next run goes on from what it reads.
 */
import type { ActualAlias, ActualFunction, Reader, Settings } from './actual.ts';
import { alarmContent } from './actual.ts';
import {
  alarmRequest,
  configurationOf,
  domainAsked,
  domainPaths,
  indexContent,
  indexRule,
  settingsOf,
  tagsOf,
  triggerAsked,
  triggerDesc,
} from './asked.ts';
import { type Cloud, CloudError, type Pace } from './cloud.ts';
import { canonical, type Desired, type DesiredUnit, nameOf, OPS } from './desired.ts';
import { describe } from './mark.ts';
import { differences, RETRIES, type Step, type SwitchTo } from './plan.ts';

/** Why a deployment ended before its end. The message says what has to be known. */
export class Stopped extends Error {
  override readonly name: string = 'Stopped';
}

/** The platform makes no triggers of the broker for this account. */
export class NoBrokerTriggers extends Stopped {
  override readonly name = 'NoBrokerTriggers';
}

/** The shop does not answer as it should by its public address. */
export class SmokeFailed extends Stopped {
  override readonly name = 'SmokeFailed';
}

/** What an executor works with. */
export interface Working {
  readonly cloud: Cloud;
  readonly reader: Reader;
  readonly pace: Pace;
  readonly desired: Desired;
  /** The functions as the plan saw them. */
  readonly functions: Readonly<Record<string, ActualFunction | null>>;
  readonly tell: (line: string) => void;
  /** Tries the shop by its public address. @throws SmokeFailed */
  readonly smoke: () => Promise<void>;
}

/** One deed: how it is done, and how one sees that it is done. */
interface Deed {
  /** Whether what was lost on the way can be seen. Otherwise it is done again. */
  readonly isVisible: boolean;
  /** Whether doing it twice would leave two; then one looks first. */
  readonly isOnce?: boolean;
  readonly write: () => Promise<unknown>;
  readonly shows: () => Promise<boolean>;
  /** What is not yet as it was written. */
  readonly missing?: () => Promise<string>;
}

const POLL_MS = 500;
/** Ten minutes: as long as the platform's own tools wait for a function. */
const POLLS_MAX = 1_200;
/** How often one looks for what may not have been done. Reads can be old for a while. */
const LOOKS = 5;
const TIMES_MAX = 8;
const PENDING = /^(Creating|Updating|Publishing|Deleting)$/;
const BUSY = /^(FailedOperation\.FunctionStatusError|ResourceInUse|FailedOperation\.\w+IsExist)/;

/** Reads until it shows. @throws Stopped when the function's work has failed */
async function showsWithin({ pace }: Working, deed: Deed, polls: number): Promise<boolean> {
  for (let poll = 1; poll <= polls; poll += 1) {
    if (await deed.shows()) return true;
    await pace.pause(POLL_MS);
  }
  return false;
}

/** Writes and reads, until what was written shows. @throws Stopped, CloudError */
async function carryOut(working: Working, deed: Deed): Promise<void> {
  if (deed.isOnce === true && (await deed.shows())) return;
  for (let times = 1; times <= TIMES_MAX; times += 1) {
    let polls = POLLS_MAX;
    let isSeen = true;
    try {
      await deed.write();
    } catch (caught) {
      if (!(caught instanceof CloudError)) throw caught;
      const isBusy = BUSY.test(caught.code);
      if (!isBusy && !caught.isUnknown) throw caught;
      polls = LOOKS;
      isSeen = deed.isVisible;
    }
    if ((await showsWithin(working, deed, polls)) && isSeen) return;
    if (polls === POLLS_MAX) {
      const missing = (await deed.missing?.()) ?? 'what was written';
      throw new Stopped(`after ten minutes it does not show: ${missing}`);
    }
    await working.pace.pause(POLL_MS * times);
  }
  throw new Stopped(`it was tried ${TIMES_MAX} times`);
}

const of = ({ desired }: Working, FunctionName: string) => ({ FunctionName, Namespace: desired.namespace });

/** Waits for a function that is being changed. @throws Stopped with the platform's reasons when that failed */
async function settled({ reader }: Working, unit: string) {
  const own = await reader.settings(unit);
  if (own === null || PENDING.test(own.status)) return null;
  if (own.status.endsWith('Failed')) throw new Stopped(`${unit} is ${own.status}: ${own.reasons}`);
  return own;
}

const flat = ({ environment, ...rest }: Settings) => ({ ...rest, ...environment });

async function logTopicId({ reader, desired }: Working): Promise<string> {
  const topic = await reader.logTopic(desired.logs);
  if (topic === null) throw new Stopped(`the log topic ${desired.logs.topicName} is gone`);
  return topic.id;
}

/** The number of the version of a release. */
async function versionOf({ reader }: Working, unit: string, release: string): Promise<string> {
  const found = (await reader.versions(unit)).find((each) => each.release === release);
  if (found === undefined) throw new Stopped(`${unit} has no version ${release}`);
  return found.version;
}

const zipOf = ({ zip }: DesiredUnit) => Buffer.from(zip).toString('base64');

async function functionDeed(working: Working, step: Step & { readonly unit: DesiredUnit }): Promise<Deed> {
  const { cloud, desired, reader } = working;
  const { unit } = step;
  const { name } = unit;
  const release = nameOf(desired.release);
  const wanted = settingsOf(desired, unit, await logTopicId(working));
  const configuration = configurationOf(wanted, unit);
  const isAsWanted = async () => {
    const own = await settled(working, name);
    return own?.isOurs === true && differences(flat(own.settings), flat(wanted)).length === 0;
  };
  const missing = async () => {
    const own = await reader.settings(name);
    if (own === null) return 'the function';
    const tag = own.isOurs ? [] : ['no tag'];
    return [own.status, ...tag, ...differences(flat(own.settings), flat(wanted))].join(', ');
  };
  switch (step.do) {
    case 'createFunction':
      return {
        isVisible: true,
        isOnce: true,
        shows: isAsWanted,
        missing,
        write: () =>
          cloud.ask('scf', 'CreateFunction', {
            ...of(working, name),
            ...configuration,
            Type: unit.type === 'web' ? 'HTTP' : 'Event',
            Runtime: desired.runtime,
            Handler: unit.handler,
            Code: { ZipFile: zipOf(unit) },
            Tags: tagsOf(desired),
          }),
      };
    case 'updateCode':
      return {
        isVisible: false,
        shows: async () => (await settled(working, name)) !== null,
        write: () =>
          cloud.ask('scf', 'UpdateFunctionCode', {
            ...of(working, name),
            Handler: unit.handler,
            ZipFile: zipOf(unit),
          }),
      };
    case 'configure':
      return {
        // Whether the platform leaves out its own lines cannot be read back.
        isVisible: false,
        shows: isAsWanted,
        missing,
        write: () =>
          cloud.ask('scf', 'UpdateFunctionConfiguration', {
            ...of(working, name),
            ...configuration,
            IgnoreSysLog: true,
          }),
      };
    default:
      return {
        isVisible: true,
        isOnce: true,
        shows: async () => {
          const versions = await reader.versions(name);
          return versions.some((each) => each.release === release) && (await settled(working, name)) !== null;
        },
        write: () => cloud.ask('scf', 'PublishVersion', { ...of(working, name), Description: release }),
      };
  }
}

const isAt = (alias: ActualAlias, version: string, description: string) =>
  alias.version === version && alias.description === description;

async function switchDeed(working: Working, to: SwitchTo): Promise<Deed> {
  const { cloud, reader } = working;
  const { unit, mark, sharePercent, seen } = to;
  const version = await versionOf(working, unit, mark.release);
  const shared = mark.state.kind === 'canary' ? await versionOf(working, unit, mark.state.of) : null;
  const weights = shared === null ? {} : { [shared]: sharePercent / 100 };
  const description = describe(mark);
  const shows = async () => {
    const alias = await reader.alias(unit);
    return isAt(alias, version, description) && canonical(alias.weights) === canonical(weights);
  };
  return {
    isVisible: true,
    isOnce: true,
    shows,
    write: async () => {
      const { description: now } = await reader.alias(unit);
      if (now !== seen && now !== description)
        throw new Stopped(`${unit} now stands at "${now}", and stood at "${seen}": somebody else is at work`);
      const asked = {
        ...of(working, unit),
        Name: '$DEFAULT',
        FunctionVersion: version,
        Description: description,
        RoutingConfig: {
          AdditionalVersionWeights: Object.entries(weights).map(([Version, Weight]) => ({ Version, Weight })),
        },
      };
      try {
        await cloud.ask('scf', 'UpdateAlias', asked);
      } catch (caught) {
        // A new function may have no such alias yet.
        if (!(caught instanceof CloudError && caught.isAbsent)) throw caught;
        await cloud.ask('scf', 'CreateAlias', asked);
      }
    },
  };
}

function triggerDeed(
  working: Working,
  step: Step & { readonly do: 'createTrigger' | 'updateTrigger' | 'deleteTrigger' },
): Deed {
  const { cloud, reader } = working;
  const { unit, trigger } = step;
  const asked = { ...of(working, unit), TriggerName: trigger.name, Type: trigger.type };
  const found = async () =>
    (await reader.triggers(unit)).find(({ type, name }) => type === trigger.type && name === trigger.name);
  if (step.do === 'deleteTrigger') {
    return {
      isVisible: true,
      isOnce: true,
      shows: async () => (await found()) === undefined,
      write: () => cloud.ask('scf', 'DeleteTrigger', { ...asked, Qualifier: step.trigger.qualifier }),
    };
  }
  const wanted = { Qualifier: '$DEFAULT', TriggerDesc: triggerAsked(step.trigger), Enable: 'OPEN' };
  const desc = triggerDesc(step.trigger);
  return {
    isVisible: true,
    isOnce: true,
    shows: async () => {
      const own = await found();
      return own?.isOpen === true && own.qualifier === '$DEFAULT' && (desc === '' || own.desc === desc);
    },
    write: async () => {
      const action = step.do === 'createTrigger' ? 'CreateTrigger' : 'UpdateTrigger';
      try {
        await cloud.ask('scf', action, { ...asked, ...wanted });
      } catch (caught) {
        const isRefused =
          caught instanceof CloudError && /^(UnsupportedOperation|InvalidParameter)/.test(caught.code);
        if (trigger.type === 'cmq' && isRefused) throw new NoBrokerTriggers(String(caught));
        throw caught;
      }
    },
  };
}

function reserveDeed(working: Working, unit: string, mb: number | null): Deed {
  const { cloud, reader } = working;
  return {
    isVisible: true,
    shows: async () => (await reader.reservedMb(unit)) === mb,
    write: () =>
      mb === null
        ? cloud.ask('scf', 'DeleteReservedConcurrencyConfig', of(working, unit))
        : cloud.ask('scf', 'PutReservedConcurrencyConfig', {
            ...of(working, unit),
            ReservedConcurrencyMem: mb,
          }),
  };
}

function domainDeed(working: Working, isNew: boolean): Deed {
  const { cloud, reader, desired } = working;
  const { host, protocol, certificateId } = desired.domain;
  const paths = canonical(domainPaths(desired));
  return {
    isVisible: true,
    shows: async () => {
      const own = await reader.domain(host);
      if (own === null || canonical(own.paths) !== paths) return false;
      return own.protocol === protocol && own.certificateId === (certificateId ?? '');
    },
    write: () =>
      isNew
        ? cloud.ask('scf', 'CreateCustomDomain', { ...domainAsked(desired), Tags: tagsOf(desired) })
        : cloud.ask('scf', 'UpdateCustomDomain', domainAsked(desired)),
  };
}

async function indexDeed(working: Working, isNew: boolean): Promise<Deed> {
  const { cloud, reader, desired } = working;
  const asked = { TopicId: await logTopicId(working), Rule: indexRule(desired.logs.fields) };
  return {
    isVisible: true,
    shows: async () => (await reader.logTopic(desired.logs))?.index === indexContent(desired.logs.fields),
    write: () => (isNew ? cloud.ask('cls', 'CreateIndex', asked) : cloud.ask('cls', 'ModifyIndex', asked)),
  };
}

async function alarmDeed(
  working: Working,
  step: Step & { readonly do: 'createAlarm' | 'modifyAlarm' },
): Promise<Deed> {
  const { cloud, reader, desired } = working;
  const asked = alarmRequest(desired, step.alarm, await logTopicId(working));
  const content = alarmContent(asked);
  return {
    isVisible: true,
    isOnce: true,
    shows: async () => (await reader.alarms()).some((own) => own.content === content),
    write: () =>
      step.do === 'createAlarm'
        ? cloud.ask('cls', 'CreateAlarm', { ...asked, Tags: tagsOf(desired) })
        : cloud.ask('cls', 'ModifyAlarm', { ...asked, AlarmId: step.id }),
  };
}

function subscribeDeed(working: Working, step: Step & { readonly do: 'subscribe' }): Deed {
  const { cloud, reader } = working;
  const { topic, name, endpoint } = step.subscription;
  const found = async () => (await reader.subscriptions(topic))[`${topic}/${name}`];
  return {
    isVisible: true,
    shows: async () => (await found()) === endpoint,
    write: async () => {
      // An endpoint cannot be changed.
      const standing = await found();
      if (standing !== undefined && standing !== endpoint)
        await cloud.ask('tdmq', 'DeleteCmqSubscribe', { TopicName: topic, SubscriptionName: name });
      await cloud.ask('tdmq', 'CreateCmqSubscribe', {
        TopicName: topic,
        SubscriptionName: name,
        Protocol: 'http',
        Endpoint: endpoint,
        NotifyStrategy: 'EXPONENTIAL_DECAY_RETRY',
        NotifyContentFormat: 'JSON',
      });
    },
  };
}

/** Runs a command inside. The release's own version runs it, before and after that is switched on. */
async function runDeed(working: Working, command: string, args: readonly string[]): Promise<Deed> {
  const { cloud, desired } = working;
  const Qualifier = await versionOf(working, OPS, nameOf(desired.release));
  return {
    isVisible: false,
    shows: async () => true,
    write: async () => {
      const { Result } = await cloud.ask('scf', 'InvokeFunction', {
        ...of(working, OPS),
        Qualifier,
        Event: JSON.stringify({ command, args }),
      });
      if (Result?.ErrMsg) throw new Stopped(`ops ${command}: ${Result.ErrMsg}`);
      for (const line of linesOf(Result?.RetMsg ?? '')) working.tell(`  ${line}`);
    },
  };
}

/** The lines that a command answers. */
export function linesOf(returned: string): readonly string[] {
  try {
    const answer: unknown = JSON.parse(returned);
    const lines = typeof answer === 'object' && answer !== null && 'lines' in answer ? answer.lines : [];
    return Array.isArray(lines) ? lines.map(String) : [];
  } catch {
    return [];
  }
}

function foundationDeed(working: Working, step: Step): Deed | null {
  const { cloud, reader, desired } = working;
  const { namespace, stage, logs } = desired;
  switch (step.do) {
    case 'createNamespace':
      return {
        isVisible: true,
        shows: () => reader.hasNamespace(),
        write: () =>
          cloud.ask('scf', 'CreateNamespace', { Namespace: namespace, Description: `zhike:${stage}` }),
      };
    case 'createLogTopic':
      return {
        isVisible: true,
        shows: async () => (await reader.logTopic(logs)) !== null,
        write: () =>
          cloud.ask('cls', 'CreateTopic', {
            LogsetId: logs.logsetId,
            TopicName: logs.topicName,
            Period: logs.days,
            Tags: tagsOf(desired),
          }),
      };
    case 'createTopic':
      return {
        isVisible: true,
        shows: async () => step.topic in (await reader.topics([step.topic])),
        write: () =>
          cloud.ask('tdmq', 'CreateCmqTopic', {
            TopicName: step.topic,
            Tags: tagsOf(desired).map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value })),
          }),
      };
    default:
      return null;
  }
}

/** The deed of a step. */
async function deedOf(working: Working, step: Step): Promise<Deed> {
  const { cloud, reader } = working;
  switch (step.do) {
    case 'createFunction':
    case 'updateCode':
    case 'configure':
    case 'publish':
      return functionDeed(working, step);
    case 'createIndex':
    case 'modifyIndex':
      return indexDeed(working, step.do === 'createIndex');
    case 'run':
      return runDeed(working, step.command, step.args);
    case 'switch':
      return switchDeed(working, step.to);
    case 'createTrigger':
    case 'updateTrigger':
    case 'deleteTrigger':
      return triggerDeed(working, step);
    case 'setRetries':
      return {
        isVisible: true,
        shows: async () => canonical(await reader.retries(step.unit)) === canonical(RETRIES),
        write: () =>
          cloud.ask('scf', 'UpdateFunctionEventInvokeConfig', {
            ...of(working, step.unit),
            AsyncTriggerConfig: {
              RetryConfig: [{ RetryNum: RETRIES.times }],
              MsgTTL: RETRIES.keptSeconds,
            },
          }),
      };
    case 'reserve':
      return reserveDeed(working, step.unit, step.mb);
    case 'createDomain':
    case 'updateDomain':
      return domainDeed(working, step.do === 'createDomain');
    case 'subscribe':
      return subscribeDeed(working, step);
    case 'createAlarm':
    case 'modifyAlarm':
      return alarmDeed(working, step);
    case 'deleteVersion':
      return {
        isVisible: true,
        isOnce: true,
        shows: async () =>
          (await reader.versions(step.unit)).every(({ version }) => version !== step.version),
        write: () =>
          cloud.ask('scf', 'DeleteFunctionVersion', { ...of(working, step.unit), Qualifier: step.version }),
      };
    case 'smoke':
      return { isVisible: false, shows: async () => true, write: working.smoke };
    default: {
      const deed = foundationDeed(working, step);
      if (deed === null) throw new Stopped(`nothing is known of ${step.do}`);
      return deed;
    }
  }
}

/** Does one step, and tells of it. @throws Stopped with the step's line */
export async function execute(working: Working, step: Step): Promise<void> {
  working.tell(step.line);
  try {
    await carryOut(working, await deedOf(working, step));
  } catch (caught) {
    const isPlain = caught instanceof CloudError || (caught instanceof Error && caught.name === 'Stopped');
    throw isPlain ? new Stopped(`${step.line}: ${caught.message}`) : caught;
  }
}
