/** The front ends: how long they take to build, and to buy something with, in the files that are uploaded. */
import { performance } from 'node:perf_hooks';
import { buildFrontEnds } from '../../esbuild.config.ts';
import { type Shop, startShop } from '../miniprogram/support/shop.ts';

const ROUNDS = 5;

/** Times in milliseconds: medians of five. */
export interface FrontEnds {
  /** The mini-program, the phone and the console. */
  readonly buildMs: number;
  /** From the search until the order is paid, on the built mini-program. */
  readonly purchaseMs: { readonly wxpay: number; readonly xpay: number };
}

async function medianMs(work: (round: number) => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now();
    await work(round);
    took.push(performance.now() - from);
  }
  return took.sort((one, other) => one - other)[Math.floor(ROUNDS / 2)] ?? 0;
}

/** By what the thing is found that is bought on each rail: an e-book, which the licence covers, and a course. */
const WORDS = { wxpay: '独立开发者', xpay: '数据分析' } as const;

/** Somebody new searches for a thing, looks at it, confirms it and pays. @throws Error when it is not paid */
async function purchase(shop: Shop, who: string, rail: keyof typeof WORDS): Promise<void> {
  const { phone, client } = await shop.open(who, { path: '/pages/list/list' });
  const words = WORDS[rail];
  await phone.type('搜索课程、老师或关键词', words);
  await phone.confirm('搜索课程、老师或关键词');
  await phone.tap({ role: 'link', has: words });
  await phone.tap('立即购买');
  await phone.tap({ tag: 'button', has: '支付 ¥' });
  const [order] = (await client.listOrders()).items;
  if (order?.state !== 'paid' || order.rail !== rail) throw new Error(`${order?.state} by ${order?.rail}`);
}

/** Builds both front ends, and buys on each rail. */
export async function benchFrontEnds(): Promise<FrontEnds> {
  const buildMs = await medianMs(buildFrontEnds);
  const shop = await startShop();
  try {
    const wxpay = await medianMs((round) => purchase(shop, `reader-${round}`, 'wxpay'));
    const xpay = await medianMs((round) => purchase(shop, `learner-${round}`, 'xpay'));
    return { buildMs, purchaseMs: { wxpay, xpay } };
  } finally {
    await shop.stop();
  }
}
