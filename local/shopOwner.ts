/**
 * What the owner of a mini-program does by hand in WeChat's console, done at the simulators. They forget it when they
 * end.
 */
import type { Send } from '../shared/adapters/http/request.ts';
import * as goods from '../shared/data/operations/goods.ts';
import type { Database, Page } from '../shared/ports/database.ts';
import type { TimeMs } from '../shared/schemas/base.ts';
import type { Goods, GoodsState } from '../shared/schemas/operations/goods.ts';

const WITHIN_MS = 10_000;
/** How many goods are told at once, and of those that are also changed: a transaction has at most 64 documents. */
const TOLD = 1_000;
const CHANGED = 50;
/**
 * Goods in these states are put on sale at the simulator as if published long ago. Otherwise a new stack could sell
 * nothing for its first half hour.
 */
const TO_SELL: readonly GoodsState[] = ['wanted', 'published'];

/** Posts to the simulators' controls and answers the body. @throws when the status is not 200 */
async function ask(send: Send, url: string, words: unknown): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(words);
  const answer = await send({ method: 'POST', url, headers, body, timeoutMs: WITHIN_MS });
  const text = Buffer.from(answer.body).toString('utf8');
  if (answer.status !== 200) throw new Error(`${url} answers ${answer.status} ${text}`);
  return text;
}

/** Sets the push URL at the simulator, which checks it first. @throws when the simulator refuses the URL */
export async function sayWhereToPush(send: Send, wechatUrl: string, url: string): Promise<void> {
  const text = await ask(send, `${wechatUrl}/control/push`, { url });
  if (text !== '{"isSet":true}') throw new Error(`simulated WeChat does not push to ${url}`);
}

/** Puts all goods that are to be sold by virtual payment on sale at the simulator, at once. */
export async function putOnSale(
  send: Send,
  database: Database,
  wechatUrl: string,
  now: TimeMs,
): Promise<void> {
  for (const state of TO_SELL) {
    let cursor: string | null = null;
    do {
      const page: Page<Goods> = await database.list(goods.collection, {
        index: 'byState',
        where: { state },
        order: 'ascending',
        limit: state === 'wanted' ? CHANGED : TOLD,
        cursor,
      });
      const items = page.items.map(({ id, name, priceFen }) => ({ id, name, priceFen }));
      if (items.length > 0) await ask(send, `${wechatUrl}/control/goods`, items);
      if (state === 'wanted') {
        await database.tx(async (tx) => {
          for (const item of page.items)
            await goods.save(tx, item, {
              ...item,
              state: 'published',
              liveAtMs: now,
              nextAtMs: now,
              updatedAtMs: now,
            });
        });
      }
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
}
