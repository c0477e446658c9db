/** The start page of a laptop: it leads to the mini-program and to the console, and says what else there is. */
import { seedCourseId } from './seed/seedCatalogue.ts';
import type { ShownStaff } from './staff.ts';
import { STAFF_STYLE, staffSection } from './staffSection.ts';

/** The addresses on this machine that the start page shows. */
export interface StartPageOptions {
  readonly url: string;
  /** The learner's phone, which the simulators play. */
  readonly phone: string;
  /** The staff whose logins it shows. */
  readonly staff: ShownStaff;
}

/** How many covers stand on its shelf. */
const SHELF = 8;

/** The styles that the page adds to those of every page. */
export const START_STYLE = `
body { max-width: 64rem }
.hero { padding: 1rem 0 2rem }
.hero h1 { font-size: clamp(2.4rem, 7vw, 3.6rem); letter-spacing: .04em; margin: 0; line-height: 1.2 }
.hero h1 small { font-size: .35em; font-weight: 400; letter-spacing: 0; color: var(--soft); margin-left: .4em }
.hero p { font-size: 1.1rem; max-width: 40em }
.doors { display: grid; grid-template-columns: 1fr 1fr; gap: 1.25rem }
.door { display: flex; flex-direction: column; overflow: hidden; border-radius: 16px; border: 1px solid var(--line);
  background: var(--box); color: var(--ink); text-decoration: none; transition: transform .15s, box-shadow .15s }
.door:hover { transform: translateY(-3px); box-shadow: 0 12px 32px rgb(0 0 0 / 12%) }
.door svg { display: block; width: 100%; height: auto; background: var(--main-ground) }
.door.second svg { background: var(--inset) }
.door div { padding: 1.1rem 1.4rem 1.4rem }
.door strong { display: block; font-size: 1.35rem; line-height: 1.5 }
.door span { color: var(--soft) }
.door em { display: inline-block; font-style: normal; font-weight: 600; margin-top: .7rem; color: var(--main) }
.s-box { fill: var(--box) } .s-line { fill: var(--line) } .s-main { fill: var(--main) } .s-edge { fill: var(--edge) }
.s-inset { fill: var(--inset) } .s-ground { fill: var(--main-ground) } .s-price { fill: var(--price) } .s-back { fill: var(--back) }
.s-frame { fill: var(--box); stroke: var(--edge); stroke-width: 2 }
.shelf { display: grid; grid-template-columns: repeat(8, 1fr); gap: .6rem; margin: 1.5rem 0 0; padding: 0; list-style: none }
.shelf img { display: block; width: 100%; height: auto; border-radius: 8px }
.ways { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 0 2rem; padding: 0; list-style: none }
.ways li { padding: .7rem 0; border-top: 1px solid var(--line) }
.ways small { display: block; color: var(--soft); font-size: .875rem }
details { margin: 1.5rem 0 0; border: 1px solid var(--line); border-radius: 12px; background: var(--box); padding: 0 1.25rem }
summary { padding: .9rem 0; font-weight: 600; cursor: pointer }
details pre { margin-bottom: 1.2rem }
@media (max-width: 44rem) {
  .doors { grid-template-columns: 1fr } .shelf { grid-template-columns: repeat(4, 1fr) }
}
@media (prefers-reduced-motion: reduce) { .door { transition: none } .door:hover { transform: none } }
${STAFF_STYLE}`;

/** What can be tried from a terminal: in Chinese, in English, and the command. */
const steps = ({
  url,
  phone,
}: StartPageOptions): readonly (readonly [zh: string, en: string, command: string])[] => [
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
    '把时钟拨快一天，到对账的时候；此后动态验证码要按拨过的时间生成，本页的已经是',
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

const rect = (x: number, y: number, width: number, height: number, name: string, r = 4) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${r}" class="s-${name}"/>`;

/** A phone with a list of courses. */
const PHONE_SKETCH = `<svg viewBox="0 0 480 220" aria-hidden="true">${[
  rect(150, 24, 180, 240, 'frame', 22),
  rect(210, 38, 60, 8, 'line'),
  ...[0, 1, 2].flatMap((at) => {
    const y = 62 + at * 58;
    return [
      rect(166, y, 60, 44, at === 1 ? 'price' : 'main', 6),
      rect(238, y + 4, 76 - at * 9, 9, 'edge'),
      rect(238, y + 20, 54 + at * 8, 6, 'line', 3),
      rect(238, y + 34, 30, 9, 'price'),
    ];
  }),
].join('')}</svg>`;

/** A window with a menu, a table and its bars. */
const CONSOLE_SKETCH = `<svg viewBox="0 0 480 220" aria-hidden="true">${[
  rect(60, 30, 360, 240, 'frame', 10),
  ...[0, 1, 2, 3, 4, 5].map((at) => rect(78, 56 + at * 24, 50, 8, at === 1 ? 'main' : 'line')),
  rect(146, 30, 2, 190, 'line', 0),
  ...[18, 34, 26, 48, 40, 62, 54, 74].map((height, at) =>
    rect(168 + at * 29, 134 - height, 18, height, at === 7 ? 'price' : 'main', 2),
  ),
  ...[0, 1, 2].flatMap((at) => {
    const y = 156 + at * 24;
    return [
      rect(168, y, 70, 8, 'edge'),
      rect(262, y, 46, 8, 'line'),
      rect(346, y - 3, 50, 14, at === 1 ? 'inset' : 'ground', 7),
    ];
  }),
].join('')}</svg>`;

const shelf = () =>
  Array.from(
    { length: SHELF },
    (_, at) => `<li><img src="/covers/${seedCourseId(at + 1)}.svg" width="800" height="600" alt=""></li>`,
  ).join('');

const DOOR = {
  with: '用户名、密码和验证码在下面。',
  without: '第一个管理员用 <code>npm run staff</code> 任命。',
};

/** The page. */
export function startPage(options: StartPageOptions): string {
  return `<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>知课 Zhike</title>
<link rel="stylesheet" href="/pages.css"><link rel="stylesheet" href="/start.css">
<main>
<header class="hero"><h1>知课 <small lang="en">Zhike</small></h1>
<p>知识付费小程序和它的整套后台，此刻都运行在这台电脑上：小程序、管理后台、接口、数据库、定时任务，以及微信与微信支付的模拟器。</p>
<p lang="en">A paid-knowledge business in a WeChat mini-program, running whole on this machine.</p></header>
<nav class="doors" aria-label="入口">
<a class="door" href="/app">${PHONE_SKETCH}<div><strong>小程序</strong><span>以学员的身份：逛课程、领券、下单、付款、学习、退款。手机是模拟的，规则和密码学是真的：电子书走微信支付，其余走虚拟支付。</span><br><em>打开小程序 →</em></div></a>
<a class="door second" href="/console">${CONSOLE_SKETCH}<div><strong>管理后台</strong><span>以员工的身份：订单、退款、商品、营销、对账。${DOOR[typeof options.staff === 'string' ? 'without' : 'with']}</span><br><em>打开管理后台 →</em></div></a>
</nav>
<ul class="shelf" aria-hidden="true">${shelf()}</ul>
${staffSection(options.staff)}
<h2>它怎样运行 <span lang="en">How it runs</span></h2>
<ul class="ways">
<li><a href="/figures">运行状况 Figures</a><small>调用、任务、熔断与告警</small></li>
<li><a href="/docs">接口文档 API reference</a><small><a href="/docs/openapi.json">OpenAPI 3.1</a></small></li>
<li><a href="/docs/runbook.zh-CN.md">运维手册</a> · <a href="/docs/runbook.md" lang="en">Runbook</a><small>告警来了怎么办</small></li>
<li><a href="/api/products">全部商品</a><small>课程、会员、电子书、音频、套餐、专栏</small></li>
<li><a href="/api/courses/search?q=%E6%95%B0%E6%8D%AE">搜索“数据”</a><small><code>GET /api/courses/search?q=数据</code></small></li>
<li><a href="/api/promotions/flash-sales">限时秒杀</a> · <a href="/api/coupons">可领的优惠券</a><small><code>GET /api/coupons</code></small></li>
</ul>
<details><summary>从终端里试一试 <span lang="en">Try it from a terminal</span></summary>
${steps(options)
  .map(([zh, en, command]) => `<p>${zh}</p><p lang="en">${en}</p><pre>${command}</pre>`)
  .join('\n')}
</details>
</main>
<script src="/start.js"></script>
`;
}
