/** Reads every function and event. Everything generated is made from this list. */
import { basename, join } from 'node:path';
import type { EventType } from '../shared/event.ts';
import type { AnyFunction, Auth } from '../shared/function.ts';
import { type Area, areaOf } from './areas.ts';
import { type Exported, filesBelow, ROOT, readSource, type Source } from './sources.ts';
import { UNITS, type Unit, type UnitRow, unitsOf } from './units.ts';

const KINDS: readonly unknown[] = ['http', 'callback', 'consumer', 'outward', 'timer'];

/** A function, with what its file says about it. */
export interface FunctionEntry {
  readonly name: string;
  /** Relative to the root, such as `functions/admin/catalogue/createCourse.ts`. */
  readonly file: string;
  /** The area's folder that it stands in. */
  readonly area: Area;
  /** The first sentence of the doc comment. */
  readonly summary: string;
  /** The rest of the doc comment; empty when there is none. */
  readonly details: string;
  readonly own: AnyFunction;
}

/** An event, with what its file says about it and which functions react to it. */
export interface EventEntry {
  readonly name: string;
  readonly file: string;
  readonly summary: string;
  readonly details: string;
  readonly event: EventType;
  /** The names of the functions that react to it, sorted. */
  readonly consumers: readonly string[];
}

/** Functions and events sorted by name; units in the order in which a release replaces them. */
export interface Manifest {
  readonly functions: readonly FunctionEntry[];
  readonly events: readonly EventEntry[];
  readonly units: readonly UnitEntry[];
}

/** A deployed unit: all that a deployment has to know of it. */
export type UnitEntry = Unit<FunctionEntry>;

/** A file's text, and the exports of the loaded file. */
export interface LoadedFile {
  readonly source: Source;
  readonly exports: Readonly<Record<string, unknown>>;
}

const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1);

/** The method and the path of a function that has a route. */
export function routeOf(own: AnyFunction): { readonly method: string; readonly path: string } | null {
  if (own.kind !== 'http' && own.kind !== 'callback') return null;
  const [method = '', path = ''] = own.contract.route.split(' ');
  return { method, path };
}

/**
 * Who may call, in a word: `public`, `optional`, `member` or a permission of staff, with `+ 2FA` where a fresh second
 * factor is needed.
 */
export function authWord(auth: Auth): string {
  if (typeof auth === 'string') return auth;
  return auth.secondFactor === 'fresh' ? `${auth.may} + 2FA` : auth.may;
}

/** What starts a function, in a few words: a route, an event's name or a cron. */
export function triggerOf(own: AnyFunction): string {
  if (own.kind === 'timer') return own.contract.cron;
  return own.kind === 'consumer' || own.kind === 'outward' ? own.contract.on.name : own.contract.route;
}

/** The only export of a file. @throws Error when it is not named as the file, or has no doc comment */
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

/** Splits a doc comment into its first sentence, on one line, and the rest. */
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

function functionOf({ source, exports }: LoadedFile): FunctionEntry {
  const { name, doc } = onlyExport(source);
  const own = exports[name];
  if (!isFunction(own)) throw new Error(`${source.path}: ${name} is no function of a known kind`);
  const area = areaOf(source.path);
  if (area === null) throw new Error(`${source.path} stands in the folder of no area (tools/areas.ts)`);
  return { name, file: source.path, area, ...sentences(doc), own };
}

function refuseRepeats(what: string, names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new Error(`${what} ${repeated} is there twice`);
}

/**
 * Puts the manifest together from loaded files and the table of units.
 * @throws Error that names the file and the rule that it breaks
 */
export function manifestOf(
  functionFiles: readonly LoadedFile[],
  eventFiles: readonly LoadedFile[],
  rows: readonly UnitRow[] = UNITS,
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
  return { functions, events: events.sort(byName), units: unitsOf(functions, rows) };
}

async function load(path: string): Promise<LoadedFile> {
  return { source: readSource(path), exports: await import(join(ROOT, path)) };
}

/** Loads every file of `functions/` and `events/`. */
export async function readManifest(): Promise<Manifest> {
  const functionFiles = await Promise.all(filesBelow('functions').map(load));
  return manifestOf(functionFiles, await Promise.all(filesBelow('events').map(load)));
}
