/** Reads every function and event there is: the list from which everything generated is made. */
import { basename, join } from 'node:path';
import type { EventType } from '../shared/event.ts';
import type { AnyFunction, Auth } from '../shared/function.ts';
import { type Area, areaOf } from './areas.ts';
import { type Exported, filesBelow, ROOT, readSource, type Source } from './sources.ts';

/** SCF allows so many functions in a namespace. */
const UNITS_MAX = 50;
const UNIT_NAME = /^[a-z][A-Za-z0-9]{1,58}$/;
const KINDS: readonly unknown[] = ['http', 'callback', 'consumer', 'outward', 'timer'];

/** A function, with what its file says of it. */
export interface FunctionEntry {
  readonly name: string;
  /** Relative to the root, `functions/admin/catalogue/createCourse.ts`. */
  readonly file: string;
  /** The folder that it stands in. */
  readonly area: Area;
  /** The first sentence of the doc comment. */
  readonly summary: string;
  /** The rest of the doc comment, empty when there is none. */
  readonly details: string;
  /** The deployed unit it is in. */
  readonly unit: string;
  readonly own: AnyFunction;
}

/** An event, with what its file says of it and who reacts to it. */
export interface EventEntry {
  readonly name: string;
  readonly file: string;
  readonly summary: string;
  readonly details: string;
  readonly event: EventType;
  /** Names of the functions that react to it, sorted. */
  readonly consumers: readonly string[];
}

/** Everything, sorted by name; units by name, with their functions. */
export interface Manifest {
  readonly functions: readonly FunctionEntry[];
  readonly events: readonly EventEntry[];
  readonly units: readonly UnitEntry[];
}

/** A deployed unit. */
export interface UnitEntry {
  readonly name: string;
  readonly functions: readonly FunctionEntry[];
  /** The consumers that its timer runs: all there are, or none. */
  readonly consumers: readonly FunctionEntry[];
}

/** A file's text, and what it exports when it is loaded. */
export interface LoadedFile {
  readonly source: Source;
  readonly exports: Readonly<Record<string, unknown>>;
}

const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1);

/** A method and a path, of a function that has them. */
export function routeOf(own: AnyFunction): { readonly method: string; readonly path: string } | null {
  if (own.kind !== 'http' && own.kind !== 'callback') return null;
  const [method = '', path = ''] = own.contract.route.split(' ');
  return { method, path };
}

/** Who may call, in a word: `public`, `optional`, `member` or the staff's action, and `+ 2FA` where a second factor must be fresh. */
export function authWord(auth: Auth): string {
  if (typeof auth === 'string') return auth;
  return auth.secondFactor === 'fresh' ? `${auth.may} + 2FA` : auth.may;
}

/** What starts a function, in a few words: a route, an event's name or a cron. */
export function triggerOf(own: AnyFunction): string {
  if (own.kind === 'timer') return own.contract.cron;
  return own.kind === 'consumer' || own.kind === 'outward' ? own.contract.on.name : own.contract.route;
}

/** The one export of a file, which has to be named as the file and to have a doc comment. */
function onlyExport(source: Source): Exported & { readonly doc: string } {
  const name = basename(source.path, '.ts');
  const [only, ...others] = source.exports;
  if (only === undefined || others.length > 0 || only.name !== name) {
    const names = source.exports.map((exported) => exported.name).join(', ');
    throw new Error(`${source.path} has to export ${name} and nothing else, not: ${names}`);
  }
  if (only.doc === null) throw new Error(`${source.path}: ${name} has no doc comment`);
  return { ...only, doc: only.doc };
}

/** The first sentence, on one line, and the rest. */
function sentences(doc: string): { readonly summary: string; readonly details: string } {
  const end = /[.!?](?=\s|$)/.exec(doc);
  const at = end === null ? doc.length : end.index + 1;
  return { summary: doc.slice(0, at).replace(/\s+/g, ' '), details: doc.slice(at).trim() };
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'object' && value !== null && 'kind' in value && KINDS.includes(value.kind);
}

function isEvent(value: unknown): value is EventType {
  return typeof value === 'object' && value !== null && 'schema' in value && 'example' in value;
}

/** HTTP functions are deployed by the first segment after `/api`, all others alone. */
function unitOf(name: string, own: AnyFunction): string {
  return routeOf(own)?.path.split('/')[2] ?? name;
}

function functionOf({ source, exports }: LoadedFile): FunctionEntry {
  const { name, doc } = onlyExport(source);
  const own = exports[name];
  if (!isFunction(own)) throw new Error(`${source.path}: ${name} is no function of a known kind`);
  const area = areaOf(source.path);
  if (area === null) throw new Error(`${source.path} stands in the folder of no area (tools/areas.ts)`);
  return { name, file: source.path, area, ...sentences(doc), unit: unitOf(name, own), own };
}

function unitsOf(functions: readonly FunctionEntry[]): Manifest['units'] {
  const units = new Map<string, FunctionEntry[]>();
  for (const entry of functions) units.set(entry.unit, [...(units.get(entry.unit) ?? []), entry]);
  for (const [name, members] of units) {
    if (!UNIT_NAME.test(name) || name === 'local') throw new Error(`no unit can be called ${name}`);
    const isRouted = members.map((member) => routeOf(member.own) !== null);
    if (isRouted.includes(true) && isRouted.includes(false)) {
      throw new Error(`unit ${name} would be a part of the API and a job at once`);
    }
  }
  if (units.size > UNITS_MAX) throw new Error(`${units.size} units, and a namespace holds ${UNITS_MAX}`);
  const all = functions.filter(({ own }) => own.kind === 'consumer' || own.kind === 'outward');
  const runsConsumers = ({ own }: FunctionEntry) =>
    own.kind === 'timer' && own.contract.runsConsumers === true;
  return [...units]
    .map(([name, members]) => ({
      name,
      functions: members,
      consumers: members.some(runsConsumers) ? all : [],
    }))
    .sort(byName);
}

function refuseRepeats(what: string, names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new Error(`${what} ${repeated} is there twice`);
}

/** Puts the manifest together from loaded files. @throws a plain Error that names the file and the rule it breaks. */
export function manifestOf(
  functionFiles: readonly LoadedFile[],
  eventFiles: readonly LoadedFile[],
): Manifest {
  const functions = functionFiles.map(functionOf).sort(byName);
  refuseRepeats(
    'function',
    functions.map(({ name }) => name),
  );
  const routes = functions.flatMap(({ own }) => routeOf(own) ?? []);
  refuseRepeats(
    'route',
    routes.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`),
  );

  const declared = eventFiles.map(({ source, exports }) => {
    const { name, doc } = onlyExport(source);
    const event = exports[name];
    if (!isEvent(event)) throw new Error(`${source.path}: ${name} is no event`);
    return { file: source.path, ...sentences(doc), name: event.name, event };
  });
  refuseRepeats(
    'event',
    declared.map(({ name }) => name),
  );
  const consumers = new Map<EventType, string[]>(declared.map(({ event }) => [event, []]));
  for (const { name, own } of functions) {
    if (own.kind !== 'consumer' && own.kind !== 'outward') continue;
    const names = consumers.get(own.contract.on);
    if (names === undefined)
      throw new Error(`${name} consumes ${own.contract.on.name}, which is not in events/`);
    names.push(name);
  }
  const events = declared.map((entry) => ({ ...entry, consumers: consumers.get(entry.event) ?? [] }));
  return { functions, events: events.sort(byName), units: unitsOf(functions) };
}

async function load(path: string): Promise<LoadedFile> {
  return { source: readSource(path), exports: await import(join(ROOT, path)) };
}

/** Loads every file of `functions/` and `events/`. */
export async function readManifest(): Promise<Manifest> {
  const functionFiles = await Promise.all(filesBelow('functions').map(load));
  return manifestOf(functionFiles, await Promise.all(filesBelow('events').map(load)));
}
