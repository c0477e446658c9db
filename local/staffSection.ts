/** The part of the start page that says how staff log in, and its clock that can be moved. */
import { words } from '../shared/words.ts';
import type { Member, ShownStaff } from './staff.ts';

/** The styles of the part. */
export const STAFF_STYLE = `
.head { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: .25rem 1.5rem;
  margin-top: 2.5rem; padding-top: 1.5rem; border-top: 1px solid var(--line) }
.head h2 { margin: 0; padding: 0; border: 0 }
.staff { display: grid; grid-template-columns: 1fr 1fr; gap: 1.25rem; margin: 1rem 0 0; padding: 0; list-style: none }
.staff > li { border: 1px solid var(--line); border-radius: 16px; background: var(--box); padding: 1.1rem 1.25rem .9rem;
  scroll-margin-top: 1rem; min-width: 0 }
.who { display: grid; grid-template-columns: auto 1fr; gap: 0 .9rem; align-items: center }
.who .face { grid-row: 1 / 3; width: 2.9rem; height: 2.9rem; border-radius: 50%; display: grid; place-items: center;
  font-size: 1.2rem; font-weight: 600; background: var(--main-ground); color: var(--main) }
.staff > li:nth-child(2) .face { background: var(--info-ground); color: var(--info) }
.staff > li:nth-child(3) .face { background: var(--warn-ground); color: var(--warn) }
.staff > li:nth-child(4) .face { background: var(--inset); color: var(--soft) }
.who h3 { font-size: 1.1rem; line-height: 1.4; margin: 0 }
.who h3 small { font-size: .8rem; font-weight: 400; color: var(--soft); margin-left: .5em }
.who p { margin: 0; color: var(--soft); font-size: .875rem; line-height: 1.5 }
.login { margin: .9rem 0 0 }
.login div { display: grid; grid-template-columns: 4.2em 1fr auto; align-items: center; gap: .5rem; min-height: 2.9rem;
  border-top: 1px solid var(--line) }
.login dt { color: var(--soft); font-size: .875rem } .login dd { margin: 0; min-width: 0 }
.login .acts { display: flex; gap: .35rem }
.login code { background: none; padding: 0; font-size: .95rem }
.login .code { font-size: 1.35rem; letter-spacing: .08em; font-variant-numeric: tabular-nums; white-space: nowrap }
.login .left { color: var(--soft); font-size: .8rem; white-space: nowrap; font-variant-numeric: tabular-nums; margin-left: .5em }
.small { font: inherit; font-size: .875rem; line-height: 1.4; color: var(--main); background: none; border: 1px solid var(--edge);
  border-radius: 8px; padding: .3rem .65rem; min-height: 2.2rem; cursor: pointer; white-space: nowrap }
.small:hover { background: var(--main-ground) } .small:disabled { color: var(--soft); cursor: default; background: none }
.time { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; margin: 1.25rem 0 0; padding: .8rem 1.25rem;
  border-radius: 12px; background: var(--inset) }
.time output { font-variant-numeric: tabular-nums; font-weight: 600 } .time small { flex: 1 1 20rem; color: var(--soft); font-size: .875rem }
.told { min-height: 1.7em; color: var(--soft); font-size: .875rem }
@media (max-width: 44rem) {
  .staff { grid-template-columns: 1fr } .staff > li { padding: 1rem 1rem .7rem }
  .login div { grid-template-columns: 3.4em 1fr auto } .login .password { font-size: .8rem; letter-spacing: -.03em; white-space: nowrap }
}
`;

/** What each of them does, for who sees the shop for the first time. */
const MAY: Readonly<Record<Member['role'], string>> = {
  admin: '任命员工、批准大额退款与发放、查看审计，后台的每一件事',
  finance: '发起与批准退款、发布优惠与价格、对账、导出',
  support: '查看用户与订单、代申请退款、调积分、发券、处理事项',
  editor: '编写并上架课程与商品，起草优惠券和活动',
};

const WITHOUT: Readonly<Record<Exclude<ShownStaff, readonly Member[] | 'off'>, string>> = {
  elsewhere: '数据库由 <code>DATABASE_URL</code> 指定，它可能是别人的，所以没有在里面任命员工。',
  older: '这个数据目录里已经有商店，它可能是真实商店的副本，所以没有在里面任命员工。',
};

const memberCard = ({ userName, nickname, role }: Member) => `<li data-user="${userName}">
<div class="who"><span class="face" aria-hidden="true">${nickname.slice(0, 1)}</span>
<h3>${nickname}<small>${words.role[role]}</small></h3><p>${MAY[role]}</p></div>
<dl class="login">
<div><dt>用户名</dt><dd><code>${userName}</code></dd><dd class="acts"><button class="small" data-copy="userName" aria-label="复制${nickname}的用户名">复制</button></dd></div>
<div><dt>密码</dt><dd><code class="password">••••••••</code></dd><dd class="acts"><button class="small" data-show aria-pressed="false" aria-label="显示${nickname}的密码">显示</button><button class="small" data-copy="password" aria-label="复制${nickname}的密码">复制</button></dd></div>
<div><dt>验证码</dt><dd><code class="code">······</code><span class="left"></span></dd><dd class="acts"><button class="small" data-copy="code" aria-label="复制${nickname}的验证码">复制</button></dd></div>
</dl></li>`;

const HOW = `<p>四位员工已经任命好，密码是这台电脑第一次启动时随机生成的。验证码来自模拟的验证器，每个只能用一次：用过后请等下一个。</p>`;

/** The part of the page; only the clock where no staff were wanted. */
export function staffSection(staff: ShownStaff): string {
  const clock = `<p class="time"><span>商店的时钟</span><output id="now">……</output><button class="small" id="day">把时钟拨快一天</button><small>账单和对账在第二天才有，秒杀和优惠券会到期。时钟只能向前拨。</small></p>
<p class="told" id="told" role="status"></p>`;
  if (staff === 'off') return clock;
  const members =
    typeof staff === 'string'
      ? `<p>${WITHOUT[staff]}请用 <code>npm run staff</code> 任命。</p>`
      : `${HOW}\n<ul class="staff">${staff.map(memberCard).join('\n')}</ul>`;
  return `<section aria-labelledby="staff">
<div class="head"><h2 id="staff">以谁的身份 <span lang="en">Who you are</span></h2><a href="/console" target="_blank">打开管理后台 ↗</a></div>
${members}
${clock}
<noscript><p>密码和验证码需要 JavaScript 才能显示。</p></noscript>
</section>`;
}

/** The script of the part. */
export const STAFF_SCRIPT = `'use strict';
const DAY_MS = 86400000;
const REFRESH_MS = 5000;
const by = (id) => document.getElementById(id);
const cards = [...document.querySelectorAll('[data-user]')];
const time = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', dateStyle: 'long', timeStyle: 'short' });
let logins = {};
let ahead = null;
let endsAt = 0;
let askedAt = -Infinity;
const told = (words) => { by('told').textContent = words; };
async function moveClock(ms) {
  const answer = await fetch('/control/clock', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ms }),
  });
  if (!answer.ok) throw new Error('clock');
  ahead = (await answer.json()).nowMs - performance.now();
}
async function readLogins() {
  if (cards.length === 0) return;
  const answer = await fetch('/staff.json');
  if (!answer.ok) throw new Error('staff');
  const read = await answer.json();
  logins = Object.fromEntries(read.logins.map((login) => [login.userName, login]));
  endsAt = performance.now() + read.leftMs;
}
function show() {
  if (ahead !== null) by('now').textContent = time.format(ahead + performance.now());
  const left = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
  for (const card of cards) {
    const login = logins[card.dataset.user];
    if (!login) continue;
    const isShown = card.querySelector('[data-show]').getAttribute('aria-pressed') === 'true';
    card.querySelector('.password').textContent = isShown ? login.password : '••••••••';
    card.querySelector('.code').textContent = login.code.slice(0, 3) + ' ' + login.code.slice(3);
    card.querySelector('.left').textContent = '还有 ' + left + ' 秒';
  }
}
async function refresh() {
  askedAt = performance.now();
  try {
    await Promise.all([readLogins(), moveClock(0)]);
    if (by('told').dataset.isLost) { delete by('told').dataset.isLost; told(''); }
  } catch {
    by('told').dataset.isLost = 'yes';
    told('商店没有回答。它还在运行吗？');
  }
  show();
}
function tick() {
  const now = performance.now();
  if (document.visibilityState === 'visible' && (now >= endsAt && cards.length > 0 || now - askedAt > REFRESH_MS)) void refresh();
  else show();
}
for (const card of cards) {
  card.addEventListener('click', async ({ target }) => {
    const button = target.closest('button');
    const login = logins[card.dataset.user];
    if (!button || !login) return;
    if (button.dataset.copy) {
      try {
        await navigator.clipboard.writeText(login[button.dataset.copy]);
        told('已复制' + card.querySelector('h3').firstChild.textContent + '的' + button.closest('div').querySelector('dt').textContent + '。');
      } catch {
        told('浏览器不让复制，请选中后手动复制。');
      }
      return;
    }
    const isShown = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(isShown));
    button.textContent = isShown ? '隐藏' : '显示';
    show();
  });
}
by('day').addEventListener('click', async () => {
  by('day').disabled = true;
  try {
    await moveClock(DAY_MS);
    await readLogins();
    told('时钟拨快了一天。已经打开的页面请刷新。');
  } catch {
    told('时钟没有拨动。商店还在运行吗？');
  }
  by('day').disabled = false;
  show();
});
document.addEventListener('visibilitychange', tick);
setInterval(tick, 1000);
void refresh();
`;
