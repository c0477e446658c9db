import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parse } from '@babel/parser';
import { buyRoutes, routes, studyRoutes } from '../../miniprogram/model/routes.ts';
import { buildMiniProgram, packageBytes, refusedIn, releaseMiniProgram } from '../../tools/miniprogram.ts';
import { isSyntaxNode, nodesOf, ROOT, type SyntaxNode } from '../../tools/sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'zhike-miniprogram-'));
const API = 'https://api.example.com';

beforeAll(() => buildMiniProgram(folder, { apiUrl: API, appid: 'wx0123456789abcdef', consoleUrl: '' }));
afterAll(() => rmSync(folder, { recursive: true }));

/** Where a subscription is asked for when the tap is over: after something was awaited, or in what is called later. */
function askedTooLate(code: string): readonly number[] {
  const nodes = [...nodesOf(parse(code).program)];
  const isWithin = (inner: SyntaxNode, outer: SyntaxNode) =>
    Number(outer.start) <= Number(inner.start) && Number(inner.end) <= Number(outer.end);
  const innermost = (one: SyntaxNode) =>
    nodes.findLast((node) => /Function|Method/.test(node.type) && node !== one && isWithin(one, node));
  const isCallOf = ({ type, start, callee }: SyntaxNode, name: RegExp) =>
    type === 'CallExpression' &&
    isSyntaxNode(callee) &&
    name.test(code.slice(Number(start), Number(callee.end)));
  return nodes
    .filter((node) => isCallOf(node, /\.requestSubscribeMessage$/))
    .filter((call) => {
      const around = innermost(call);
      const isAfterAwait = nodes.some(
        (node) =>
          node.type === 'AwaitExpression' &&
          innermost(node) === around &&
          Number(node.end) < Number(call.start),
      );
      const isCalledLater = nodes.some(
        (node) =>
          node !== call && isCallOf(node, /(?:\.(?:then|catch|finally)|setTimeout)$/) && isWithin(call, node),
      );
      return isAfterAwait || isCalledLater;
    })
    .map(({ loc }) => loc?.start.line ?? 0);
}

const filesIn = (path: string) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)));

const text = (path: string) => readFileSync(join(folder, path), 'utf8');

interface App {
  readonly pages: readonly string[];
  readonly subPackages: readonly { readonly root: string; readonly pages: readonly string[] }[];
  readonly tabBar: { readonly list: readonly { readonly pagePath: string }[] };
}
const app = JSON.parse(readFileSync(join(ROOT, 'miniprogram/app.json'), 'utf8')) as App;
const pages = [
  ...app.pages,
  ...app.subPackages.flatMap((one) => one.pages.map((page) => `${one.root}/${page}`)),
];

describe('what is built', () => {
  test('each package is smaller than its bound, and so is the whole', async () => {
    const { main, subpackages, all } = await packageBytes(folder);
    expect(main).toBeLessThanOrEqual(300_000);
    for (const bytes of Object.values(subpackages)) expect(bytes).toBeLessThanOrEqual(250_000);
    expect(all).toBeLessThanOrEqual(1_000_000);
  });

  test('trap 14: no file has a missing global or syntax after ES2018', () => {
    const wrong = filesIn(folder)
      .filter((file) => file.endsWith('.js'))
      .flatMap((file) => refusedIn(text(file)).map((what) => `${file}: ${what}`));
    expect(wrong).toEqual([]);
  });

  test('every page of app.json is there with its four files, and no other page is', () => {
    const built = filesIn(folder);
    for (const page of pages) {
      for (const ending of ['js', 'json', 'wxml']) expect(built).toContain(`${page}.${ending}`);
    }
    const folders = [...app.subPackages.map(({ root }) => root), 'pages'];
    const templates = built.filter(
      (file) => file.endsWith('.wxml') && folders.includes(file.split('/')[0] ?? ''),
    );
    expect(templates.map((file) => file.replace(/\.wxml$/, '')).sort()).toEqual([...pages].sort());
  });

  test('what a file requires is in its own package or in the main one', () => {
    const roots = app.subPackages.map(({ root }) => `${root}/`);
    const packageOf = (file: string) => roots.find((root) => file.startsWith(root)) ?? '';
    for (const file of filesIn(folder).filter((one) => one.endsWith('.js'))) {
      for (const [, target = ''] of text(file).matchAll(/require\("([^"]+)"\)/g)) {
        const found = relative(folder, join(folder, file, '..', target));
        expect(filesIn(folder)).toContain(found);
        expect(['', packageOf(file)]).toContain(packageOf(found));
      }
    }
  });

  test('the address of the API is in it, and no source is', () => {
    expect(text('wx/client.js')).toContain(API);
    expect(filesIn(folder).filter((file) => /\.ts$|tsconfig|fetch\.js$/.test(file))).toEqual([]);
  });
});

describe('what is refused', () => {
  test.each([
    ['fetch("/")', 'fetch'],
    ['new Proxy({}, {})', 'Proxy'],
    ['window.x = 1', 'window'],
    ['eval("1")', 'eval'],
    ['a ?? b', '??'],
    ['a?.b', 'OptionalMemberExpression'],
    ['a ||= b', '||='],
    ['class A { x = 1 }', 'ClassProperty'],
    ['try { a() } catch { b() }', 'catch without a name'],
    ['1n', 'BigIntLiteral'],
  ])('%s', (code, found) => {
    expect(refusedIn(code)).toContain(found);
  });

  test.each(['wx.fetch()', '({ window: 1 })', 'a && b', 'async () => { for await (const x of y) z(...x); }'])(
    'but not %s',
    (code) => {
      expect(refusedIn(code)).toEqual([]);
    },
  );
});

describe('every page', () => {
  const templateOf = (page: string) => readFileSync(join(ROOT, 'miniprogram', `${page}.wxml`), 'utf8');

  test.each(pages)('%s says when the network is away', (page) => {
    expect(templateOf(page)).toMatch(/^<offline-bar \/>\n/);
  });

  test('that uses personal data can ask whether it may', () => {
    const uses = pages.filter((page) =>
      /getPhoneNumber|chooseAvatar|setClipboardData/.test(
        templateOf(page) + readFileSync(join(ROOT, 'miniprogram', `${page}.ts`), 'utf8'),
      ),
    );
    expect(uses).toContain('own/profile/profile');
    for (const page of uses) expect(templateOf(page)).toContain('<consent />');
  });

  test('every address leads to a page', () => {
    const given = [
      ...[routes.detail('x'), routes.terms('terms'), buyRoutes.checkout(['x'])],
      ...[studyRoutes.player('x'), studyRoutes.reader('x', 'y')],
    ];
    const plain = Object.values({ ...routes, ...buyRoutes }).filter((one) => typeof one === 'string');
    const made = [...given, ...plain];
    const known = made.map((url) => url.slice(1).split('?')[0]);
    const built = known.filter((page) => app.subPackages.some(({ root }) => page?.startsWith(`${root}/`)));
    expect(pages).toEqual(expect.arrayContaining(built));
    for (const { pagePath } of app.tabBar.list) expect(known).toContain(pagePath);
  });

  test('trap 6: wx.login is called where somebody logs in and nowhere else', () => {
    const callers = filesIn(join(ROOT, 'miniprogram')).filter(
      (file) =>
        file.endsWith('.ts') && readFileSync(join(ROOT, 'miniprogram', file), 'utf8').includes('wx.login('),
    );
    expect(callers).toEqual(['wx/login.ts']);
  });

  test.each([
    ['async () => { await a(); wx.requestSubscribeMessage(b); }', 1],
    ['async () => { for (;;) { await a(); } wx.requestSubscribeMessage(b); }', 1],
    ['a().then(() => wx.requestSubscribeMessage(b))', 1],
    ['setTimeout(() => { wx.requestSubscribeMessage(b); })', 1],
    ['async () => { await a(); own.on = () => b; }; async () => { await wx.requestSubscribeMessage(c); }', 0],
    ['({ async tap() { const asked = wx.requestSubscribeMessage(b); await a(); await asked; } })', 0],
  ])('trap 16: the rule knows what is asked for too late: %s', (code, count) => {
    expect(askedTooLate(code)).toHaveLength(count);
  });

  test('trap 16: no built file asks for a subscription after something was awaited', () => {
    const wrong = filesIn(folder)
      .filter((file) => file.endsWith('.js'))
      .flatMap((file) => askedTooLate(text(file)).map((line) => `${file}:${line}`));
    expect(wrong).toEqual([]);
  });

  const templates = () => filesIn(join(ROOT, 'miniprogram')).filter((file) => file.endsWith('.wxml'));
  const fieldsOf = (template: string) => template.match(/<(?:input|textarea)\b[^>]*>/g) ?? [];

  test('trap 21: every field keeps its distance from the keyboard', () => {
    const fields = templates().flatMap((file) =>
      fieldsOf(readFileSync(join(ROOT, 'miniprogram', file), 'utf8')).map((field) => `${file}: ${field}`),
    );
    expect(fields.length).toBeGreaterThan(9);
    expect(fields.filter((field) => !/ cursor-spacing="\{\{\d{2,}\}\}"/.test(field))).toEqual([]);
  });

  test('trap 21: a bar beside a field is hidden while the field has the focus', () => {
    const both = pages.filter(
      (page) => /<bar\b/.test(templateOf(page)) && fieldsOf(templateOf(page)).length > 0,
    );
    expect(both).toContain('buy/refund/refund');
    for (const page of both) {
      expect(templateOf(page)).toMatch(/<bar [^>]*isHidden="\{\{isTyping\}\}"/);
      for (const field of fieldsOf(templateOf(page)))
        expect(field).toMatch(/ bindfocus="typing" bindblur="typed"/);
    }
  });

  test('trap 17: one file listens for the question about privacy, and one for the network', () => {
    const sources = filesIn(join(ROOT, 'miniprogram')).filter((file) => file.endsWith('.ts'));
    const callersOf = (call: string) =>
      sources.filter((file) => readFileSync(join(ROOT, 'miniprogram', file), 'utf8').includes(call));
    expect(callersOf('wx.onNeedPrivacyAuthorization(')).toEqual(['wx/privacy.ts']);
    expect(callersOf('wx.onNetworkStatusChange(')).toEqual(['wx/network.ts']);
  });
});

describe('npm run build', () => {
  test('builds nothing for a shop without an address, and says what is missing', async () => {
    expect(await releaseMiniProgram(join(folder, 'none'), {})).toEqual([
      'miniprogram: not built, because it needs API_URL and WECHAT_APPID',
    ]);
  });

  test('says which domains have to be entered', async () => {
    const outdir = join(folder, 'release');
    const environment = { API_URL: `${API}/shop`, WECHAT_APPID: 'wx1', MEDIA_HOST: 'media.example.com' };
    const lines = await releaseMiniProgram(outdir, environment);
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringContaining(`request       ${API}`),
        expect.stringContaining('downloadFile  https://media.example.com'),
      ]),
    );
    const config: unknown = JSON.parse(readFileSync(join(outdir, 'project.config.json'), 'utf8'));
    expect(config).toMatchObject({ appid: 'wx1', compileType: 'miniprogram' });
    rmSync(outdir, { recursive: true });
  });

  test.each(['http://api.example.com', 'https://api.example.com/', 'api.example.com'])(
    'refuses an API at %s',
    async (url) => {
      const environment = { API_URL: url, WECHAT_APPID: 'wx1' };
      await expect(releaseMiniProgram(join(folder, 'none'), environment)).rejects.toThrow('API_URL');
    },
  );
});
