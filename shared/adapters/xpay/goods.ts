/** The catalogue of virtual payment: what may be sold, and at which price. Both batches take one thing at a time. */
import * as z from 'zod';
import { fail } from '../../errors.ts';
import type { GoodsBatch, GoodsCatalogue } from '../../ports/xpay.ts';
import { MINUTE_MS } from '../../schemas/base.ts';
import type { WechatAnswer } from '../wechat/token.ts';
import { type CallXpay, unclear, XPAY } from './call.ts';

const NAME_LENGTH_MAX = 20;

/** As much of a name as may be said, cut between characters. */
function shortened(name: string): string {
  let short = '';
  for (const character of name) {
    if (short.length + character.length > NAME_LENGTH_MAX) break;
    short += character;
  }
  return short;
}

const Item = z.object({ id: z.string().max(64), errmsg: z.string().max(1000).default('') });
const Uploads = z.object({
  status: z.int(),
  upload_item: z.array(Item.extend({ upload_status: z.int() })).nullish(),
});
const Publications = z.object({
  status: z.int(),
  publish_item: z.array(Item.extend({ publish_status: z.int() })).nullish(),
});

const RUNNING = 1;
/** An id that is known already (1) is as good as one that is new (2): the same id is the same thing at the same price. */
const ITEM_STATES = { 0: 'running', 1: 'done', 2: 'done', 3: 'failed' } as const;

function stateOf(status: number): GoodsBatch['items'][number]['state'] {
  if (status === 0 || status === 1 || status === 2 || status === 3) return ITEM_STATES[status];
  throw fail('pay.unavailable', { detail: `goods in the unknown state ${status}` });
}

function readAs<S extends z.ZodType>(schema: S, answer: WechatAnswer, path: string): z.output<S> {
  if (answer.errcode !== XPAY.done) throw unclear(path, answer);
  const parsed = schema.safeParse(answer.json);
  if (!parsed.success)
    throw fail('pay.unavailable', { detail: `${path} cannot be read`, cause: parsed.error });
  return parsed.data;
}

/** What was published can be bought 10 to 30 minutes later. Source: developers.weixin.qq.com, wx.requestVirtualPayment, -15014. */
export const PUBLICATION_LAG_MS = 30 * MINUTE_MS;

/** Makes the catalogue. */
export function xpayGoods(call: CallXpay, lagMs: number): GoodsCatalogue {
  async function start(path: string, words: Readonly<Record<string, unknown>>): Promise<'accepted' | 'busy'> {
    const answer = await call(path, words);
    if (answer.errcode === XPAY.batchRunning) return 'busy';
    if (answer.errcode === XPAY.done || answer.errcode === XPAY.doneBefore) return 'accepted';
    throw unclear(path, answer);
  }

  return {
    upload: ({ id, name, priceFen, remark, imageUrl }) => {
      const item = { id, name: shortened(name), price: priceFen, remark, item_url: imageUrl };
      return start('/xpay/start_upload_goods', { upload_item: [item] });
    },
    queryUpload: async () => {
      const path = '/xpay/query_upload_goods';
      const { status, upload_item: items } = readAs(Uploads, await call(path, {}), path);
      return {
        isRunning: status === RUNNING,
        items: (items ?? []).map(({ id, upload_status, errmsg }) => ({
          id,
          state: stateOf(upload_status),
          reason: errmsg,
        })),
      };
    },
    lagMs,
    publish: (id) => start('/xpay/start_publish_goods', { publish_item: [{ id }] }),
    queryPublish: async () => {
      const path = '/xpay/query_publish_goods';
      const { status, publish_item: items } = readAs(Publications, await call(path, {}), path);
      return {
        isRunning: status === RUNNING,
        items: (items ?? []).map(({ id, publish_status, errmsg }) => ({
          id,
          state: stateOf(publish_status),
          reason: errmsg,
        })),
      };
    },
  };
}
