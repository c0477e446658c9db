/**
 * The pages for people: a start page, and the API reference, made from the generated document with a viewer from npm.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compress, takes } from '../shared/runtime/encoding.ts';
import type { HttpRequest, HttpResponse } from '../shared/runtime/exchange.ts';

/** The project's folder. The bundles stand two levels below it. */
const ROOT = join(__dirname, '..', '..');
const VIEWER = join(ROOT, 'node_modules', 'swagger-ui-dist');

/** The only files that are served, by path. No path from a request ever reaches the file system. */
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/docs/openapi.json': [join(ROOT, 'docs', 'openapi.json'), 'application/json; charset=utf-8'],
  '/docs/viewer.js': [join(VIEWER, 'swagger-ui-bundle.js'), 'text/javascript; charset=utf-8'],
  '/docs/viewer.css': [join(VIEWER, 'swagger-ui.css'), 'text/css; charset=utf-8'],
};

const STYLE =
  'body{font:16px/1.7 system-ui,"PingFang SC","Noto Sans CJK SC",sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem;color:#222}code{background:#f3f3f3;padding:.1em .3em;border-radius:3px}a{color:#07c160}pre{background:#f3f3f3;padding:1em;white-space:pre-wrap}';

/** The addresses on this machine that the start page shows. */
export interface PagesOptions {
  readonly url: string;
  /** The learner's phone, which the simulators play. */
  readonly phone: string;
}

const home = ({ url, phone }: PagesOptions) => `<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>知课 Zhike</title>
<style>${STYLE}</style>
<h1>知课 Zhike</h1>
<p>微信小程序知识付费业务的后端，整套系统正在这台电脑上运行：内嵌数据库、消息代理、定时器，以及微信与微信支付的模拟器。</p>
<p>The backend of a paid-knowledge business in a WeChat mini-program, running whole on this machine.</p>
<ul>
<li><a href="/docs">接口文档 API reference</a>，<a href="/docs/openapi.json">OpenAPI 3.1</a></li>
<li><a href="/api/courses">课程列表 <code>GET /api/courses</code></a></li>
<li><a href="/api/products">全部商品 <code>GET /api/products</code></a>：课程、会员、电子书、音频、套餐、专栏</li>
<li><a href="/api/promotions/flash-sales">限时秒杀 <code>GET /api/promotions/flash-sales</code></a></li>
<li><a href="/api/courses/search?q=%E6%95%B0%E6%8D%AE">搜索 <code>GET /api/courses/search?q=数据</code></a></li>
<li><a href="/api/coupons">可领的优惠券 <code>GET /api/coupons</code></a></li>
</ul>
<h2>试一试 Try it</h2>
<pre># 手机上的 wx.login，得到 code · what wx.login does on the phone
curl -d '{"name":"xiaoming"}' ${phone}/phone/login
# 用 code 登录，得到 token；在接口文档里点 Authorize 填入 · log in; the token goes into “Authorize” in the reference
curl -H 'content-type: application/json' -d '{"code":"…"}' ${url}/api/login
# 下单并发起支付之后，在手机上确认：把 payment 原样交给手机，加上 name · hand what payOrder answered to the phone, with a name
# 微信支付 WeChat Pay ("platform":"web")
curl -d '{"name":"xiaoming","rail":"wxpay","timeStamp":"…","nonceStr":"…","package":"…","signType":"RSA","paySign":"…"}' ${phone}/phone/pay
# 虚拟支付 virtual payment ("platform":"android" 或 "ios")
curl -d '{"name":"xiaoming","rail":"xpay","mode":"…","signData":"…","paySig":"…","signature":"…"}' ${phone}/phone/pay
# 苹果自行退款 Apple gives it back by itself
curl -d '{"orderNumber":"ord_…","isAsked":false}' ${phone}/control/apple
# 在商户平台手工退款（可加 "refundFen" 只退一部分） · a refund by hand at the merchant's console, of all that is left or of a part
curl -d '{"rail":"wxpay","orderNumber":"ord_…"}' ${phone}/control/refund
# 把时钟拨到明早，再对账；此后动态验证码要按拨过的时间生成
# the next morning, for the bills (staff: npm run staff); from then on an authenticator's codes are those of the moved clock
curl -d '{"ms":86400000}' ${phone}/control/clock
# 或拨到北京时间的某一刻（只能向后拨） / or until a minute in Beijing, never back
curl -d '{"until":"2030-01-01T10:00"}' ${phone}/control/clock
# 让账单少一笔（missing）、差一分（amount）或多出一笔（foreign），再看对账差异；null 恢复
# a bill that lacks a payment, is a fen off or has one too many, for reconciliation to find; null makes bills right again
curl -d '{"rail":"wxpay","wrong":"missing"}' ${phone}/control/bills</pre>
`;

const REFERENCE = `<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>知课 API</title>
<link rel="stylesheet" href="/docs/viewer.css">
<div id="reference"></div>
<script src="/docs/viewer.js"></script>
<script src="/docs/start.js"></script>
`;

/** The viewer's script. It loads nothing from other hosts, and sends nothing out to a validator. */
const START = `SwaggerUIBundle({ url: '/docs/openapi.json', dom_id: '#reference', validatorUrl: null, deepLinking: true });\n`;

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
    '/': [async () => home(options), 'text/html; charset=utf-8'],
    '/docs': [async () => REFERENCE, 'text/html; charset=utf-8'],
    '/docs/': [async () => REFERENCE, 'text/html; charset=utf-8'],
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

  return async ({ method, path, headers }) => {
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
