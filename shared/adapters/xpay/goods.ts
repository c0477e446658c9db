/**
 * Virtual payment's catalogue: what may be sold, and at which price. Upload and publish batches contain one good
 * each.
 */
import * as z from 'zod';
import { fail } from '../../errors.ts';
import type { GoodsAsked, GoodsBatch, GoodsCatalogue } from '../../ports/xpay.ts';
import { MINUTE_MS } from '../../schemas/base.ts';
import type { WechatAnswer } from '../wechat/token.ts';
import { type CallXpay, unclear, XPAY } from './call.ts';
import type { XpayPath } from './codes.ts';

const NAME_LENGTH_MAX = 20;

/** A name cut to its allowed length, between characters. */
function shortened(name: string): string {
  let short = '';
  for (const character of name) {
    if (short.length + character.length > NAME_LENGTH_MAX) break;
    short += character;
  }
  return short;
}

const Item = z.object({
  id: z.string().max(64),
  errmsg: z.string().catch(''),
  upload_status: z.unknown().optional(),
  publish_status: z.unknown().optional(),
});
const Items = z.array(z.unknown()).nullish();
const Uploads = z.object({ status: z.int(), upload_item: Items });
const Publications = z.object({ status: z.int(), publish_item: Items });

const NONE = 0;
const RUNNING = 1;
/**
 * The states of an item. A known id (1) is as good as a new one (2), because the same id is the same good at the
 * same price.
 */
const ITEM_STATES = { '0': 'running', '1': 'done', '2': 'done', '3': 'failed' } as const;
const REASON_LENGTH_MAX = 1_000;

/**
 * The states of a batch's items. Items without an id are left out. An item in an unknown state counts as running, so
 * it waits and does not affect the others.
 * @throws pay.unavailable when a finished batch does not list its items, because that is no empty batch
 */
function itemsOf(
  status: number,
  items: z.output<typeof Items>,
  stateField: 'upload_status' | 'publish_status',
): GoodsBatch['items'] {
  const isLeftOut = items === null || items === undefined;
  if (isLeftOut && status !== NONE && status !== RUNNING)
    throw fail('pay.unavailable', { detail: 'a batch that has ended, and not what was in it' });
  return (items ?? []).flatMap((each) => {
    const item = Item.safeParse(each).data;
    if (item === undefined) return [];
    const state = String(item[stateField]);
    const known = Object.hasOwn(ITEM_STATES, state)
      ? ITEM_STATES[state as keyof typeof ITEM_STATES]
      : 'running';
    return [{ id: item.id, state: known, reason: item.errmsg.slice(0, REASON_LENGTH_MAX) }];
  });
}

function readAs<S extends z.ZodType>(schema: S, answer: WechatAnswer, path: string): z.output<S> {
  if (answer.refusal !== null) throw unclear(path, answer);
  const parsed = schema.safeParse(answer.json);
  if (!parsed.success)
    throw fail('pay.unavailable', { detail: `${path} cannot be read`, cause: parsed.error });
  return parsed.data;
}

/**
 * A published good can be bought 10 to 30 minutes later. Source: developers.weixin.qq.com, wx.requestVirtualPayment,
 * -15014.
 */
export const PUBLICATION_LAG_MS = 30 * MINUTE_MS;

/** Makes the catalogue. */
export function xpayGoods(call: CallXpay, lagMs: number): GoodsCatalogue {
  async function start(path: XpayPath, words: Readonly<Record<string, unknown>>): Promise<GoodsAsked> {
    const answer = await call(path, words);
    const { refusal } = answer;
    if (refusal === null || refusal.verdict === 'done') return 'accepted';
    if (refusal.code === XPAY.batchRunning) return 'busy';
    if (refusal.verdict === 'refused') return refusal;
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
        items: itemsOf(status, items, 'upload_status'),
      };
    },
    lagMs,
    publish: (id) => start('/xpay/start_publish_goods', { publish_item: [{ id }] }),
    queryPublish: async () => {
      const path = '/xpay/query_publish_goods';
      const { status, publish_item: items } = readAs(Publications, await call(path, {}), path);
      return {
        isRunning: status === RUNNING,
        items: itemsOf(status, items, 'publish_status'),
      };
    },
  };
}
