/**
 * What is deployed: the table of units, and which functions each of them holds. A unit is one SCF function. To split
 * one, give a row of its own to those of its functions that shall be apart.
 */
import type { Secret } from '../shared/adapters/process/variables.ts';
import type { AnyFunction } from '../shared/function.ts';
import { SECOND_MS } from '../shared/schemas/base.ts';

/** A deployed unit, as the table has it. */
export interface UnitRow {
  /** Also the name of the SCF function, and of the folder in `dist/`. */
  readonly name: string;
  /** A web function is a server that answers many requests at a time. An event function runs one event at a time. */
  readonly type: 'web' | 'event';
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** How long an instance may take to start. */
  readonly initTimeoutSeconds: number;
  /** How many requests one instance may answer at the same time. */
  readonly concurrency: number;
  /** How many instances the platform keeps free for this unit, which are also the most that it gets; null for any. */
  readonly reservedInstances: number | null;
  /** How many connections to the database one instance opens at most. */
  readonly connections: number;
  /**
   * The paths of the API's host that lead to it: `/a` or `/a/*`. It holds the functions whose routes fit one of them
   * better than any path of another unit.
   */
  readonly paths: readonly string[];
  /** Secrets that it uses besides those that its functions are seen to use. */
  readonly secrets?: readonly Secret[];
  /** Which consumers it holds: named ones, or all that no other row names. */
  readonly consumers?: readonly string[] | 'others';
  /**
   * Which timers it holds: named ones, or of those that no row names the ones that run at least every ten minutes, or
   * the others.
   */
  readonly timers?: readonly string[] | 'frequent' | 'others';
}

const COMMON = { initTimeoutSeconds: 10, concurrency: 1, reservedInstances: null, connections: 2 } as const;

/**
 * The units, in the order in which a release replaces them: what runs commands first, and consumers before those who
 * produce their events.
 */
export const UNITS: readonly UnitRow[] = [
  /** Commands on the shop, by the cloud's signed API only. */
  {
    ...COMMON,
    name: 'ops',
    type: 'event',
    memoryMb: 512,
    timeoutSeconds: 900,
    paths: [],
    secrets: ['DATABASE_URL', 'CACHE_URL', 'SECRETS_KEY'],
  },
  /** Its path is the broker's HTTP push, which does not exist without BUS_PUSH_KEY. */
  {
    ...COMMON,
    name: 'events',
    type: 'event',
    memoryMb: 256,
    timeoutSeconds: 630,
    paths: ['/bus/*'],
    consumers: 'others',
  },
  {
    ...COMMON,
    name: 'minute',
    type: 'event',
    memoryMb: 256,
    timeoutSeconds: 70,
    paths: [],
    timers: 'frequent',
  },
  /** Apart, so that counting what thousands like and say, and what becomes of questions, keeps no payment waiting. */
  {
    ...COMMON,
    name: 'counts',
    type: 'event',
    memoryMb: 256,
    timeoutSeconds: 70,
    paths: [],
    timers: [
      ...['expireQuestions', 'foldComments', 'foldMarks', 'foldShares', 'rankHot', 'remindExperts'],
      'settleQuestions',
    ],
  },
  {
    ...COMMON,
    name: 'nightly',
    type: 'event',
    memoryMb: 256,
    timeoutSeconds: 900,
    paths: [],
    timers: 'others',
  },
  /** Reserved, so that callbacks about money find an instance however many buyers come. */
  {
    ...COMMON,
    name: 'pay',
    type: 'web',
    memoryMb: 256,
    timeoutSeconds: 15,
    concurrency: 10,
    reservedInstances: 10,
    paths: ['/api/pay/*', '/api/wechat/*'],
  },
  /** Hashing a password needs 32 MB of memory for about a tenth of a second. */
  {
    ...COMMON,
    name: 'api',
    type: 'web',
    memoryMb: 512,
    timeoutSeconds: 15,
    concurrency: 20,
    connections: 4,
    paths: ['/*'],
  },
  /** Apart, so that exports and long lists cannot starve buyers. */
  {
    ...COMMON,
    name: 'admin',
    type: 'web',
    memoryMb: 512,
    timeoutSeconds: 15,
    concurrency: 10,
    connections: 4,
    paths: ['/api/admin/*'],
  },
];

/** What starts a unit, besides the doorbell of `events` and the signed API. */
export type Trigger =
  /** A schedule. It bears the name of the function that it runs. */
  | { readonly type: 'timer'; readonly name: string; readonly cron: string }
  /** A function URL that anybody may call. */
  | { readonly type: 'url'; readonly name: 'url' };

/** What has to be known of a function to find its unit. */
export interface Placed {
  readonly name: string;
  readonly own: AnyFunction;
}

/** A deployed unit with its functions. */
export interface Unit<F extends Placed> extends Omit<UnitRow, 'consumers' | 'timers'> {
  readonly functions: readonly F[];
  /** The consumers that a timer of the unit runs: those whose time fits behind the timer's, or none. */
  readonly consumers: readonly F[];
  readonly triggers: readonly Trigger[];
}

/** The most functions that SCF allows in a namespace, and triggers of one kind for a function. */
const UNITS_MAX = 50;
const TIMERS_MAX = 10;
const UNIT_NAME = /^[a-z][A-Za-z0-9]{1,58}$/;

/**
 * The time that the work in progress may still need when a budget ends: one call to the rail and one commit.
 */
const MARGIN_MS = 20 * SECOND_MS;
/** How long a consumer without a budget may take. */
const CONSUMER_MS = 30 * SECOND_MS;

/** Seconds, minutes up to every tenth, and no restriction above. */
const FREQUENT = /^\S+ \*(?:\/(?:[1-9]|10))? \* \* \* \* \*$/;

type TimerFunction = Extract<AnyFunction, { kind: 'timer' }>;

const isConsumer = ({ own }: Placed) => own.kind === 'consumer' || own.kind === 'outward';

const runsConsumers = ({ own }: Placed) => own.kind === 'timer' && own.contract.runsConsumers === true;

/** How long one run of a function may take that is no part of the API. */
function longestMs({ own }: Placed): number {
  if (own.kind === 'timer') return own.contract.budgetMs + MARGIN_MS;
  if (own.kind !== 'outward' || own.contract.budgetMs === undefined) return CONSUMER_MS;
  return own.contract.budgetMs + MARGIN_MS;
}

/** How well a unit's path fits a route: the length of the path, 0 when it does not fit. */
function matched(path: string, route: string): number {
  const [, at = ''] = route.split(' ');
  const start = path.slice(0, -1);
  return path === at || (path.endsWith('/*') && at.startsWith(start)) ? path.length : 0;
}

function refuse(why: string): never {
  throw new Error(`the table of units: ${why}`);
}

/** The rows that would hold a function. */
function takersOf({ name, own }: Placed, rows: readonly UnitRow[]): readonly UnitRow[] {
  if (own.kind === 'http' || own.kind === 'callback') {
    const { route } = own.contract;
    const fits = rows.map(({ paths }) => Math.max(0, ...paths.map((path) => matched(path, route))));
    const best = Math.max(0, ...fits);
    return rows.filter((_, at) => best > 0 && fits[at] === best);
  }
  const taken = ({ consumers, timers }: UnitRow) => (own.kind === 'timer' ? timers : consumers);
  const naming = rows.filter((row) => taken(row)?.includes(name) === true && typeof taken(row) !== 'string');
  if (naming.length > 0) return naming;
  if (own.kind !== 'timer') return rows.filter((row) => row.consumers === 'others');
  const frequent = FREQUENT.test(own.contract.cron) ? rows.filter((row) => row.timers === 'frequent') : [];
  return frequent.length > 0 ? frequent : rows.filter((row) => row.timers === 'others');
}

function refuseRow(row: UnitRow, functions: readonly Placed[]): void {
  const { name, type, memoryMb, timeoutSeconds, concurrency } = row;
  if (!UNIT_NAME.test(name) || name === 'local' || name === 'host') refuse(`no unit can be called ${name}`);
  if (memoryMb % 128 !== 0 || memoryMb < 128 || memoryMb > 3072) refuse(`${name} cannot have ${memoryMb} MB`);
  if (timeoutSeconds < 1 || timeoutSeconds > 900) refuse(`${name} cannot have ${timeoutSeconds} seconds`);
  if (concurrency < 1 || concurrency > (type === 'web' ? 100 : 1)) {
    refuse(`${name} cannot answer ${concurrency} requests at a time`);
  }
  for (const [kind, named] of Object.entries({ consumer: row.consumers, timer: row.timers })) {
    for (const one of typeof named === 'object' ? named : []) {
      const found = functions.find((entry) => entry.name === one);
      const is = found === undefined ? null : isConsumer(found) ? 'consumer' : found.own.kind;
      if (is !== kind) refuse(`${name} names ${one}, which is no ${kind}`);
    }
  }
}

function refuseMembers({ name, type, timeoutSeconds }: UnitRow, members: readonly Placed[]): void {
  for (const { name: member, own } of members) {
    const isRouted = own.kind === 'http' || own.kind === 'callback';
    if (isRouted !== (type === 'web')) refuse(`${member} cannot be in ${name}, a unit of type ${type}`);
  }
  const timers = members.filter(({ own }) => own.kind === 'timer');
  if (timers.length > TIMERS_MAX) refuse(`${name} has ${timers.length} timers, and may have ${TIMERS_MAX}`);
  if (type === 'web') return;
  const long = members.find((member) => longestMs(member) > timeoutSeconds * SECOND_MS);
  if (long !== undefined) refuse(`${long.name} may take longer than ${name}, ${timeoutSeconds} seconds`);
}

/** The consumers that the unit's timers run: one that starts at the end of a timer's budget still has its own time. */
function runnable<F extends Placed>(
  { timeoutSeconds }: UnitRow,
  members: readonly F[],
  all: readonly F[],
): F[] {
  const budgets = members.filter(runsConsumers).map(({ own }) => (own as TimerFunction).contract.budgetMs);
  if (budgets.length === 0) return [];
  const leftMs = timeoutSeconds * SECOND_MS - Math.max(...budgets);
  return all.filter((entry) => isConsumer(entry) && longestMs(entry) <= leftMs);
}

function triggersOf({ paths }: UnitRow, members: readonly Placed[]): readonly Trigger[] {
  const timers = members.flatMap(({ name, own }): Trigger[] =>
    own.kind === 'timer' ? [{ type: 'timer', name, cron: own.contract.cron }] : [],
  );
  return paths.length === 0 ? timers : [...timers, { type: 'url', name: 'url' }];
}

/**
 * The units with their functions, in the order of the table.
 * @throws Error that names the rule that the table or a function breaks
 */
export function unitsOf<F extends Placed>(
  functions: readonly F[],
  rows: readonly UnitRow[],
): readonly Unit<F>[] {
  if (rows.length > UNITS_MAX) refuse(`${rows.length} units, and a namespace holds ${UNITS_MAX}`);
  const names = rows.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) refuse(`${twice} is there twice`);
  for (const row of rows) refuseRow(row, functions);
  const members = new Map<UnitRow, F[]>(rows.map((row) => [row, []]));
  for (const entry of functions) {
    const [row, ...others] = takersOf(entry, rows);
    if (row === undefined) refuse(`no unit holds ${entry.name}`);
    if (others.length > 0)
      refuse(`${entry.name} would be in ${[row, ...others].map(({ name }) => name).join(' and ')}`);
    members.get(row)?.push(entry);
  }
  const units = [...members].map(([row, own]) => {
    refuseMembers(row, own);
    const { consumers: _, timers: __, ...sizes } = row;
    const consumers = runnable(row, own, functions);
    return { ...sizes, functions: own, consumers, triggers: triggersOf(row, own) };
  });
  for (const entry of functions) {
    const isRun = units.some(({ consumers }) => consumers.includes(entry));
    if (isConsumer(entry) && !isRun) refuse(`no timer has time to run ${entry.name}, should the broker not`);
  }
  return units;
}
