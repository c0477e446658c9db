/** The code rules that can be checked automatically. Each is a function from a parsed file to what is wrong in it. */
import { basename, posix } from 'node:path';
import { AREAS, LAYERS_WITH_AREAS } from '../../tools/areas.ts';
import { declaredIn, isSyntaxNode, nodesOf, type Source, type SyntaxNode } from '../../tools/sources.ts';

/** The violations of one rule in one file, with their lines. */
export type Rule = (source: Source) => readonly string[];

const FUNCTION_FILE_LINES_MAX = 60;
const FUNCTION_LINES_MAX = 70;
const COMMENT_COLUMNS_MAX = 120;

/**
 * What a part may import: other parts (or one file of a part, such as `domain/identity/permission`), and packages. A
 * part that is not listed (local, tools, tests) may import everything.
 */
interface Reach {
  readonly parts: readonly string[];
  /** Parts whose types it may import, but nothing that runs. */
  readonly types?: readonly string[];
  /** A package name, or a prefix that ends in `:` or `/`. */
  readonly packages: readonly string[];
}

const reaches: Readonly<Record<string, Reach>> = {
  functions: {
    parts: ['function', 'domain', 'data', 'flows', 'schemas', 'errors', 'event', 'events'],
    types: ['ports'],
    packages: ['zod'],
  },
  events: { parts: ['event', 'schemas'], packages: ['zod'] },
  flows: {
    parts: ['flows', 'domain', 'data', 'schemas', 'errors', 'event', 'events'],
    types: ['ports'],
    packages: ['zod', 'opencc-js/'],
  },
  data: {
    parts: ['data', 'ports', 'schemas', 'errors', 'consumers'],
    types: ['domain', 'event'],
    packages: ['zod', 'node:crypto'],
  },
  domain: { parts: ['domain', 'schemas', 'errors', 'event', 'events', 'words'], packages: [] },
  schemas: { parts: ['schemas'], packages: ['zod'] },
  adapters: {
    parts: ['adapters', 'ports', 'schemas', 'errors', 'event'],
    packages: ['zod', 'node:', 'libsql', 'lru-cache', 'mysql2', 'ioredis', '@cloudbase/', 'prom-client'],
  },
  runtime: {
    parts: [
      ...['runtime', 'function', 'data', 'ports', 'errors', 'schemas', 'consumers'],
      ...['domain/identity/permission', 'domain/identity/session', 'domain/operations/platformRefusal'],
    ],
    packages: ['zod', 'node:', '@middy/'],
  },
  commands: {
    parts: ['commands', 'flows', 'data', 'domain', 'ports', 'schemas', 'errors'],
    packages: ['zod', 'node:crypto', 'node:stream', 'node:stream/', 'node:zlib'],
  },
  function: { parts: [], types: ['errors', 'event', 'ports', 'schemas'], packages: ['zod'] },
  ports: { parts: [], types: ['errors', 'ports', 'schemas'], packages: ['zod'] },
  event: { parts: [], packages: ['zod'] },
  errors: { parts: [], packages: [] },
  consumers: { parts: [], packages: [] },
  words: { parts: [], types: ['schemas'], packages: [] },
  client: { parts: ['client'], packages: [] },
  console: { parts: ['console', 'client'], packages: ['preact', 'preact/', 'd3-scale', 'd3-shape', 'uqr'] },
  model: {
    parts: ['model', 'client/errors', 'client/fen', 'client/id', 'client/permissions', 'client/words'],
    types: ['client'],
    packages: [],
  },
  miniprogram: { parts: ['miniprogram', 'model', 'client'], types: ['phone'], packages: [] },
  phone: { parts: ['phone'], packages: ['node:', 'esbuild'] },
};

/** Single files that may import more than their part, with the reason. */
const alsoReaches: Readonly<Record<string, readonly string[]>> = {
  // The cloud's composition opens the database with every collection.
  'shared/adapters/production.ts': ['data'],
  // What runs inside, beside the shop, is put together from its environment.
  'shared/commands/probe.ts': ['adapters'],
  'shared/commands/ops.ts': ['adapters'],
};

/** Folders below a top folder that are parts of their own. */
const INNER_PARTS: Readonly<Record<string, string>> = {
  'miniprogram/model': 'model',
  'local/phone': 'phone',
};

/** The part of a file: its top folder, its folder in `shared`, or one of `INNER_PARTS`. */
export function partOf(path: string): string {
  const inner = Object.entries(INNER_PARTS).find(([folder]) => path.startsWith(`${folder}/`));
  if (inner !== undefined) return inner[1];
  const [top = '', next = ''] = path.split('/');
  return top === 'shared' ? basename(next, '.ts') : top;
}

const isLocal = (from: string) => from.startsWith('.');

/** What is built for another machine is imported by nothing that runs on this one. */
const FRONT_ENDS = ['console', 'miniprogram', 'model'];
const MAY_SEE_FRONT_ENDS = ['tests', 'tools'];

const frontEndsSeen: Rule = ({ path, imports }) =>
  imports.flatMap(({ from, line }) => {
    const target = partOf(posix.join(posix.dirname(path), from));
    const isSeen = isLocal(from) && FRONT_ENDS.includes(target) && !MAY_SEE_FRONT_ENDS.includes(partOf(path));
    return isSeen ? [`${line}: only a front end imports ${target} (${from})`] : [];
  });

/** Imports follow the layers. Functions never import functions, and only tests and compositions see adapters. */
export const importsWithinReach: Rule = (source) => {
  const { path, imports } = source;
  const own = partOf(path);
  const reach = reaches[own];
  if (reach === undefined) return frontEndsSeen(source);
  return imports.flatMap(({ from, isType, line }) => {
    if (!isLocal(from)) {
      const isAllowed = reach.packages.some(
        (one) => from === one || (/[:/]$/.test(one) && from.startsWith(one)),
      );
      return isAllowed ? [] : [`${line}: ${own} must not import the package ${from}`];
    }
    const file = posix.join(posix.dirname(path), from);
    const target = partOf(file);
    const isAllowed =
      reach.parts.includes(target) ||
      reach.parts.includes(file.replace(/^shared\/|\.ts$/g, '')) ||
      (isType && reach.types?.includes(target)) ||
      alsoReaches[path]?.includes(target);
    return isAllowed ? [] : [`${line}: ${own} must not import ${target} (${from})`];
  });
};

/**
 * Local imports end in `.ts`. zod is imported whole, because importing its named `z` makes a bundle five times larger.
 */
export const importsSpelledRight: Rule = ({ imports }) =>
  imports.flatMap(({ from, names, line }) => {
    if (isLocal(from) && !/\.(tsx?|cjs|json)$/.test(from)) return [`${line}: ${from} does not end in .ts`];
    return from === 'zod' && names.join() !== '*' ? [`${line}: zod is imported as import * as z`] : [];
  });

const IMPURE_NAMES = new Set([
  'process',
  'globalThis',
  'console',
  'performance',
  'fetch',
  'crypto',
  'require',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
]);
const IMPURE_MEMBERS = new Set(['Date.now', 'Math.random']);

const nameOf = (node: unknown): string | null =>
  typeof node === 'object' && node !== null && 'name' in node && typeof node.name === 'string'
    ? node.name
    : null;

function impurity(node: SyntaxNode): string | null {
  if (node.type === 'AwaitExpression') return 'await';
  if (node.async === true) return 'async';
  if (node.type === 'NewExpression' && nameOf(node.callee) === 'Date') {
    return Array.isArray(node.arguments) && node.arguments.length === 0 ? 'new Date()' : null;
  }
  if (node.type === 'MemberExpression') {
    const member = `${nameOf(node.object)}.${nameOf(node.property)}`;
    if (IMPURE_MEMBERS.has(member)) return member;
    const object = nameOf(node.object);
    return object !== null && IMPURE_NAMES.has(object) ? object : null;
  }
  const called = node.type === 'CallExpression' ? nameOf(node.callee) : null;
  return called !== null && IMPURE_NAMES.has(called) ? called : null;
}

const lineOf = (node: SyntaxNode) => node.loc?.start.line ?? 0;

const linesOf = (node: SyntaxNode) => (node.loc?.end.line ?? 0) - lineOf(node) + 1;

/** The domain is pure: it uses no clock, no randomness and nothing outside. */
export const domainIsPure: Rule = ({ path, program }) => {
  if (partOf(path) !== 'domain') return [];
  return [...nodesOf(program)].flatMap((node) => {
    const found = impurity(node);
    return found === null ? [] : [`${lineOf(node)}: ${found} in a rule`];
  });
};

/** Only compositions read the environment. */
export const environmentOnlyInCompositions: Rule = ({ path, program }) => {
  if (!/^(functions|events|shared|client|console|miniprogram|local\/phone)\//.test(path)) return [];
  return [...nodesOf(program)].flatMap((node) => {
    const isEnvironment =
      node.type === 'MemberExpression' &&
      nameOf(node.object) === 'process' &&
      nameOf(node.property) === 'env';
    return isEnvironment ? [`${lineOf(node)}: process.env`] : [];
  });
};

/**
 * A function's file contains one function with the file's name and a doc comment, and is short. An import counts as one
 * line.
 */
export const functionFileIsOneFunction: Rule = ({ path, text, program, exports }) => {
  if (partOf(path) !== 'functions' && partOf(path) !== 'events') return [];
  const name = basename(path, '.ts');
  const wrong: string[] = [];
  if (exports.map((one) => one.name).join() !== name) wrong.push(`1: exports something else than ${name}`);
  const imports = [...nodesOf(program)].filter(({ type }) => type === 'ImportDeclaration');
  const wrapped = imports.reduce((sum, one) => sum + linesOf(one) - 1, 0);
  const lines = text.trimEnd().split('\n').length - wrapped;
  if (lines > FUNCTION_FILE_LINES_MAX) wrong.push(`${lines}: more than ${FUNCTION_FILE_LINES_MAX} lines`);
  return wrong;
};

/** Every export has a doc comment, except a type that stands beside a schema of the same name. */
export const exportsAreDocumented: Rule = ({ path, exports }) => {
  if (!/^(functions|events|shared|tools|local)\//.test(path)) return [];
  const values = new Set(exports.filter(({ kind }) => kind === 'value').map(({ name }) => name));
  return exports
    .filter(({ name, kind, doc }) => doc === null && !(kind === 'type' && values.has(name)))
    .map(({ name, line }) => `${line}: ${name} has no doc comment`);
};

/** A line with a comment is at most 120 columns wide. */
export const commentsAreNarrow: Rule = ({ text, commentLines }) => {
  const lines = text.split('\n');
  return commentLines
    .filter((line) => (lines[line - 1]?.length ?? 0) > COMMENT_COLUMNS_MAX)
    .map((line) => `${line}: a line with a comment is wider than ${COMMENT_COLUMNS_MAX} columns`);
};

const isFunctionNode = ({ type }: SyntaxNode) =>
  type === 'FunctionDeclaration' ||
  type === 'FunctionExpression' ||
  type === 'ArrowFunctionExpression' ||
  type === 'ObjectMethod' ||
  type === 'ClassMethod';

/** Every function below a node, but not those inside them. */
function* outermostFunctions(node: unknown): Generator<SyntaxNode> {
  if (Array.isArray(node)) {
    for (const one of node) yield* outermostFunctions(one);
  } else if (isSyntaxNode(node) && isFunctionNode(node)) {
    yield node;
  } else if (isSyntaxNode(node)) {
    for (const [key, value] of Object.entries(node)) {
      if (!key.endsWith('Comments') && key !== 'loc') yield* outermostFunctions(value);
    }
  }
}

/** The generated clients. Each is the entry of a package of its own. */
const CLIENTS = ['client/client.ts', 'client/staff.ts'];

/**
 * A function fits on a screen. Functions inside it count for themselves, so a table of small ones may be long.
 * `describe` is a list of tests, and the generated client a list of methods.
 */
export const functionsAreShort: Rule = ({ path, program }) => {
  if (path.startsWith('tests/') || CLIENTS.includes(path)) return [];
  return [...nodesOf(program)].filter(isFunctionNode).flatMap((node) => {
    const inner = [...outermostFunctions(node.body)].reduce((sum, one) => sum + linesOf(one) - 1, 0);
    const lines = linesOf(node) - inner;
    return lines > FUNCTION_LINES_MAX ? [`${lineOf(node)}: a function of ${lines} lines`] : [];
  });
};

// Built from parts, so that this file does not match itself.
const LEFTOVER = new RegExp(
  `\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b|@ts-(ignore|nocheck)`,
);

/** No markers of unfinished work are left. */
export const noLeftovers: Rule = ({ text }) =>
  text.split('\n').flatMap((line, index) => (LEFTOVER.test(line) ? [`${index + 1}: ${line.trim()}`] : []));

const WORKPLACE = new RegExp(
  `/(${['wo' + 'rk/(main|shared)', 'tmp/' + 'brief'].join('|')})|\\bissue #?\\d|\\bfounder\\b`,
  'i',
);

/** The project never speaks of where or by whom it was written. */
export const noWorkplace: Rule = ({ text }) =>
  text.split('\n').flatMap((line, index) => (WORKPLACE.test(line) ? [`${index + 1}: ${line.trim()}`] : []));

/**
 * A name is imported from the file that declares it, without barrel files. The generated client is a package of its own
 * and has an entry.
 */
export const noBarrels: Rule = ({ path, program }) => {
  if (CLIENTS.includes(path)) return [];
  return program.body.flatMap((statement) => {
    const isPassedOn =
      statement.type === 'ExportAllDeclaration' ||
      (statement.type === 'ExportNamedDeclaration' && statement.source != null);
    return isPassedOn ? [`${statement.loc?.start.line ?? 0}: passes on what another file exports`] : [];
  });
};

const VAGUE = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'service', 'services']);

/** A name says what a thing does; these words do not. */
export const noVagueNames: Rule = ({ path }) => {
  const words = path
    .replace(/([a-z])(?=[A-Z])/g, '$1 ')
    .toLowerCase()
    .split(/[^a-z]+/);
  return words.some((word) => VAGUE.has(word)) ? [`1: ${path} is a vague name`] : [];
};

/**
 * In a layer with a folder for each area, files stand in these folders. Only files for every area stand at the layer's
 * root, and no function does.
 */
export const filesStandInAreas: Rule = ({ path }) => {
  const layer = LAYERS_WITH_AREAS.find((one) => path.startsWith(`${one}/`));
  if (layer === undefined) return [];
  const folders = path
    .slice(layer.length + 1)
    .split('/')
    .slice(0, -1);
  if (folders.length === 0)
    return layer.startsWith('shared/') ? [] : [`1: a function stands in an area's folder`];
  const isArea = folders.length === 1 && AREAS.some((area) => area === folders[0]);
  return isArea ? [] : [`1: ${folders.join('/')} is no area (tools/areas.ts)`];
};

/** Files in `tests/` that are commands. They measure time, or wait for it. */
const TIMED = /^tests\/(bars|bench|chaos|load)\/|^tests\/\w+\/run\.ts$/;
const TIMERS = new Set(['setTimeout', 'setInterval', 'performance']);

function timing(node: SyntaxNode): string | null {
  if (node.type === 'MemberExpression' && nameOf(node.property) === 'hrtime') return 'hrtime';
  const name =
    node.type === 'CallExpression'
      ? nameOf(node.callee)
      : node.type === 'MemberExpression'
        ? nameOf(node.object)
        : null;
  return name !== null && TIMERS.has(name) ? name : null;
}

/** Whether a test has a time limit of its own: a third argument. */
function hasLimit({ type, callee, arguments: given }: SyntaxNode): boolean {
  return type === 'CallExpression' && TEST_CALLS.has(calledName(callee) ?? '') && Array.isArray(given)
    ? given.length > 2
    : false;
}

/**
 * No test sleeps, measures time or has a time limit of its own, so it ends the same on a slow and busy machine. It
 * waits for an event or for turns of the event loop, or moves a clock of its own.
 */
export const testsKeepNoTime: Rule = ({ path, program, imports }) => {
  if (!path.startsWith('tests/') || (TIMED.test(path) && !path.endsWith('.test.ts'))) return [];
  const timed = imports.filter(({ from }) => /^(node:)?(timers(\/promises)?|perf_hooks)$/.test(from));
  return [
    ...timed.map(({ from, line }) => `${line}: ${from}`),
    ...[...nodesOf(program)].flatMap((node) => {
      const found = timing(node);
      if (found !== null) return [`${lineOf(node)}: ${found} in a test`];
      return hasLimit(node) ? [`${lineOf(node)}: a limit of its own`] : [];
    }),
  ];
};

const TEST_CALLS = new Set(['test', 'it']);

/** The called name: `test` for `test(…)` and for `test.each(…)(…)`. */
function calledName(node: unknown): string | null {
  if (typeof node !== 'object' || node === null || !('type' in node)) return null;
  if (node.type === 'Identifier') return nameOf(node);
  if (node.type === 'MemberExpression' && 'object' in node) return calledName(node.object);
  if ((node.type === 'CallExpression' || node.type === 'TaggedTemplateExpression') && 'callee' in node) {
    return calledName(node.callee);
  }
  return 'tag' in node ? calledName(node.tag) : null;
}

function callsIn(node: unknown): Set<string> {
  const names = [...nodesOf(node)]
    .filter(({ type }) => type === 'CallExpression')
    .map(({ callee }) => calledName(callee));
  return new Set(names.filter((name) => name !== null));
}

/**
 * The names in a file that assert when they are called: `expect`, and every function of the file that calls one of
 * them.
 */
function assertingNames(source: Source): Set<string> {
  const asserting = new Set(['expect']);
  // A name that is imported from the tests' support and starts with `expect` or `assert`.
  for (const { from, names } of source.imports) {
    if (isLocal(from)) for (const name of names) if (/^(expect|assert)/.test(name)) asserting.add(name);
  }
  const declared = [...nodesOf(source.program)].flatMap((node) => {
    if (node.type !== 'FunctionDeclaration' && node.type !== 'VariableDeclarator') return [];
    const name = nameOf(node.id);
    return name === null
      ? []
      : [{ name, calls: callsIn(node.type === 'FunctionDeclaration' ? node.body : node.init) }];
  });
  for (let before = 0; before < asserting.size; ) {
    before = asserting.size;
    for (const { name, calls } of declared) {
      if ([...calls].some((call) => asserting.has(call))) asserting.add(name);
    }
  }
  return asserting;
}

/** Every test asserts something. */
export const testsAssert: Rule = (source) => {
  if (!source.path.endsWith('.test.ts')) return [];
  const asserting = assertingNames(source);
  return [...nodesOf(source.program)].flatMap((node) => {
    if (node.type !== 'CallExpression' || !Array.isArray(node.arguments)) return [];
    const isTest = TEST_CALLS.has(calledName(node.callee) ?? '') && node.arguments.length >= 2;
    if (!isTest) return [];
    const work: unknown = node.arguments[1];
    const named = nameOf(work);
    const isAsserting = [...callsIn(work), ...(named === null ? [] : [named])].some((name) =>
      asserting.has(name),
    );
    return isAsserting ? [] : [`${lineOf(node)}: a test without an expectation`];
  });
};

const SAVED = ['tx', 'before', 'after'];

/**
 * Data modules save in one way, `save…(tx, before, after)`: unchanged documents are not written, and removed ones are
 * detected.
 */
export const dataIsSavedOneWay: Rule = ({ path, program }) => {
  if (partOf(path) !== 'data' || path === 'shared/data/collection.ts') return [];
  return program.body.flatMap((node) => {
    const own = node.type === 'ExportNamedDeclaration' ? node.declaration : null;
    if (own?.type !== 'FunctionDeclaration') return [];
    const name = own.id?.name ?? '';
    const taken = own.params.map((param) => nameOf(param));
    const isSave = /^save(?![a-z])/.test(name);
    const isOther = /^(?:put|set|store|update|upsert|write)(?![a-z])/.test(name);
    if (!isOther && (!isSave || taken.join() === SAVED.join())) return [];
    return [`${node.loc?.start.line}: ${name}(${taken.join(', ')}) is not save(${SAVED.join(', ')})`];
  });
};

const PRODUCT_STORED = /\bproducts\.insert\(|\b(?:insert|put)\([^)]*\bproducts\.collection\b/;

/** Tests have products in one of two ways: stored by `given/course.ts`, or made by staff's calls. */
export const productsAreGiven: Rule = ({ path, text }) => {
  const isHome = path === 'tests/support/given/course.ts' || path === 'tests/tidy.test.ts';
  if (!path.startsWith('tests/') || isHome) return [];
  return text
    .split('\n')
    .flatMap((line, index) =>
      PRODUCT_STORED.test(line) ? [`${index + 1}: a product is stored by givenProduct or givenCourse`] : [],
    );
};

/** The name at the root of `a.b[c]`. */
function rootName(node: unknown): string | null {
  if (typeof node !== 'object' || node === null || !('type' in node)) return null;
  return node.type === 'MemberExpression' && 'object' in node ? rootName(node.object) : nameOf(node);
}

/** What a node changes: the target of an assignment, of `++` or of `delete`. */
function changedBy({ type, left, argument, operator }: SyntaxNode): unknown {
  if (type === 'AssignmentExpression') return left;
  return type === 'UpdateExpression' || (type === 'UnaryExpression' && operator === 'delete')
    ? argument
    : null;
}

/**
 * A page or part of the mini-program keeps nothing in its module: two pages of one kind are open at the same time and
 * share it, and the second one would show, and buy, what belongs to the first. Only `wx/` knows what the whole phone
 * shares.
 */
export const stateIsOnInstances: Rule = ({ path, program }) => {
  if (!path.startsWith('miniprogram/') || path.startsWith('miniprogram/wx/') || path.endsWith('.d.ts'))
    return [];
  const own = new Set(program.body.flatMap(declaredIn));
  const declared = program.body.flatMap((statement) => {
    const found = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (found?.type !== 'VariableDeclaration') return [];
    const isKept =
      found.kind !== 'const' || found.declarations.some(({ init }) => init?.type === 'NewExpression');
    return isKept ? [`${found.loc?.start.line}: state in the module`] : [];
  });
  const changed = [...nodesOf(program)].flatMap((node) => {
    const target = changedBy(node);
    const root = typeof target === 'object' && target !== null ? rootName(target) : null;
    const isMember = isSyntaxNode(target) && target.type === 'MemberExpression';
    return isMember && root !== null && own.has(root)
      ? [`${lineOf(node)}: changes ${root} of the module`]
      : [];
  });
  return [...declared, ...changed];
};

/** Every rule that checks one file at a time. */
export const rules: Readonly<Record<string, Rule>> = {
  importsWithinReach,
  importsSpelledRight,
  domainIsPure,
  environmentOnlyInCompositions,
  functionFileIsOneFunction,
  exportsAreDocumented,
  commentsAreNarrow,
  functionsAreShort,
  noLeftovers,
  noWorkplace,
  noBarrels,
  noVagueNames,
  filesStandInAreas,
  testsAssert,
  dataIsSavedOneWay,
  productsAreGiven,
  testsKeepNoTime,
  stateIsOnInstances,
};

/** The import circles between files, types included; empty when there is none. */
export function importCircles(sources: readonly Source[]): string[][] {
  const targets = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports.filter(({ from }) => isLocal(from)).map(({ from }) => posix.join(posix.dirname(path), from)),
    ]),
  );
  const circles: string[][] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at !== -1) circles.push([...trail.slice(at)]);
    if (at !== -1 || done.has(path)) return;
    for (const target of targets.get(path) ?? []) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const path of targets.keys()) walk(path, []);
  return circles;
}
