/** Prints the measurements, as a table for people and as one line for machines. */
import type { Settled } from './callbacks.ts';
import type { ColdStart } from './cold.ts';
import type { OverFloor } from './floor.ts';
import type { FrontEnds } from './frontEnds.ts';
import { type Journeys, type Rounds, SEED } from './journeys.ts';
import type { Folded } from './likes.ts';
import type { Reads } from './reads.ts';
import type { Work } from './work.ts';

/** Everything that is measured in one run. */
export interface Measured {
  readonly one: Journeys;
  readonly sixteen: Rounds;
  readonly sixtyFour: Journeys;
  readonly floor: OverFloor;
  readonly work: Work;
  readonly rails: { readonly wxpay: Rounds; readonly xpay: Rounds; readonly mixed: Rounds };
  readonly refunds: Rounds;
  readonly reads: { readonly list: Reads; readonly detail: Reads; readonly bare: Reads };
  /** Reports of progress. */
  readonly heartbeats: Rounds;
  /** Likes of one comment. */
  readonly likes: Rounds;
  /** Pages of twenty comments. */
  readonly commentPages: Rounds;
  /** Likes that are added to the counts of one comment, and of many. */
  readonly folded: { readonly one: Folded; readonly many: Folded };
  /** Every fifth notice is sent twice. */
  readonly callbacks: Settled;
  /** Every notice is sent ten times concurrently. */
  readonly duplicated: Settled;
  readonly commits: { readonly ours: number; readonly bare: number };
  /** Milliseconds of one quote. */
  readonly quotes: { readonly ours: number; readonly bare: number };
  readonly startMs: number;
  readonly idleRssMb: number;
  /** CPU milliseconds more than an empty file, by unit. */
  readonly coldMs: Readonly<Record<string, ColdStart>>;
  readonly bundleBytes: Readonly<Record<string, number>>;
  readonly frontEnds: FrontEnds;
  readonly spent: readonly { readonly kind: string; readonly share: number }[];
}

const round = (value: number, digits = 1) => Number(value.toFixed(digits));

interface Goal {
  readonly measured: number;
  readonly goal: number;
  /** Whether the goal is a minimum. */
  readonly isLeast: boolean;
}

const least = (measured: number, goal: number): Goal => ({ measured, goal, isLeast: true });
const most = (measured: number, goal: number): Goal => ({ measured, goal, isLeast: false });

/** The imports that somebody waits for. `ops` is called by hand, and its commands need every collection. */
function importsWaitedFor(coldMs: Measured['coldMs']): readonly number[] {
  return Object.entries(coldMs).flatMap(([name, { importMs }]) => (name === 'ops' ? [] : [importMs]));
}

/**
 * The goals. Reads are compared with the bare server by CPU time: where the load generator is the limit, throughput
 * does not compare the servers.
 */
function goalsOf(measured: Measured): Readonly<Record<string, Goal>> {
  const { sixteen, reads, heartbeats, likes, commentPages, commits, callbacks, quotes } = measured;
  return {
    journeysPerSecond16: least(round(sixteen.perSecond), 100),
    journeyP99Ms16: most(round(sixteen.p99Ms), 250),
    journeyCpuMs: most(round(sixteen.cpuMsEach, 2), 8),
    journeyOverFloorCpu: most(round(measured.floor.ratio, 2), 1.8),
    heartbeatsPerSecond16: least(round(heartbeats.perSecond, 0), 2_000),
    heartbeatCpuMs: most(round(heartbeats.cpuMsEach, 3), 0.45),
    likesPerSecond32: least(round(likes.perSecond, 0), 4_000),
    likeP99Ms32: most(round(likes.p99Ms), 100),
    commentPagesPerSecond16: least(round(commentPages.perSecond, 0), 800),
    commentPageP99Ms16: most(round(commentPages.p99Ms), 40),
    foldedPerSecond: least(round(measured.folded.one.perSecond, 0), 5_000),
    listCpuOfBare: least(round(reads.bare.cpuMsEach / reads.list.cpuMsEach, 2), 0.4),
    detailCpuOfBare: least(round(reads.bare.cpuMsEach / reads.detail.cpuMsEach, 2), 0.4),
    commitsOverBare: least(round(commits.ours / commits.bare, 2), 0.6),
    settledCallbacksPerSecond: least(round(callbacks.paymentsPerSecond, 0), 1_000),
    quoteMs: most(round(quotes.ours, 3), 1),
    startMs: most(round(measured.startMs, 0), 500),
    idleRssMb: most(round(measured.idleRssMb, 0), 80),
    importMs: most(Math.max(...importsWaitedFor(measured.coldMs)), 30),
    payAnsweredMs: most(measured.coldMs.pay?.answeredMs ?? 0, 60),
    apiAnsweredMs: most(measured.coldMs.api?.answeredMs ?? 0, 100),
    frontEndsBuiltMs: most(round(measured.frontEnds.buildMs, 0), 2_000),
    phonePurchaseWxpayMs: most(round(measured.frontEnds.purchaseMs.wxpay, 0), 3_000),
    phonePurchaseXpayMs: most(round(measured.frontEnds.purchaseMs.xpay, 0), 3_000),
  };
}

type Row = readonly [what: string, value: string, against: string];

function journeyRow(what: string, journeys: Journeys | Rounds, goals = ''): Row {
  const { perSecond, p99Ms, cpuMsEach } = journeys;
  const spread =
    'slowestPerSecond' in journeys
      ? `${round(journeys.slowestPerSecond)}–${round(journeys.fastestPerSecond)}/s in the rounds; `
      : '';
  const each = `p99 ${round(p99Ms)} ms, ${round(cpuMsEach, 2)} CPU ms each`;
  return [what, `${round(perSecond)}/s`, `${spread}${each}${goals}`];
}

function foldRow(what: string, { perSecond, cpuMsEach }: Folded, goal = ''): Row {
  return [what, `${round(perSecond, 0)}/s`, `${round(cpuMsEach, 3)} CPU ms each${goal}`];
}

function readRow(name: 'list' | 'detail', { reads }: Measured): Row {
  const { perSecond, cpuMsEach } = reads[name];
  const byCpu = round((100 * reads.bare.cpuMsEach) / cpuMsEach, 0);
  const bySpeed = round((100 * perSecond) / reads.bare.perSecond, 0);
  return [
    `course ${name}`,
    `${round(perSecond, 0)}/s`,
    `${byCpu} % of bare node:http by CPU (goal 40 %), ${bySpeed} % of its ${round(reads.bare.perSecond, 0)}/s; ${round(cpuMsEach, 3)} CPU ms each, bare ${round(reads.bare.cpuMsEach, 3)}`,
  ];
}

function coldRow(name: string, cold: ColdStart | undefined, goals: string): Row {
  const { importMs, answeredMs } = cold ?? { importMs: 0, answeredMs: 0 };
  const against = `CPU over an empty file; ${round(answeredMs)} ms with its first answer${goals}`;
  return [`cold import of the ${name} unit`, `${round(importMs)} ms`, against];
}

function purchaseRow(rail: 'wxpay' | 'xpay', { frontEnds }: Measured): Row {
  const what = `a purchase in the built mini-program, ${rail}`;
  return [
    what,
    `${round(frontEnds.purchaseMs[rail], 0)} ms`,
    'from the search until it is paid; goal 3,000 ms',
  ];
}

function rowsOf(measured: Measured): readonly Row[] {
  const { floor, work, rails, commits, callbacks, duplicated, quotes, coldMs, bundleBytes } = measured;
  return [
    journeyRow('journeys, 1 client', measured.one),
    journeyRow('journeys, 16 clients', measured.sixteen, ' (goals 100/s, 250 ms, 8 CPU ms)'),
    journeyRow('journeys, 64 clients', measured.sixtyFour),
    [
      'journeys over the floor, CPU',
      `${round(floor.ratio, 2)} ×`,
      `${round(floor.least, 2)}–${round(floor.most, 2)} in the rounds; the floor takes ${round(floor.floorCpuMs, 2)} CPU ms (goal 1.8 ×)`,
    ],
    [
      'work of a journey',
      `${round(work.documents)}`,
      `documents written, ${round(work.transactions)} transactions, ${round(work.reads)} reads`,
    ],
    journeyRow('… with points and coupon, wxpay', rails.wxpay),
    journeyRow('… with points and coupon, xpay', rails.xpay),
    journeyRow('… with points and coupon, mixed', rails.mixed),
    journeyRow('refunds, both rails', measured.refunds),
    journeyRow('reports of progress, 16 phones', measured.heartbeats, ' (goals 2000/s, 0.45 CPU ms)'),
    journeyRow('likes of one comment, 32 phones', measured.likes, ' (goals 4000/s, 100 ms)'),
    [
      '… its CPU, the counting with it',
      `${round(measured.likes.cpuMsEach / measured.reads.bare.cpuMsEach, 1)} ×`,
      `an answer of bare node:http, ${round(measured.likes.cpuMsEach / measured.heartbeats.cpuMsEach, 2)} × a report of progress`,
    ],
    foldRow('likes counted, of one comment', measured.folded.one, ' (goal 5000/s)'),
    foldRow('likes counted, of 2,000 comments', measured.folded.many),
    journeyRow('pages of comments, 16 phones', measured.commentPages, ' (goals 800/s, 40 ms)'),
    readRow('list', measured),
    readRow('detail', measured),
    [
      'durable commits, 64 writers',
      `${round(commits.ours, 0)}/s`,
      `${round((100 * commits.ours) / commits.bare, 0)} % of the bare driver, ${round(commits.bare, 0)}/s (goal 60 %)`,
    ],
    [
      'payments settled, each fifth told twice',
      `${round(callbacks.paymentsPerSecond, 0)}/s`,
      `goal 1000; bare RSA verify + GCM ${round(callbacks.barePerSecond, 0)}/s`,
    ],
    [
      'payments settled, each told ten times',
      `${round(duplicated.paymentsPerSecond, 0)}/s`,
      `${round(duplicated.noticesPerSecond, 0)} callbacks answered a second`,
    ],
    [
      'quotes: 20 lines, 50 campaigns, 50 coupons',
      `${round(1_000 / quotes.ours, 0)}/s`,
      `${round(quotes.ours, 3)} ms each (goal 1 ms), ${round(quotes.ours / quotes.bare, 0)} × adding up the lines, ${round(quotes.bare * 1_000, 2)} µs`,
    ],
    ['start to first answer', `${round(measured.startMs, 0)} ms`, 'goal 500 ms'],
    ['memory, idle for a minute', `${round(measured.idleRssMb, 0)} MB`, 'goal 80 MB'],
    coldRow('pay', coldMs.pay, ' (goal of any import 30 ms, of this one with the first answer 60 ms)'),
    coldRow('api', coldMs.api, ' (goal with the first answer 100 ms)'),
    ['both front ends built', `${round(measured.frontEnds.buildMs, 0)} ms`, 'goal 2,000 ms'],
    purchaseRow('wxpay', measured),
    purchaseRow('xpay', measured),
    ['bundle of the api unit', `${round((bundleBytes.api ?? 0) / 1_000)} kB`, 'without drivers'],
  ];
}

const shown = ({ perSecond, p99Ms, cpuMsEach, slowestPerSecond, fastestPerSecond }: Rounds) => ({
  perSecond: round(perSecond),
  spread: [round(slowestPerSecond), round(fastestPerSecond)],
  p99Ms: round(p99Ms),
  cpuMs: round(cpuMsEach, 2),
});

function jsonOf(measured: Measured): Readonly<Record<string, unknown>> {
  const {
    one,
    sixteen,
    sixtyFour,
    rails,
    refunds,
    reads,
    heartbeats,
    likes,
    commits,
    callbacks,
    duplicated,
  } = measured;
  const goals = Object.entries(goalsOf(measured)).map(([name, { measured: value, goal, isLeast }]) => {
    return [name, { measured: value, goal, isMet: isLeast ? value >= goal : value <= goal }] as const;
  });
  return {
    ...Object.fromEntries(goals.map(([name, { measured: value }]) => [name, value])),
    journeysSpread16: [round(sixteen.slowestPerSecond), round(sixteen.fastestPerSecond)],
    floorCpuMs: round(measured.floor.floorCpuMs, 2),
    journeyOverFloorSpread: [round(measured.floor.least, 2), round(measured.floor.most, 2)],
    journeyWork: measured.work,
    journeysPerSecond1: round(one.perSecond),
    journeysPerSecond64: round(sixtyFour.perSecond),
    railJourneys: { wxpay: shown(rails.wxpay), xpay: shown(rails.xpay), mixed: shown(rails.mixed) },
    refunds: shown(refunds),
    likes: shown(likes),
    likeCpuOverBare: round(likes.cpuMsEach / reads.bare.cpuMsEach, 2),
    likeCpuOverHeartbeat: round(likes.cpuMsEach / heartbeats.cpuMsEach, 2),
    commentPages: shown(measured.commentPages),
    folded: measured.folded,
    heartbeatP99Ms16: round(heartbeats.p99Ms),
    listPerSecond16: round(reads.list.perSecond, 0),
    detailPerSecond16: round(reads.detail.perSecond, 0),
    bareHttpPerSecond16: round(reads.bare.perSecond, 0),
    listOverBare: round(reads.list.perSecond / reads.bare.perSecond, 2),
    detailOverBare: round(reads.detail.perSecond / reads.bare.perSecond, 2),
    listCpuMs: round(reads.list.cpuMsEach, 3),
    detailCpuMs: round(reads.detail.cpuMsEach, 3),
    bareHttpCpuMs: round(reads.bare.cpuMsEach, 3),
    commitsPerSecond64: round(commits.ours, 0),
    bareCommitsPerSecond: round(commits.bare, 0),
    bareCallbacksPerSecond: round(callbacks.barePerSecond, 0),
    settledOfTenCopiesPerSecond: round(duplicated.paymentsPerSecond, 0),
    noticesOfTenCopiesPerSecond: round(duplicated.noticesPerSecond, 0),
    quotesPerSecond: round(1_000 / measured.quotes.ours, 0),
    bareSumMs: round(measured.quotes.bare, 6),
    coldOverEmptyMs: measured.coldMs,
    bundleBytes: measured.bundleBytes,
    timeShares: Object.fromEntries(measured.spent.map(({ kind, share }) => [kind, round(share, 3)])),
    goals: Object.fromEntries(goals),
    seed: SEED,
  };
}

/** Prints the table, the profile, and one JSON line last. */
export function print(measured: Measured): void {
  const rows = rowsOf(measured);
  const widest = Math.max(...rows.map(([what]) => what.length));
  for (const [what, value, against] of rows) {
    console.log(`${what.padEnd(widest)}  ${value.padStart(9)}  ${against}`);
  }
  console.log('\nWhere the time of a journey goes, by a CPU profile of the product:');
  for (const { kind, share } of measured.spent) {
    console.log(`${`${round(100 * share)} %`.padStart(8)}  ${kind}`);
  }
  console.log(JSON.stringify(jsonOf(measured)));
}
