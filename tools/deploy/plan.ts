/** What has to be done so that the cloud is as desired: pure, from what shall be and what was read. */
import {
  type Actual,
  type ActualFunction,
  type ActualTrigger,
  alarmContent,
  type Settings,
} from './actual.ts';
import { alarmRequest, domainPaths, indexContent, settingsOf, triggerDesc } from './asked.ts';
import {
  CANARY,
  canonical,
  type Desired,
  type DesiredAlarm,
  type DesiredSubscription,
  type DesiredTrigger,
  type DesiredUnit,
  nameOf,
  OPS,
  shortHash,
} from './desired.ts';
import { describe, type Mark } from './mark.ts';

/** One step, with the line that tells of it. A step is one deed: a write, a command inside, or the smoke test. */
export type Step = { readonly line: string } & (
  | { readonly do: 'createNamespace' | 'createLogTopic' | 'createIndex' | 'modifyIndex' }
  | { readonly do: 'createTopic'; readonly topic: string }
  | { readonly do: 'createFunction' | 'updateCode' | 'configure' | 'publish'; readonly unit: DesiredUnit }
  | { readonly do: 'run'; readonly command: string; readonly args: readonly string[] }
  | { readonly do: 'switch'; readonly to: SwitchTo }
  | {
      readonly do: 'createTrigger' | 'updateTrigger';
      readonly unit: string;
      readonly trigger: DesiredTrigger;
    }
  | { readonly do: 'deleteTrigger'; readonly unit: string; readonly trigger: ActualTrigger }
  | { readonly do: 'setRetries'; readonly unit: string }
  | { readonly do: 'reserve'; readonly unit: string; readonly mb: number | null }
  | { readonly do: 'createDomain' | 'updateDomain' }
  | { readonly do: 'subscribe'; readonly subscription: DesiredSubscription; readonly isThere: boolean }
  | { readonly do: 'smoke' }
  | { readonly do: 'createAlarm'; readonly alarm: DesiredAlarm }
  | { readonly do: 'modifyAlarm'; readonly alarm: DesiredAlarm; readonly id: string }
  | { readonly do: 'deleteVersion'; readonly unit: string; readonly version: string }
);

/** Where an alias shall lead. */
export interface SwitchTo {
  readonly unit: string;
  /** The release whose version it leads to, and the one that gets the share. */
  readonly mark: Mark;
  readonly sharePercent: number;
  /** The description that was read. Another one means that somebody else is at work. */
  readonly seen: string;
}

/** A plan. `refusals` are reasons why nothing may be done at all; then there are no steps. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly refusals: readonly string[];
}

/** How a release is brought in: whole, or with a share of the calls of the API. */
export interface Manner {
  /** Percent of the calls that a canary gets; null for the whole release. */
  readonly canaryPercent: number | null;
  /** Whether a canary that stands may be made the whole. */
  readonly isPromotion: boolean;
}

/** Asynchronous calls: how often the platform repeats one that failed, and how long it keeps it. */
export const RETRIES = { times: 2, keptSeconds: 3600 } as const;
const VERSIONS_KEPT = 10;
/** In base64 it has to fit into a signed request of 10 MB. */
const ZIP_BYTES_MAX = 7 * 1024 * 1024;
/** Variables of the environment, but for the one that everybody may see. Their values are told as short hashes. */
const SECRETS = /^(?!STAGE$)[A-Z0-9_]+$/;

const shown = (key: string, value: unknown) => {
  if (SECRETS.test(key)) return value === undefined ? 'nothing' : `#${shortHash(String(value)).slice(0, 6)}`;
  return value === undefined || value === '' ? 'nothing' : String(value);
};

/** The differences of two records, each as `key old → new`. */
export function differences(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys
    .filter((key) => before[key] !== after[key])
    .map((key) => `${key} ${shown(key, before[key])} → ${shown(key, after[key])}`);
}

const flat = ({ environment, ...rest }: Settings) => ({ ...rest, ...environment });

/** What stands in the way of everything. */
function refusalsOf(desired: Desired, actual: Actual): readonly string[] {
  const { stage } = desired;
  const foreign = `without our tag zhike:${stage}: not ours, so it is left alone`;
  const ofUnits = desired.units.flatMap(({ name, type }) => {
    const own = actual.functions[name];
    if (own === null || own === undefined) return [];
    if (!own.isOurs) return [`there is a function ${name} in ${desired.namespace} ${foreign}`];
    const wanted = type === 'web' ? 'HTTP' : 'Event';
    if (own.type !== wanted)
      return [`${name} is of type ${own.type}, which cannot become ${wanted}: delete it first`];
    if (own.runtime !== desired.runtime)
      return [`${name} runs on ${own.runtime}, which cannot become ${desired.runtime}: delete it first`];
    return [];
  });
  const topics = Object.entries(actual.topics).filter(([, isOurs]) => !isOurs);
  const reserved = desired.units.reduce((sum, unit) => sum + (reservedMbOf(unit) ?? 0), 0);
  const large = desired.units.filter(({ zip }) => zip.length > ZIP_BYTES_MAX);
  return [
    ...ofUnits,
    ...large.map(
      ({ name, zip }) => `${name} is ${zip.length} bytes, and a request may carry ${ZIP_BYTES_MAX}`,
    ),
    ...topics.map(([name]) => `there is a topic ${name} ${foreign}`),
    ...(actual.logTopic?.isOurs === false
      ? [`there is a log topic ${desired.logs.topicName} ${foreign}`]
      : []),
    ...(actual.domain?.isOurs === false ? [`there is a domain ${desired.domain.host} ${foreign}`] : []),
    ...(reserved > actual.reservableMb
      ? [`${reserved} MB would be reserved, and the account may reserve ${actual.reservableMb} MB`]
      : []),
  ];
}

/** The memory that a unit reserves; null for none. */
export function reservedMbOf({ reservedInstances, memoryMb }: DesiredUnit): number | null {
  return reservedInstances === null ? null : reservedInstances * memoryMb;
}

/** Step 3: what functions and the broker need first. */
function foundations(desired: Desired, actual: Actual): Step[] {
  const { logs, namespace, topics } = desired;
  const steps: Step[] = [];
  if (!actual.hasNamespace) steps.push({ do: 'createNamespace', line: `+ namespace ${namespace}` });
  if (actual.logTopic === null)
    steps.push({ do: 'createLogTopic', line: `+ log topic ${logs.topicName}, kept for ${logs.days} days` });
  const index = actual.logTopic?.index ?? null;
  if (index === null) steps.push({ do: 'createIndex', line: `+ log index, ${logs.fields.length} fields` });
  else if (index !== indexContent(logs.fields))
    steps.push({ do: 'modifyIndex', line: `~ log index, ${logs.fields.length} fields` });
  for (const topic of topics.filter((name) => !(name in actual.topics)))
    steps.push({ do: 'createTopic', topic, line: `+ topic ${topic}` });
  return steps;
}

/** Step 4 for one unit: code, configuration, version. The version that is served stays as it is. */
function unitSteps(desired: Desired, actual: Actual, unit: DesiredUnit): Step[] {
  const { name } = unit;
  const release = nameOf(desired.release);
  const own = actual.functions[name] ?? null;
  const wanted = settingsOf(desired, unit, actual.logTopic?.id ?? 'the new log topic');
  const publish: Step = { do: 'publish', unit, line: `+ ${name}: version ${release}` };
  if (own === null) {
    const what = `${unit.type}, ${unit.memoryMb} MB, ${unit.timeoutSeconds} s, code #${shortHash(unit.zip)}`;
    return [
      { do: 'createFunction', unit, line: `+ ${name}: function, ${what}` },
      { do: 'configure', unit, line: `~ ${name}: the platform's own log lines are left out` },
      publish,
    ];
  }
  const changes = differences(flat(own.settings), flat(wanted));
  const configure: Step = { do: 'configure', unit, line: `~ ${name}: ${changes.join(', ')}` };
  if (!own.versions.some((version) => version.release === release))
    return [{ do: 'updateCode', unit, line: `~ ${name}: code #${shortHash(unit.zip)}` }, configure, publish];
  const isCurrent = own.settings.description === wanted.description;
  return isCurrent && changes.length > 0 ? [configure] : [];
}

const percentOf = (own: ActualFunction | null, version: string | undefined) =>
  version === undefined ? 0 : Math.round((own?.alias.weights[version] ?? 0) * 100);

/** The line of a switch. */
export function switchLine({ unit, mark, sharePercent }: SwitchTo, from: string): string {
  const share = mark.state.kind === 'canary' ? `, and ${sharePercent} % to ${mark.state.of}` : '';
  return `~ ${unit}: $DEFAULT ${from} → ${mark.release}${share}`;
}

/**
 * Where to go back to from a release: to what the alias leads to now, unless that never came to its end. Then to what
 * was there before that.
 */
function releaseBefore(actual: Actual, own: ActualFunction, release: string): string | null {
  const { mark } = own.alias;
  if (mark === null) return null;
  const ops = actual.functions[OPS]?.alias.mark?.release;
  const isWhole = mark.release !== release && (mark.release !== ops || isSettled(actual, mark.release));
  if (isWhole || mark.state.kind === 'canary') return mark.release;
  return mark.state.kind === 'after' ? mark.state.before : null;
}

/** Step 6 for one unit: the switch. None when it already leads there. */
function switchSteps(desired: Desired, actual: Actual, unit: DesiredUnit, manner: Manner): Step[] {
  const { name } = unit;
  const own = actual.functions[name] ?? null;
  const release = nameOf(desired.release);
  const version = own?.versions.find((each) => each.release === release)?.version;
  const standing = own?.alias.mark?.release ?? null;
  const share = name === CANARY ? manner.canaryPercent : null;
  const seen = own?.alias.description ?? '';
  const isWhole =
    version !== undefined && own?.alias.version === version && Object.keys(own.alias.weights).length === 0;
  if (share !== null && standing !== null) {
    if (isWhole || (standing !== release && percentOf(own, version) === share)) return [];
    const mark: Mark = { release: standing, state: { kind: 'canary', of: release } };
    const to = { unit: name, mark, sharePercent: share, seen };
    return [{ do: 'switch', to, line: switchLine(to, standing) }];
  }
  if (isWhole && own?.alias.mark !== null) return [];
  const before = own === null ? null : releaseBefore(actual, own, release);
  const mark: Mark = { release, state: { kind: 'after', before, isSettled: false } };
  const to = { unit: name, mark, sharePercent: 0, seen };
  return [{ do: 'switch', to, line: switchLine(to, standing ?? own?.alias.version ?? '$LATEST') }];
}

/** Triggers, retries and the reservation of one unit. */
function startSteps(actual: Actual, unit: DesiredUnit): Step[] {
  const { name, type } = unit;
  const own = actual.functions[name] ?? null;
  const standing = own?.triggers ?? [];
  const keyOf = (trigger: { readonly type: string; readonly name: string }) =>
    `${trigger.type} ${trigger.name}`;
  const wanted = new Set(unit.triggers.map(keyOf));
  const removed = standing.filter((trigger) => !wanted.has(keyOf(trigger)));
  const steps: Step[] = removed.map((trigger) => ({
    do: 'deleteTrigger',
    unit: name,
    trigger,
    line: `- ${name}: ${keyOf(trigger)}`,
  }));
  for (const trigger of unit.triggers) {
    const found = standing.find((each) => keyOf(each) === keyOf(trigger));
    const after = { desc: triggerDesc(trigger), qualifier: '$DEFAULT', isOpen: true };
    const given = { unit: name, trigger } as const;
    if (found === undefined) {
      const cron = trigger.type === 'timer' ? ` ${trigger.cron}` : '';
      steps.push({ do: 'createTrigger', ...given, line: `+ ${name}: ${keyOf(trigger)}${cron}` });
      continue;
    }
    const { desc, qualifier, isOpen } = found;
    const changes = differences({ desc, qualifier, isOpen }, after);
    if (changes.length > 0)
      steps.push({
        do: 'updateTrigger',
        ...given,
        line: `~ ${name}: ${keyOf(trigger)}, ${changes.join(', ')}`,
      });
  }
  const retries = own?.retries ?? null;
  if (type === 'event' && canonical(retries) !== canonical(RETRIES)) {
    const was = retries === null ? 'the default' : `${retries.times} in ${retries.keptSeconds} s`;
    const line = `~ ${name}: retries ${was} → ${RETRIES.times} in ${RETRIES.keptSeconds} s`;
    steps.push({ do: 'setRetries', unit: name, line });
  }
  const mb = reservedMbOf(unit);
  const reserved = own?.reservedMb ?? null;
  const mbOf = (one: number | null) => (one === null ? 'nothing' : `${one} MB`);
  if (mb !== reserved)
    steps.push({
      do: 'reserve',
      unit: name,
      mb,
      line: `~ ${name}: reserved ${mbOf(reserved)} → ${mbOf(mb)}`,
    });
  return steps;
}

/** Step 7: the domain, and what the broker pushes to. */
function doors(desired: Desired, actual: Actual): Step[] {
  const { domain } = desired;
  const steps: Step[] = [];
  const paths = domainPaths(desired);
  const after = { protocol: domain.protocol, certificateId: domain.certificateId ?? '' };
  if (actual.domain === null) {
    const what = Object.entries(paths).map(([path, unit]) => `${path} → ${unit}`);
    steps.push({ do: 'createDomain', line: `+ domain ${domain.host}: ${what.join(', ')}` });
  } else {
    const { protocol, certificateId } = actual.domain;
    const changes = [
      ...differences({ protocol, certificateId }, after),
      ...differences(actual.domain.paths, paths),
    ];
    if (changes.length > 0)
      steps.push({ do: 'updateDomain', line: `~ domain ${domain.host}: ${changes.join(', ')}` });
  }
  for (const subscription of desired.subscriptions) {
    const { topic, name, endpoint } = subscription;
    const found = actual.subscriptions[`${topic}/${name}`];
    if (found === endpoint) continue;
    const isThere = found !== undefined;
    const was = isThere ? `#${shortHash(found).slice(0, 6)} → ` : '';
    const line = `${isThere ? '~' : '+'} subscription ${name} of ${topic}: ${was}#${shortHash(endpoint).slice(0, 6)}`;
    steps.push({ do: 'subscribe', subscription, isThere, line });
  }
  return steps;
}

function alarmSteps(desired: Desired, actual: Actual): Step[] {
  const topicId = actual.logTopic?.id ?? '';
  return desired.alarms.flatMap((alarm): Step[] => {
    const found = actual.alarms.find(({ name }) => name === alarm.name);
    if (found === undefined) return [{ do: 'createAlarm', alarm, line: `+ alarm ${alarm.name}` }];
    const content = alarmContent(alarmRequest(desired, alarm, topicId));
    if (found.content === content) return [];
    return [{ do: 'modifyAlarm', alarm, id: found.id, line: `~ alarm ${alarm.name}` }];
  });
}

/** Versions before the last ten, with the one that is about to be published, and but for those that are needed. */
function oldVersions(desired: Desired, actual: Actual): Step[] {
  const release = nameOf(desired.release);
  return desired.units.flatMap(({ name }): Step[] => {
    const own = actual.functions[name] ?? null;
    if (own === null) return [];
    const isNew = own.versions.every((version) => version.release !== release);
    const { mark } = own.alias;
    const before =
      mark?.state.kind === 'after' && mark.release === release ? mark.state.before : mark?.release;
    return own.versions
      .slice(0, Math.max(0, own.versions.length + (isNew ? 1 : 0) - VERSIONS_KEPT))
      .filter((version) => version.release !== release && version.release !== before)
      .map(({ version, release: old }) => ({
        do: 'deleteVersion',
        unit: name,
        version,
        line: `- ${name}: version ${version}, ${old}`,
      }));
  });
}

/** What of canaries stands in the way. */
function canaryRefusals(desired: Desired, actual: Actual, manner: Manner): readonly string[] {
  const mark = actual.functions[CANARY]?.alias.mark ?? null;
  const release = nameOf(desired.release);
  const standing = mark?.state.kind === 'canary' ? mark.state.of : null;
  if (manner.canaryPercent !== null) {
    if (mark === null) return ['a canary needs a release that it can be compared with, and none stands'];
    if (standing !== null && standing !== release)
      return [`a canary of ${standing} stands: promote it, or roll it back`];
    return [];
  }
  if (manner.isPromotion) {
    if (standing === null) return ['no canary stands that could be promoted'];
    return standing === release
      ? []
      : [`the canary is ${standing}, and what would be deployed here is ${release}`];
  }
  return standing === null ? [] : [`a canary of ${standing} stands: --promote it, or roll it back`];
}

/** The desired with the name of a release of the same hash that is already there, whichever commit it was built of. */
export function adoptRelease(desired: Desired, actual: Actual): Desired {
  const names = Object.values(actual.functions).flatMap(
    (own) => own?.versions.map(({ release }) => release) ?? [],
  );
  const found = names.find((name) => name.endsWith(`.${desired.release.hash}`));
  if (found === undefined) return desired;
  const commit = found.slice(0, -(desired.release.hash.length + 1));
  return { ...desired, release: { ...desired.release, commit } };
}

/** Whether the release that stands has been brought to its end: smoke tested, and filled what old writers left. */
function isSettled(actual: Actual, release: string): boolean {
  const mark = actual.functions[OPS]?.alias.mark ?? null;
  if (mark === null || mark.release !== release) return false;
  return mark.state.kind === 'back' || (mark.state.kind === 'after' && mark.state.isSettled);
}

function settleStep(desired: Desired, actual: Actual, switches: readonly Step[]): Step {
  const release = nameOf(desired.release);
  const switched = switches.find((step) => step.do === 'switch' && step.to.unit === OPS);
  const alias = actual.functions[OPS]?.alias;
  const now = switched?.do === 'switch' ? switched.to.mark : alias?.mark;
  const before = now?.state.kind === 'after' ? now.state.before : null;
  const seen = switched?.do === 'switch' ? describe(switched.to.mark) : (alias?.description ?? '');
  const mark: Mark = { release, state: { kind: 'after', before, isSettled: true } };
  const to = { unit: OPS, mark, sharePercent: 0, seen };
  return { do: 'switch', to, line: `~ ${OPS}: ${release} is through` };
}

/** The steps from what is to what shall be, in the order in which they are done. */
export function planOf(wanted: Desired, actual: Actual, manner: Manner): Plan {
  const desired = adoptRelease(wanted, actual);
  const refusals = [...refusalsOf(desired, actual), ...canaryRefusals(desired, actual, manner)];
  if (refusals.length > 0) return { steps: [], refusals };
  const release = nameOf(desired.release);
  const switches = desired.units.map((unit) => switchSteps(desired, actual, unit, manner));
  const isSwitching = switches.some((steps) => steps.length > 0);
  const commands: Step[] = isSwitching
    ? [
        {
          do: 'run',
          command: 'migrate',
          args: [],
          line: '> ops migrate: what the release adds to the database',
        },
        {
          do: 'run',
          command: 'probe',
          args: ['--connections', String(desired.connections)],
          line: '> ops probe: what the database promises',
        },
      ]
    : [];
  const opened = [
    ...desired.units.flatMap((unit, at) => [...(switches[at] ?? []), ...startSteps(actual, unit)]),
    ...doors(desired, actual),
  ];
  const isThrough = isSettled(actual, release) && !isSwitching;
  const isCanary = manner.canaryPercent !== null;
  const smoke: Step[] =
    opened.length > 0 || (!isThrough && !isCanary)
      ? [{ do: 'smoke', line: `> smoke test of ${desired.domain.host}` }]
      : [];
  const old: Step = {
    do: 'run',
    command: 'migrate',
    args: ['--old-is-gone'],
    line: '> ops migrate --old-is-gone: what the old release has written meanwhile',
  };
  const closing: Step[] = isCanary
    ? []
    : [
        ...(isThrough ? [] : [old]),
        ...alarmSteps(desired, actual),
        ...oldVersions(desired, actual),
        ...(isThrough ? [] : [settleStep(desired, actual, switches.flat())]),
      ];
  const steps = [
    ...foundations(desired, actual),
    ...desired.units.flatMap((unit) => unitSteps(desired, actual, unit)),
    ...commands,
    ...opened,
    ...smoke,
    ...closing,
  ];
  return { steps, refusals: [] };
}
