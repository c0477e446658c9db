/**
 * The pages for people: a start page, the figures, the API reference, made from the generated document with a viewer
 * from npm, and the project's own pages.
 */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compress, takes } from '../shared/runtime/encoding.ts';
import type { HttpRequest, HttpResponse } from '../shared/runtime/exchange.ts';
import { FIGURES_SCRIPT, figuresPage } from './figuresPage.ts';

/** The project's folder. The bundles stand two levels below it, and the source one. */
const ROOT = join(__dirname, existsSync(join(__dirname, 'pages.ts')) ? '..' : '../..');
const VIEWER = join(ROOT, 'node_modules', 'swagger-ui-dist');

/** The only files that are served, by path. No path from a request ever reaches the file system. */
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/docs/openapi.json': [join(ROOT, 'docs', 'openapi.json'), 'application/json; charset=utf-8'],
  '/docs/viewer.js': [join(VIEWER, 'swagger-ui-bundle.js'), 'text/javascript; charset=utf-8'],
  '/docs/viewer.css': [join(VIEWER, 'swagger-ui.css'), 'text/css; charset=utf-8'],
};

const HTML = 'text/html; charset=utf-8';

const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --text: #1f2329; --soft: #646a73; --box: #f5f6f7; --line: #e5e6eb; --green: #067a3e }
@media (prefers-color-scheme: dark) {
  :root { --ground: #17181a; --text: #e8e9eb; --soft: #a1a5ad; --box: #222426; --line: #34373b; --green: #3ddc84 }
}
body { font: 16px/1.7 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif; max-width: 46rem; margin: 3rem auto;
  padding: 0 1rem; color: var(--text); background: var(--ground) }
h1 { font-size: 1.8rem; line-height: 1.3; margin: 0 0 .5rem }
h2 { font-size: 1.2rem; margin: 2.5rem 0 0; padding-top: 1.5rem; border-top: 1px solid var(--line) }
p { margin: .25rem 0 } ul { padding-left: 1.2rem }
[lang=en] { color: var(--soft); font-size: .9em }
a { color: var(--green); text-underline-offset: 3px }
code, pre { font: .85em/1.6 ui-monospace, Menlo, Consolas, monospace; background: var(--box); border-radius: 4px }
code { padding: .1em .35em; overflow-wrap: anywhere }
pre { padding: .7em .9em; margin: .4rem 0 1.4rem; overflow-x: auto; border: 1px solid var(--line); white-space: pre-wrap;
  overflow-wrap: anywhere }
`;

/** The addresses on this machine that the start page shows, and what its pages read. */
export interface PagesOptions {
  readonly url: string;
  /** The learner's phone, which the simulators play. */
  readonly phone: string;
  /** The figures now, as plain data. */
  readonly figures: () => unknown;
  /** The page for who collects figures. */
  readonly metrics: (request: HttpRequest) => Promise<HttpResponse | null>;
}

/** What can be tried from a terminal: in Chinese, in English, and the command. */
const steps = ({
  url,
  phone,
}: Pick<PagesOptions, 'url' | 'phone'>): readonly (readonly [zh: string, en: string, command: string])[] => [
  [
    '手机上的 wx.login，得到 code',
    'What wx.login does on the phone: it answers a code',
    `curl -d '{"name":"xiaoming"}' ${phone}/phone/login`,
  ],
  [
    '用 code 登录，得到 token；在接口文档里点 Authorize 填入',
    'Log in with the code; the token goes into “Authorize” in the reference',
    `curl -H 'content-type: application/json' -d '{"code":"…"}' ${url}/api/login`,
  ],
  [
    '下单并发起支付之后，在手机上确认：把 payment 原样交给手机，加上 name。微信支付（"platform":"web"）：',
    'Hand what payOrder answered to the phone, with a name. WeChat Pay:',
    `curl -d '{"name":"xiaoming","rail":"wxpay","timeStamp":"…","nonceStr":"…","package":"…","signType":"RSA","paySign":"…"}' ${phone}/phone/pay`,
  ],
  [
    '虚拟支付（"platform":"android" 或 "ios"）：',
    'Virtual payment:',
    `curl -d '{"name":"xiaoming","rail":"xpay","mode":"…","signData":"…","paySig":"…","signature":"…"}' ${phone}/phone/pay`,
  ],
  [
    '苹果自行退款',
    'Apple gives the money back by itself',
    `curl -d '{"orderNumber":"ord_…","isAsked":false}' ${phone}/control/apple`,
  ],
  [
    '在商户平台手工退款（可加 "refundFen" 只退一部分）',
    "A refund by hand at the merchant's console, of all that is left or of a part",
    `curl -d '{"rail":"wxpay","orderNumber":"ord_…"}' ${phone}/control/refund`,
  ],
  [
    '把时钟拨快一天，到对账的时候；此后动态验证码要按拨过的时间生成',
    "A day ahead, for the bills (staff: npm run staff); from then on an authenticator's codes are those of the moved clock",
    `curl -d '{"ms":86400000}' ${phone}/control/clock`,
  ],
  [
    '或拨到北京时间的某一刻（只能向后拨）',
    'Or until a minute in Beijing, never back',
    `curl -d '{"until":"2030-01-01T10:00"}' ${phone}/control/clock`,
  ],
  [
    '让账单少一笔（missing）、差一分（amount）或多出一笔（foreign），再看对账差异；null 恢复',
    'A bill that lacks a payment, is a fen off or has one too many, for reconciliation to find; null makes bills right again',
    `curl -d '{"rail":"wxpay","wrong":"missing"}' ${phone}/control/bills`,
  ],
];

const home = (options: PagesOptions) => `<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>知课 Zhike</title>
<style>${STYLE}</style>
<h1>知课 Zhike</h1>
<p>微信小程序知识付费业务的后端，整套系统正在这台电脑上运行：内嵌数据库、消息代理、定时器，以及微信与微信支付的模拟器。</p>
<p lang="en">The backend of a paid-knowledge business in a WeChat mini-program, running whole on this machine.</p>
<ul>
<li><a href="/figures">运行状况 Figures</a>：调用、任务、熔断与告警 · <a href="/docs/runbook.zh-CN.md">运维手册</a> <a href="/docs/runbook.md">Runbook</a></li>
<li><a href="/docs">接口文档 API reference</a> · <a href="/docs/openapi.json">OpenAPI 3.1</a></li>
<li><a href="/api/courses">课程列表</a> <code>GET /api/courses</code></li>
<li><a href="/api/products">全部商品</a>：课程、会员、电子书、音频、套餐、专栏 <code>GET /api/products</code></li>
<li><a href="/api/promotions/flash-sales">限时秒杀</a> <code>GET /api/promotions/flash-sales</code></li>
<li><a href="/api/courses/search?q=%E6%95%B0%E6%8D%AE">搜索“数据”</a> <code>GET /api/courses/search?q=数据</code></li>
<li><a href="/api/coupons">可领的优惠券</a> <code>GET /api/coupons</code></li>
</ul>
<h2>试一试 <span lang="en">Try it</span></h2>
${steps(options)
  .map(([zh, en, command]) => `<p>${zh}</p><p lang="en">${en}</p><pre>${command}</pre>`)
  .join('\n')}
`;

const REFERENCE = `<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>知课 API</title>
<link rel="stylesheet" href="/docs/viewer.css">
<div id="reference"></div>
<script src="/docs/viewer.js"></script>
<script src="/docs/start.js"></script>
`;

/** The viewer's script. It loads nothing from other hosts, and sends nothing out to a validator. */
const START = `document.documentElement.classList.toggle('dark-mode', matchMedia('(prefers-color-scheme: dark)').matches);
SwaggerUIBundle({ url: '/docs/openapi.json', dom_id: '#reference', validatorUrl: null, deepLinking: true, docExpansion: 'none' });
`;

/** The project's pages, which the runbook links to. They are rendered when they are asked for. */
const DOCS = join(ROOT, 'docs');

const DOC_STYLE = `
html[lang=en] { font-size: 1em }
body { max-width: 52rem }
h3 { margin: 2rem 0 .25rem } h3:target { outline: 2px solid var(--green); outline-offset: 6px; border-radius: 2px }
a[id] { scroll-margin-top: 1rem }
p, li { margin: .5rem 0 } table { border-collapse: collapse; display: block; overflow-x: auto; font-size: .95em }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line) }
`;

async function rendered(file: string): Promise<string> {
  const { marked } = await import('marked');
  const text = await readFile(join(DOCS, file), 'utf8');
  const title = /^# (.*)$/m.exec(text)?.[1] ?? file;
  const lang = file.includes('zh-CN') ? 'zh-CN' : 'en';
  return `<!doctype html>
<html lang="${lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>${title} · 知课</title>
<style>${STYLE}${DOC_STYLE}</style>
<main>${await marked.parse(text)}</main>
`;
}

/** The pages by path. No path from a request ever reaches the file system. */
function documentPages(): Readonly<Record<string, readonly [text: () => Promise<string>, type: string]>> {
  const names = readdirSync(DOCS, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  );
  const pages = names.map((name) => [`/docs/${name}`, [() => rendered(name), HTML]] as const);
  return Object.fromEntries(pages);
}

const HEADERS = {
  'cache-control': 'no-cache',
  vary: 'accept-encoding',
  'x-content-type-options': 'nosniff',
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
};

/** A page in memory, plain and compressed. */
interface Kept {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzip: Buffer;
}

/**
 * The page at a path, or null when there is none. Each page is read and compressed once, at its first request; later
 * requests share the same bytes.
 */
export function createPages(options: PagesOptions): (request: HttpRequest) => Promise<HttpResponse | null> {
  const made: Readonly<Record<string, readonly [text: () => Promise<string>, type: string]>> = {
    '/': [async () => home(options), HTML],
    '/docs': [async () => REFERENCE, HTML],
    '/docs/': [async () => REFERENCE, HTML],
    '/figures': [async () => figuresPage(STYLE), HTML],
    '/figures.js': [async () => FIGURES_SCRIPT, 'text/javascript; charset=utf-8'],
    ...documentPages(),
    '/docs/start.js': [async () => START, 'text/javascript; charset=utf-8'],
    ...Object.fromEntries(
      Object.entries(FILES).map(([path, [file, type]]) => [path, [() => readFile(file, 'utf8'), type]]),
    ),
  };
  const kept = new Map<string, Promise<Kept>>();

  async function make(path: string): Promise<Kept> {
    const [textOf, type] = made[path] ?? [];
    if (textOf === undefined || type === undefined) throw new Error(`no page at ${path}`);
    const text = await textOf();
    return { type, plain: Buffer.from(text), gzip: await compress(text, 'gzip') };
  }

  return async (request) => {
    const { method, path, headers } = request;
    if (path === '/metrics') return options.metrics(request);
    if (path === '/figures.json' && method === 'GET') {
      const now = {
        ...HEADERS,
        'cache-control': 'no-store',
        'content-type': 'application/json; charset=utf-8',
      };
      return { status: 200, headers: now, body: JSON.stringify(options.figures()) };
    }
    if ((method !== 'GET' && method !== 'HEAD') || !Object.hasOwn(made, path)) return null;
    const making = kept.get(path) ?? make(path);
    kept.set(path, making);
    // A failed read is not kept, so the next request tries again.
    making.catch(() => kept.delete(path));
    const { type, plain, gzip } = await making;
    const isPlain = !takes(headers['accept-encoding'], 'gzip');
    const encoding = isPlain ? {} : { 'content-encoding': 'gzip' };
    return {
      status: 200,
      headers: { ...HEADERS, ...encoding, 'content-type': type },
      body: isPlain ? plain : gzip,
    };
  };
}
