/** The page that shows the figures to people. Its numbers come from `/figures.json`, every two seconds. */

/** The styles that the page adds to those of every page. */
export const FIGURES_STYLE = `
body { max-width: 68rem }
h1 { display: flex; align-items: baseline; flex-wrap: wrap; gap: 0 .6rem }
h1 a { color: inherit; text-decoration: none }
h2 small { font-size: .85rem; font-weight: 400; color: var(--soft) }
.soft { color: var(--soft) }
.state { display: flex; align-items: center; gap: .7rem; margin: 1.5rem 0 0; padding: .9rem 1.1rem; border-radius: 8px;
  background: var(--main-ground); font-weight: 600 }
.state.bad { background: var(--bad-ground) }
.dot { flex: none; width: .7rem; height: .7rem; border-radius: 50%; background: var(--main) }
.bad .dot { background: var(--bad); border-radius: 2px }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1px; margin: 1.5rem 0 0; background: var(--line);
  border: 1px solid var(--line); border-radius: 8px; overflow: hidden }
.tiles div { padding: .8rem 1rem; background: var(--box) }
.tiles dt { color: var(--soft); font-size: .85rem }
.tiles dd { margin: 0; font-size: 1.5rem; line-height: 1.4; font-variant-numeric: tabular-nums }
.tiles dd small { font-size: .85rem; color: var(--soft) }
.tiles .bad dd { color: var(--bad) }
.chart { margin: 1.5rem 0 0 }
.chart svg { display: block; width: 100%; height: 5rem; border-bottom: 1px solid var(--line) }
.chart rect { fill: var(--main); opacity: .75 } .chart rect.failed { fill: var(--bad); opacity: 1 }
.chart figcaption { display: flex; justify-content: space-between; color: var(--soft); font-size: .85rem }
.chart { margin-left: 0; margin-right: 0 }
.alarms { list-style: none; padding: 0; margin: .5rem 0 0; display: grid; grid-template-columns: 1fr 1fr; gap: 0 2.5rem }
.alarms li { display: grid; grid-template-columns: 1.1rem 1fr auto; gap: .1rem .4rem; align-items: baseline; align-content: start;
  padding: .6rem 0; border-bottom: 1px solid var(--line) }
.alarms li.bad { grid-column: 1 / -1; padding: .8rem 1rem; margin-bottom: .5rem; border: 0; border-radius: 8px;
  background: var(--bad-ground) }
.alarms .mark { color: var(--main); font-size: .7rem } .alarms .bad .mark { color: var(--bad) }
.alarms strong { font-weight: 600 } .alarms small { color: var(--soft); font-weight: 400; margin-left: .4em }
.alarms .bad small { color: var(--bad); font-weight: 600 }
.alarms p { grid-column: 2 / -1; color: var(--soft); font-size: .875rem; line-height: 1.5; margin: 0 } .alarms .bad p { color: var(--ink) }
.alarms a { white-space: nowrap; font-size: .875rem }
table { width: 100%; border-collapse: collapse; margin: .5rem 0 0; font-size: .95rem; font-variant-numeric: tabular-nums }
th, td { padding: .4rem .6rem; text-align: right; border-top: 1px solid var(--line); font-weight: 400; white-space: nowrap }
th:first-child, td:first-child { text-align: left; padding-left: 0 } th:last-child, td:last-child { padding-right: 0 }
thead th { color: var(--soft); font-size: .85rem; border-top: 0; vertical-align: bottom }
tbody th { overflow-wrap: anywhere; white-space: normal } td.bad { color: var(--bad); font-weight: 600 }
td.zero { color: var(--soft) }
.kind { color: var(--soft); font-size: .8rem; margin-left: .5rem }
@media (max-width: 40rem) {
  body { margin-top: 1.5rem }
  .tiles { grid-template-columns: 1fr 1fr }
  .tiles dd small { display: block }
  .alarms { grid-template-columns: 1fr } .alarms li { padding: .45rem 0 } .alarms li:not(.bad) p { display: none }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  tbody tr { display: grid; grid-template-columns: repeat(3, 1fr); border-top: 1px solid var(--line); padding: .5rem 0 }
  tbody th { grid-column: 1 / -1; border: 0; padding: 0 } td { border: 0; padding: .1rem 0; text-align: left }
  td::before { content: attr(data-label); color: var(--soft); font-size: .8rem; margin-right: .4em }
}
`;

/** The page. */
export const FIGURES_PAGE = `<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>运行状况 · 知课</title>
<link rel="stylesheet" href="/pages.css"><link rel="stylesheet" href="/figures.css">
<main>
<h1><a href="/">知课</a> 运行状况</h1>
<p class="soft" id="since">正在读取……</p>
<noscript><p>这一页需要 JavaScript；同样的数字在 <a href="/metrics">/metrics</a>。</p></noscript>
<p class="state" id="state" role="status"><span class="dot" aria-hidden="true"></span><span id="says">正在读取……</span></p>
<dl class="tiles" id="tiles"></dl>
<figure class="chart"><svg id="chart" viewBox="0 0 600 100" preserveAspectRatio="none" role="img" aria-label="每分钟的调用次数"></svg>
<figcaption><span>一小时前</span><span id="peak"></span><span>现在</span></figcaption></figure>
<h2>告警</h2>
<ul class="alarms" id="alarms"></ul>
<section id="breakers" hidden><h2>熔断 <small>对平台接口的调用</small></h2><ul class="alarms" id="breakerList"></ul></section>
<h2>函数 <small>最近一小时，按调用次数</small></h2>
<table><thead><tr><th scope="col">函数</th><th scope="col">调用</th><th scope="col">失败</th><th scope="col">p50 毫秒</th><th scope="col">p99 毫秒</th><th scope="col">往返／次</th><th scope="col">重做</th></tr></thead>
<tbody id="functions"></tbody></table>
<p class="soft">数字都来自日志：每次调用一行。程序读取 <a href="/metrics">/metrics</a>（Prometheus）或 <a href="/figures.json">/figures.json</a>。</p>
</main>
<script src="/figures.js"></script>
`;

/** The page's script. */
export const FIGURES_SCRIPT = `'use strict';
const KINDS = { http: '接口', callback: '回调', push: '推送', consumer: '任务', outward: '任务', timer: '定时' };
const by = (id) => document.getElementById(id);
const whole = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('zh-CN', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
function made(name, words, attributes = {}) {
  const element = document.createElement(name);
  element.textContent = words;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
function span(ms) {
  if (ms < 1000) return whole.format(ms) + ' 毫秒';
  if (ms < 120000) return whole.format(ms / 1000) + ' 秒';
  if (ms < 7200000) return whole.format(ms / 60000) + ' 分钟';
  return short.format(ms / 3600000) + ' 小时';
}
const ms = (value) => (value === null ? '–' : value < 10 ? short.format(value) : whole.format(value));
const most = (count) => (count >= 100 ? '100+' : String(count));
function tiles({ all, callbacks, backlog, breakers }) {
  const open = breakers.filter((each) => each.isOpen).length;
  const waits = backlog ?? { deadTasks: 0, waitingTasks: 0, oldestTaskMs: 0 };
  const unknown = backlog === null;
  return [
    ['调用', whole.format(all.calls), ''],
    ['失败', whole.format(all.failed), all.calls ? short.format((all.failed * 100) / all.calls) + '%' : '', all.failed > 0],
    ['用时 p50', ms(all.p50Ms), '毫秒'],
    ['用时 p99', ms(all.p99Ms), '毫秒'],
    ['待办任务', unknown ? '–' : most(waits.waitingTasks), ''],
    ['最久等待', unknown ? '–' : waits.oldestTaskMs === 0 ? '无' : span(waits.oldestTaskMs), '', waits.oldestTaskMs > 300000],
    ['已放弃的任务', unknown ? '–' : most(waits.deadTasks), '', waits.deadTasks > 0],
    ['熔断', open === 0 ? '无' : String(open), '', open > 0],
    ['回调', whole.format(callbacks.calls), callbacks.p99Ms === null ? '' : 'p99 ' + ms(callbacks.p99Ms) + ' 毫秒'],
    ['数据库往返', whole.format(all.roundTrips), all.calls ? '每次调用 ' + short.format(all.roundTrips / all.calls) : ''],
    ['事务重做', whole.format(all.reruns), ''],
    ['因冲突放弃', whole.format(all.conflicts), '', all.conflicts > 0],
  ];
}
function showTiles(figures) {
  by('tiles').replaceChildren(...tiles(figures).map(([name, value, unit, isBad]) => {
    const tile = made('div', '', isBad ? { class: 'bad' } : {});
    const said = made('dd', value);
    if (unit) said.append(' ', made('small', unit));
    tile.append(made('dt', name), said);
    return tile;
  }));
}
function showChart({ minutes }) {
  const peak = Math.max(1, ...minutes.map(({ calls }) => calls));
  const bars = [];
  const bar = (at, count, name) => {
    const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    const height = (count * 98) / peak;
    for (const [key, value] of Object.entries({ x: at * 10 + 1, y: 100 - height, width: 8, height })) rect.setAttribute(key, value);
    if (name) rect.setAttribute('class', name);
    return rect;
  };
  minutes.forEach(({ calls, failed }, at) => {
    if (calls > 0) bars.push(bar(at, calls));
    if (failed > 0) bars.push(bar(at, failed, 'failed'));
  });
  by('chart').replaceChildren(...bars);
  by('chart').setAttribute('aria-label', '每分钟的调用次数，最多 ' + peak + ' 次');
  by('peak').textContent = '每分钟最多 ' + whole.format(peak) + ' 次';
}
function row(isBad, chip, title, text, link) {
  const item = made('li', '', isBad ? { class: 'bad' } : {});
  const name = made('strong', title);
  name.append(made('small', chip));
  item.append(made('span', isBad ? '■' : '●', { class: 'mark', 'aria-hidden': 'true' }), name, link ?? '', made('p', text));
  return item;
}
function showAlarms({ alarms }) {
  const on = alarms.filter(({ isOn }) => isOn);
  const says = on.length === 0 ? '一切正常：' + alarms.length + ' 个告警都没有触发' : on.length + ' 个告警：' + on.map(({ alarm }) => alarm.zh.title).join('、');
  // A screen reader hears it only when it changes.
  if (by('says').textContent !== says) by('says').textContent = says;
  by('state').className = on.length === 0 ? 'state' : 'state bad';
  const sorted = [...on, ...alarms.filter(({ isOn }) => !isOn)];
  by('alarms').replaceChildren(...sorted.map(({ alarm, isOn }) => {
    const link = made('a', '处理办法', { href: '/docs/runbook.zh-CN.md#alarm-' + alarm.id, 'aria-label': alarm.zh.title + '：处理办法' });
    return row(isOn, isOn ? '告警' : '正常', alarm.zh.title, alarm.zh.text, link);
  }));
}
function showBreakers({ breakers }) {
  by('breakers').hidden = breakers.length === 0;
  by('breakerList').replaceChildren(...breakers.map(({ endpoint, isOpen, atMs }) =>
    row(isOpen, isOpen ? '已打开' : '已恢复', endpoint, clock.format(atMs) + (isOpen ? ' 打开' : ' 恢复'))));
}
function showFunctions({ functions }) {
  by('functions').replaceChildren(...functions.map((each) => {
    const line = made('tr', '');
    const name = made('th', each.name, { scope: 'row' });
    name.append(made('span', KINDS[each.kind] ?? '', { class: 'kind' }));
    const cell = (label, value, state = '') => made('td', value, { 'data-label': label, ...(state ? { class: state } : {}) });
    const count = (label, value, isBad) => cell(label, whole.format(value), value === 0 ? 'zero' : isBad ? 'bad' : '');
    line.append(name, count('调用', each.calls), count('失败', each.failed, true), cell('p50', ms(each.p50Ms)), cell('p99', ms(each.p99Ms)),
      cell('往返', short.format(each.roundTrips / each.calls)), count('重做', each.reruns));
    return line;
  }));
}
async function show() {
  if (document.hidden) return;
  try {
    const answer = await fetch('/figures.json', { cache: 'no-store' });
    if (!answer.ok) throw new Error(String(answer.status));
    const figures = await answer.json();
    by('since').textContent = '自 ' + clock.format(figures.sinceMs) + ' 起，最长一小时 · 更新于 ' + clock.format(figures.nowMs);
    for (const part of [showTiles, showChart, showAlarms, showBreakers, showFunctions]) part(figures);
  } catch {
    by('says').textContent = '读不到数字：程序可能已经停止';
    by('state').className = 'state bad';
  }
}
show();
setInterval(show, 2000);
document.addEventListener('visibilitychange', show);
`;
