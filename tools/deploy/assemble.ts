/** Puts together what shall be: the manifest's units, the stage, its variables, and the built files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { topicOf } from '../../shared/adapters/cmq/bus.ts';
import { CONFIG_FILE, sealConfig } from '../../shared/adapters/process/sealed.ts';
import type { UnitEntry } from '../manifest.ts';
import { configOf } from '../unitSecrets.ts';
import {
  type Desired,
  type DesiredAlarm,
  type DesiredSubscription,
  type DesiredTrigger,
  type DesiredUnit,
  hashOf,
  type IndexField,
  shortHash,
} from './desired.ts';
import type { Stage } from './stageFile.ts';

/** What is put together. */
export interface Parts {
  readonly stage: Stage;
  /** Every variable that is set, by name; `CONFIG_KEY` among them. */
  readonly variables: Readonly<Record<string, string>>;
  readonly units: readonly UnitEntry[];
  /** The files of a unit, by name. */
  readonly filesOf: (unit: string) => Readonly<Record<string, Uint8Array>>;
  readonly commit: string;
  readonly fields: readonly IndexField[];
  readonly alarms: readonly DesiredAlarm[];
}

/** The name of the file that starts a web function. */
const BOOTSTRAP = 'scf_bootstrap';
/** Every file of a zip is of that time. A zip's times are local ones, so this is the same everywhere. */
const ZIP_TIME = new Date(2020, 0, 1);
const UNIX = 3;
const EXECUTABLE = 0o100755;
const READABLE = 0o100644;
/** Files that a deployed unit does not need. */
const LEFT_OUT = /\.map$/;

/** Files as a zip: sorted, with a fixed time, so that the same files are the same bytes. */
export function zipOf(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = sorted.map(([name, bytes]): [string, Zippable[string]] => {
    const mode = name === BOOTSTRAP ? EXECUTABLE : READABLE;
    return [name, [bytes, { mtime: ZIP_TIME, os: UNIX, attrs: mode * 0x10000, level: 9 }]];
  });
  return zipSync(Object.fromEntries(entries));
}

/** The files of a built unit below `dist`. @throws Error when it is not built */
export function builtFiles(dist: string): Parts['filesOf'] {
  return (unit) => {
    const folder = join(dist, unit);
    if (!existsSync(folder)) throw new Error(`${folder} is not there: npm run build`);
    const names = readdirSync(folder).filter((name) => !LEFT_OUT.test(name));
    return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]));
  };
}

/** Topics of the events whose consumers a unit holds, each with those consumers. */
function topicsOf({ functions }: UnitEntry): ReadonlyMap<string, readonly string[]> {
  const topics = new Map<string, string[]>();
  for (const { name, own } of functions) {
    if (own.kind !== 'consumer' && own.kind !== 'outward') continue;
    const topic = topicOf(own.contract.on.name);
    topics.set(topic, [...(topics.get(topic) ?? []), name]);
  }
  return topics;
}

type Bus = 'invoke' | 'cmq' | 'push' | 'none';

/** Whether the unit's public paths exist: those of an event function are the broker's, and only where it pushes. */
const isReached = ({ type }: UnitEntry, bus: Bus) => type === 'web' || bus === 'push';

function triggersOf(unit: UnitEntry, bus: Bus): readonly DesiredTrigger[] {
  const own = unit.triggers.flatMap((trigger): DesiredTrigger[] => {
    if (trigger.type === 'timer') return [trigger];
    return isReached(unit, bus) ? [{ type: 'http', name: trigger.name }] : [];
  });
  const rung = bus === 'cmq' ? [...topicsOf(unit).keys()].sort() : [];
  return [...own, ...rung.map((name): DesiredTrigger => ({ type: 'cmq', name }))];
}

function unitOf(parts: Parts, unit: UnitEntry, bus: Bus): DesiredUnit {
  const { stage, variables, filesOf } = parts;
  const { CONFIG_KEY: key = '' } = variables;
  const own = { ...configOf(unit, variables), BUS: bus };
  const sealed = sealConfig(own, { key, stage: stage.name, unit: unit.name });
  const { name, type, memoryMb, timeoutSeconds, initTimeoutSeconds, concurrency, reservedInstances } = unit;
  return {
    ...{ name, type, memoryMb, timeoutSeconds, initTimeoutSeconds, concurrency, reservedInstances },
    handler: type === 'web' ? BOOTSTRAP : 'index.main_handler',
    environment: { STAGE: stage.name, CONFIG_KEY: key },
    configDigest: shortHash(sealed).slice(0, 6),
    triggers: triggersOf(unit, bus),
    zip: zipOf({ ...filesOf(name), [CONFIG_FILE]: sealed }),
  };
}

function subscriptionsOf(parts: Parts, host: string): readonly DesiredSubscription[] {
  // While a key is changed there are two, the new one first.
  const [key] = (parts.variables.BUS_PUSH_KEY ?? '').split(',');
  return parts.units.flatMap((unit) =>
    [...topicsOf(unit)].flatMap(([topic, consumers]) =>
      consumers.map((name) => ({ topic, name, endpoint: `http://${host}/bus/${key}/${name}` })),
    ),
  );
}

/** The most connections to the database: instances that are reserved, or expected, times what each opens. */
function connectionsOf({ stage, variables, units }: Parts): number {
  const opened = ({ connections }: UnitEntry) => Number(variables.DATABASE_CONNECTIONS ?? connections);
  return units.reduce((sum, unit) => sum + (unit.reservedInstances ?? stage.instances) * opened(unit), 0);
}

/** What shall be in the cloud, with this doorbell in place of the stage's own when one is given. */
export function assemble(parts: Parts, otherBus?: Bus): Desired {
  const { stage, variables, units, commit, fields, alarms } = parts;
  const bus = otherBus ?? ((variables.BUS ?? 'invoke') as Bus);
  const { hostname: host, protocol } = new URL(stage.url);
  const built = units.map((unit) => unitOf(parts, unit, bus));
  const secured = bus === 'push' ? 'HTTP&HTTPS' : 'HTTPS';
  const topics = bus === 'cmq' || bus === 'push' ? units.flatMap((unit) => [...topicsOf(unit).keys()]) : [];
  const desired = {
    stage: stage.name,
    namespace: stage.namespace,
    runtime: stage.runtime,
    role: stage.role,
    vpc: stage.vpc === undefined ? null : { vpcId: stage.vpc.id, subnetId: stage.vpc.subnet },
    logs: {
      logsetId: stage.logs.logset,
      topicName: `zhike-${stage.name}`,
      days: stage.logs.days,
      fields,
    },
    units: built,
    topics: [...new Set(topics)].sort(),
    subscriptions: bus === 'push' ? subscriptionsOf(parts, host) : [],
    domain: {
      host,
      protocol: protocol === 'http:' ? 'HTTP' : secured,
      certificateId: stage.certificate ?? null,
      paths: units
        .filter((unit) => isReached(unit, bus))
        .flatMap(({ name, paths }) => paths.map((path) => ({ path, unit: name }))),
    },
    // Whoever gets no alarm should not believe that there are some.
    alarms: stage.notices.length === 0 ? [] : alarms,
    noticeIds: stage.notices,
    connections: connectionsOf(parts),
  } as const satisfies Omit<Desired, 'release'>;
  return { ...desired, release: { commit, hash: hashOf(desired) } };
}
