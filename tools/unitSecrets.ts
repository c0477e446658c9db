/**
 * Which secrets a deployed unit gets: those that its functions can reach, and no others. A declaration is reached when
 * a reached one names it. What a declaration does with a port is read from its syntax, so what is only compared with
 * null, or only asked for its name, counts for nothing.
 */
import { posix } from 'node:path';
import {
  type Environment,
  SECRETS,
  type Secret,
  secretsFor,
  VARIABLE_NAMES,
  type VariableName,
} from '../shared/adapters/process/variables.ts';
import type { FunctionEntry } from './manifest.ts';
import {
  declaredIn,
  isSyntaxNode,
  readSource,
  type Source,
  type Statement,
  type SyntaxNode,
} from './sources.ts';

/** What a file declares and imports at its top level, by local name. */
interface Module {
  readonly declared: ReadonlyMap<string, Statement>;
  readonly imported: ReadonlyMap<string, { readonly file: string; readonly name: string }>;
}

/** Reads a file. */
type Read = (file: string) => Source;

const modulesByRead = new Map<Read, Map<string, Module>>();

/** A file that has to do with ports. The others hold rules, types and adapters. */
const isFollowed = (file: string) => /^(functions|shared\/(flows|runtime|data|commands))\//.test(file);

/** The file that an import names; a package stays as it is. */
const targetOf = (file: string, from: string) =>
  from.startsWith('.') ? posix.join(posix.dirname(file), from) : from;

function moduleOf(file: string, read: Read): Module {
  const modules = modulesByRead.get(read) ?? new Map<string, Module>();
  modulesByRead.set(read, modules);
  const known = modules.get(file);
  if (known !== undefined) return known;
  const declared = new Map<string, Statement>();
  const imported = new Map<string, { readonly file: string; readonly name: string }>();
  for (const statement of read(file).program.body) {
    for (const name of declaredIn(statement)) declared.set(name, statement);
    if (statement.type !== 'ImportDeclaration' || statement.importKind === 'type') continue;
    for (const specifier of statement.specifiers) {
      const named = specifier.type === 'ImportSpecifier' ? specifier.imported : null;
      const name = named?.type === 'Identifier' ? named.name : '*';
      imported.set(specifier.local.name, { file: targetOf(file, statement.source.value), name });
    }
  }
  const module = { declared, imported };
  modules.set(file, module);
  return module;
}

/** The name of an identifier, or null for any other node. */
const nameOf = (node: unknown) =>
  isSyntaxNode(node) && node.type === 'Identifier' ? String(node.name) : null;

const isMember = ({ type }: SyntaxNode) => type === 'MemberExpression' || type === 'OptionalMemberExpression';

/** What is taken of an object: `a` in `object.a`; null for anything else. */
const memberOf = (node: SyntaxNode) =>
  isMember(node) && node.computed !== true ? nameOf(node.property) : null;

/** A node of a statement, with the one around it. */
interface Place {
  readonly node: SyntaxNode;
  readonly around: Place | null;
}

const placesByStatement = new Map<Statement, readonly Place[]>();

/** Every node of a statement. */
function placesOf(statement: Statement): readonly Place[] {
  const known = placesByStatement.get(statement);
  if (known !== undefined) return known;
  const places: Place[] = [{ node: statement as SyntaxNode, around: null }];
  for (const place of places) {
    for (const key in place.node) {
      if (key === 'loc' || key.endsWith('Comments')) continue;
      const inner: unknown = place.node[key];
      for (const one of Array.isArray(inner) ? inner : [inner]) {
        if (isSyntaxNode(one)) places.push({ node: one, around: place });
      }
    }
  }
  placesByStatement.set(statement, places);
  return places;
}

const namesByStatement = new Map<Statement, ReadonlySet<string>>();

/** The declarations that a statement names, each as `file name`. */
function named(file: string, statement: Statement, module: Module): ReadonlySet<string> {
  const known = namesByStatement.get(statement) ?? readNames(file, statement, module);
  namesByStatement.set(statement, known);
  return known;
}

function readNames(file: string, statement: Statement, { declared, imported }: Module): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { node, around } of placesOf(statement)) {
    if (node.type === 'ImportExpression' && isSyntaxNode(node.source))
      found.add(`${targetOf(file, String(node.source.value))} *`);
    const name = nameOf(node);
    if (name === null) continue;
    if (declared.has(name)) found.add(`${file} ${name}`);
    const from = imported.get(name);
    if (from === undefined) continue;
    const member = around?.node.object === node ? memberOf(around.node) : null;
    found.add(`${from.file} ${from.name === '*' && member !== null ? member : from.name}`);
  }
  return found;
}

/** Everything that runs when these run, as statements. */
function reached(roots: readonly string[], read: Read): ReadonlySet<Statement> {
  const seen = new Set(roots);
  const statements = new Set<Statement>();
  for (const root of seen) {
    const [file = '', name = ''] = root.split(' ');
    if (!isFollowed(file)) continue;
    const module = moduleOf(file, read);
    const { declared } = module;
    if (name === '*') for (const each of declared.keys()) seen.add(`${file} ${each}`);
    const statement = declared.get(name);
    if (statement === undefined || statements.has(statement)) continue;
    statements.add(statement);
    for (const next of named(file, statement, module)) seen.add(next);
  }
  return statements;
}

type Rail = 'wxpay' | 'xpay';

/** What the call of a port needs, by the name under which it is taken of an object. */
const TAKEN: Readonly<Record<string, readonly Secret[]>> = {
  database: ['DATABASE_URL'],
  cache: ['CACHE_URL'],
  secrets: ['SECRETS_KEY'],
  attempts: ['SECRETS_KEY'],
  codeToSession: ['WECHAT_SECRET'],
  phoneNumber: ['WECHAT_SECRET'],
  checkSession: ['WECHAT_SECRET'],
  checkText: ['WECHAT_SECRET'],
  checkMedia: ['WECHAT_SECRET'],
  send: ['WECHAT_SECRET'],
  readNotice: ['WXPAY_API_V3_KEY'],
  reportDelivery: ['WECHAT_SECRET'],
  busPushKeys: ['BUS_PUSH_KEY'],
};

const PUSH: readonly Secret[] = ['PUSH_TOKEN', 'PUSH_AES_KEY'];

/** What every other call of a rail needs. */
const CALLED: Readonly<Record<Rail, readonly Secret[]>> = {
  wxpay: ['WXPAY_PRIVATE_KEY'],
  xpay: ['XPAY_APP_KEY', 'WECHAT_SECRET'],
};

/** What a rail says without calling anybody or signing anything; the last two are in the table above. */
const SAID: readonly string[] = [
  'name',
  'merchant',
  'abilities',
  'feeBasisPoints',
  'readNotice',
  'reportDelivery',
];

/** The rails that an expression stands for; null for any other expression. */
function railsIn(node: SyntaxNode): readonly Rail[] | null {
  const member = memberOf(node);
  if (member === 'wxpay' || member === 'xpay') return [member];
  const isChosen = isMember(node) && node.computed === true;
  const of = isSyntaxNode(node.object) ? (memberOf(node.object) ?? nameOf(node.object)) : null;
  if (isChosen && of === 'rails') return ['wxpay', 'xpay'];
  return node.type === 'CallExpression' && nameOf(node.callee) === 'railOf' ? ['wxpay', 'xpay'] : null;
}

const isCompared = ({ around }: Place) => around?.node.type === 'BinaryExpression';

/** The names under which a pattern takes parts of an object. */
function keysOf(pattern: unknown): readonly (string | null)[] {
  if (!isSyntaxNode(pattern) || !Array.isArray(pattern.properties)) return [];
  return pattern.properties.map((property) => (isSyntaxNode(property) ? nameOf(property.key) : null));
}

/** Whether a rail is called that stands in this place, or is handed on to where it may be. */
function isCalled(statement: Statement, place: Place): boolean {
  const { node, around } = place;
  if (around === null || isCompared(place)) return false;
  const { node: parent } = around;
  if (parent.object === node) {
    const member = memberOf(parent);
    return member === null || !SAID.includes(member);
  }
  if (parent.type !== 'VariableDeclarator' || parent.init !== node) return true;
  const name = nameOf(parent.id);
  if (name === null) return keysOf(parent.id).some((key) => key === null || !SAID.includes(key));
  return isVariableCalled(statement, name);
}

/** Whether a variable that is a rail is called. A property of the same name is another thing. */
function isVariableCalled(statement: Statement, name: string): boolean {
  const isOther = (node: SyntaxNode, parent: SyntaxNode | undefined) =>
    parent?.id === node || parent?.key === node || (parent?.property === node && parent.computed !== true);
  return placesOf(statement).some(
    (place) =>
      nameOf(place.node) === name && !isOther(place.node, place.around?.node) && isCalled(statement, place),
  );
}

/** The local names that a pattern gives to the rails. */
function railsByName(node: SyntaxNode): readonly (readonly [Rail, string])[] {
  if (node.type !== 'ObjectPattern' || !Array.isArray(node.properties)) return [];
  return node.properties.flatMap((property) => {
    const key = isSyntaxNode(property) ? nameOf(property.key) : null;
    const name = isSyntaxNode(property) ? nameOf(property.value) : null;
    return (key === 'wxpay' || key === 'xpay') && name !== null ? [[key, name] as const] : [];
  });
}

const secretsByStatement = new Map<Statement, readonly Secret[]>();

/** The secrets that a statement needs by itself. */
function secretsIn(statement: Statement): readonly Secret[] {
  const known = secretsByStatement.get(statement);
  if (known !== undefined) return known;
  // It chooses a rail for whoever asks, and calls none.
  const found = declaredIn(statement).includes('railOf') ? [] : readSecretsIn(statement);
  secretsByStatement.set(statement, found);
  return found;
}

function readSecretsIn(statement: Statement): readonly Secret[] {
  const found: Secret[] = [];
  const take = (name: string | null) => {
    if (name !== null && Object.hasOwn(TAKEN, name)) found.push(...(TAKEN[name] ?? []));
  };
  for (const place of placesOf(statement)) {
    const { node } = place;
    const member = memberOf(node);
    if (!isCompared(place)) take(member);
    if (node.type === 'ObjectPattern') keysOf(node).forEach(take);
    if (member === 'push' && nameOf(node.object) === 'ports') found.push(...PUSH);
    const rails = railsIn(node);
    if (rails !== null && isCalled(statement, place)) found.push(...rails.flatMap((rail) => CALLED[rail]));
    for (const [rail, name] of railsByName(node)) {
      if (isVariableCalled(statement, name)) found.push(...CALLED[rail]);
    }
  }
  return found;
}

/** What runs a function of each kind. */
const CHAINS: Readonly<Record<FunctionEntry['own']['kind'], string>> = {
  http: 'shared/runtime/http.ts httpEndpoint',
  callback: 'shared/runtime/callback.ts callbackEndpoint',
  consumer: 'shared/runtime/consumer.ts runConsumer',
  outward: 'shared/runtime/consumer.ts runConsumer',
  timer: 'shared/runtime/timer.ts runTimer',
};

/** The broker's HTTP push, to a unit that has consumers and a path. */
const PUSHED = 'shared/runtime/push.ts pushEndpoint';

/** What has to be known of a function to follow it. */
type Followed = Pick<FunctionEntry, 'name' | 'file' | 'own'>;

/** The secrets that functions use, with what runs them, sorted. */
export function secretsOfFunctions(
  functions: readonly Followed[],
  read: Read = readSource,
): readonly Secret[] {
  const roots = functions.flatMap(({ name, file, own }) => [`${file} ${name}`, CHAINS[own.kind]]);
  return secretsFrom(roots, read);
}

function secretsFrom(roots: readonly string[], read: Read = readSource): readonly Secret[] {
  return [...new Set([...reached(roots, read)].flatMap(secretsIn))].sort();
}

/** What has to be known of a unit. */
export interface SecretUnit {
  readonly functions: readonly Followed[];
  readonly consumers: readonly Followed[];
  readonly paths: readonly string[];
  readonly connections: number;
  readonly secrets?: readonly Secret[];
}

/** The secrets that a unit uses, sorted: those of its functions, of the consumers that it runs, and of its row. */
export function secretsOf({ functions, consumers, paths, secrets = [] }: SecretUnit): readonly Secret[] {
  const consumes = functions.some(({ own }) => own.kind === 'consumer' || own.kind === 'outward');
  const pushed = consumes && paths.length > 0 ? secretsFrom([PUSHED]) : [];
  return [...new Set([...secretsOfFunctions([...functions, ...consumers]), ...pushed, ...secrets])].sort();
}

/** What stands in the plain environment of a function, or is said of each unit by the table. */
const APART: readonly string[] = ['STAGE', 'CONFIG_KEY', 'DATABASE_CONNECTIONS'];

/** The variables that a unit gets, when they are set: all that are no secrets, and its own secrets. */
export function variablesOf(unit: SecretUnit): readonly VariableName[] {
  const own: readonly string[] = secretsOf(unit);
  return VARIABLE_NAMES.filter(
    (name) => !APART.includes(name) && (!(SECRETS as readonly string[]).includes(name) || own.includes(name)),
  );
}

/**
 * What is sealed for a unit, out of all variables of a stage. Where WeChat Pay's certificates may be needed, a unit
 * with one of the two keys that fetch them gets both.
 */
export function configOf(unit: SecretUnit, all: Environment): Readonly<Record<string, string>> {
  const names = new Set<string>([...variablesOf(unit), ...secretsFor(secretsOf(unit), all)]);
  const set = [...names].flatMap((name) => {
    const value = all[name];
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(set), DATABASE_CONNECTIONS: String(unit.connections) };
}
