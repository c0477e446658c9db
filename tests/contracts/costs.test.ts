/** Compares the scarce resources that a function can reach by its imports with the costs that its contract declares. */
import { posix } from 'node:path';
import type { Cost } from '../../shared/function.ts';
import { readManifest } from '../../tools/manifest.ts';
import { filesBelow, isSyntaxNode, nodesOf, readSource, type Source } from '../../tools/sources.ts';

/** For each cost, the file of `shared/ports` with its methods, and how a call of one looks before the method's name. */
const PORTS: readonly { readonly cost: Cost; readonly port: string; readonly receiver: string }[] = [
  { cost: 'password', port: 'passwords', receiver: 'passwords' },
  { cost: 'platform', port: 'wechat', receiver: 'wechat' },
  { cost: 'platform', port: 'safety', receiver: 'safety' },
  { cost: 'platform', port: 'messages', receiver: 'messages' },
  { cost: 'platform', port: 'rail', receiver: '(?:[rR]ail|railOf\\([^)]*\\)|wxpay|xpay)' },
  { cost: 'signature', port: 'files', receiver: 'files' },
];

/** Flows whose own work is as expensive as a call to a platform. */
const FLOWS: readonly { readonly cost: Cost; readonly file: string }[] = [
  { cost: 'search', file: 'shared/flows/catalogue/searchCatalogue.ts' },
  { cost: 'export', file: 'shared/flows/operations/exportCsv.ts' },
];

const sources = new Map<string, Source>(
  ['functions', 'shared'].flatMap(filesBelow).map((path) => [path, readSource(path)]),
);

/** The names of a port's asynchronous methods: those that may call a platform. */
function methodsOf(port: string): string[] {
  const methods = [...nodesOf(sources.get(`shared/ports/${port}.ts`)?.program)].filter(
    ({ type, typeAnnotation }) =>
      type === 'TSMethodSignature' && /"name":"Promise"/.test(JSON.stringify(typeAnnotation)),
  );
  return methods.flatMap(({ key }) => (isSyntaxNode(key) ? String(key.name) : []));
}

const patterns = PORTS.map(({ cost, port, receiver }) => ({
  cost,
  pattern: new RegExp(`\\b${receiver}\\.(?:${methodsOf(port).join('|')})\\(`),
}));

/** The costs that a text causes by itself. */
function costsIn(text: string): Cost[] {
  return patterns.filter(({ pattern }) => pattern.test(text)).map(({ cost }) => cost);
}

/** The function's own file and the flows that it runs, directly or indirectly. */
function reached(path: string, seen = new Set<string>()): Set<string> {
  const source = sources.get(path);
  if (source === undefined || seen.has(path)) return seen;
  seen.add(path);
  for (const { from, isType } of source.imports) {
    const file = posix.join(posix.dirname(path), from);
    if (!isType && file.startsWith('shared/flows/')) reached(file, seen);
  }
  return seen;
}

function costsOf(path: string): Set<Cost> {
  const files = [...reached(path)];
  const own = files.flatMap((file) => costsIn(sources.get(file)?.text ?? ''));
  const flows = FLOWS.filter(({ file }) => files.includes(file)).map(({ cost }) => cost);
  return new Set([...own, ...flows]);
}

describe('what is scarce', () => {
  test('the methods of every port are known, and each kind of call is seen somewhere', () => {
    expect(methodsOf('passwords')).toEqual(['hash', 'verify']);
    expect(methodsOf('wechat')).toEqual(['codeToSession', 'phoneNumber', 'checkSession']);
    expect(methodsOf('safety')).toEqual(['checkText', 'checkMedia']);
    expect(methodsOf('messages')).toEqual(['send']);
    expect(methodsOf('rail')).toEqual(
      expect.arrayContaining(['open', 'query', 'close', 'refund', 'queryRefund']),
    );
    expect(methodsOf('files')).toEqual(['signedUrl', 'uploadLink', 'read', 'find', 'remove']);
    const all = [...sources.values()].filter(({ path }) => !path.startsWith('shared/adapters/'));
    const seen = new Set(all.flatMap(({ text }) => costsIn(text)));
    expect([...seen].sort()).toEqual(['password', 'platform', 'signature']);
  });

  test('every route declares the costs that it can cause, and no others', async () => {
    const { functions } = await readManifest();
    const wrong = functions.flatMap(({ name, file, own }) => {
      if (own.kind !== 'http') return [];
      const costs = [...costsOf(file)].sort().join();
      const said = own.contract.cost ?? '';
      return costs === said ? [] : [`${name} can reach ${costs || 'nothing'} and says ${said || 'nothing'}`];
    });
    expect(wrong).toEqual([]);
  });
});
