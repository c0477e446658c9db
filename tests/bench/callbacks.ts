/** Settled callbacks: genuine notices over HTTP, repeated as asked, compared with bare verification and decryption. */
import { createCipheriv, createHash, createPrivateKey, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeId } from '../../client/id.ts';
import type { LocalKeys } from '../../local/keys.ts';
import { signedLines, signRsa } from '../../shared/adapters/wxpay/crypto.ts';
import { clientOf } from '../load/buyer.ts';
import { exchange, load } from '../load/measure.ts';
import { seeded } from '../support/seeded.ts';
import { bareCallbacksPerSecond } from './bare.ts';

/** The number of buyers. Each buys several courses and none of them twice, because an owned course cannot be bought. */
const BUYERS = 100;
const BUYERS_AT_ONCE = 16;
const SENDERS = 64;

/** A notice, ready to be sent. */
export interface Notice {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface OpenOrder {
  readonly orderId: string;
  readonly payableFen: number;
  readonly openid: string;
  readonly isPaid: () => Promise<boolean>;
}

const json = { 'content-type': 'application/json' };

/** Orders with an open payment, so that a callback can settle them. */
async function openOrders(
  stack: { readonly api: string; readonly phone: string },
  name: string,
  count: number,
): Promise<OpenOrder[]> {
  const random = seeded(7);
  const orders: OpenOrder[] = [];
  await load(BUYERS_AT_ONCE, BUYERS, async (buyer) => {
    let token: string | null = null;
    const own = `${name}${buyer}`;
    const client = clientOf(stack, () => token, own);
    const asked = await exchange('POST', `${stack.phone}/phone/login`, json, JSON.stringify({ name: own }));
    const { code, openid } = JSON.parse(asked.body) as { code: string; openid: string };
    token = (await client.login({ code })).token;
    const { items } = await client.listCourses({});
    const courses = items.filter(({ listFen }) => listFen > 0);
    for (let n = buyer; n < count; n += BUYERS) {
      const course = courses[Math.floor(n / BUYERS)];
      if (course === undefined) throw new Error('there are too few courses that cost anything');
      const orderId = makeId('ord', Date.now(), random);
      const lines = [{ productId: course.id }];
      await client.createOrder({ orderId, lines, couponId: null, shownFen: course.listFen });
      await client.payOrder({ orderId });
      const isPaid = async () => (await client.getOrder({ orderId })).order.state === 'paid';
      orders.push({ orderId, payableFen: course.listFen, openid, isPaid });
    }
  });
  return orders;
}

/** A notice as WeChat Pay would send it, signed and sealed with its simulated keys. */
export function noticeOf(
  keys: LocalKeys['simulators'],
  signer: ReturnType<typeof createPrivateKey>,
  order: Pick<OpenOrder, 'orderId' | 'payableFen' | 'openid'>,
  n: number,
): Notice {
  const transaction = {
    appid: keys.appid,
    mchid: keys.merchantId,
    out_trade_no: order.orderId,
    transaction_id: `4200${BigInt(
      `0x${createHash('sha256').update(order.orderId).digest('hex').slice(0, 20)}`,
    )
      .toString()
      .padStart(24, '0')}`,
    trade_type: 'JSAPI',
    trade_state: 'SUCCESS',
    success_time: new Date().toISOString(),
    payer: { openid: order.openid },
    amount: {
      total: order.payableFen,
      payer_total: order.payableFen,
      currency: 'CNY',
      payer_currency: 'CNY',
    },
  };
  const nonce = randomBytes(6).toString('hex');
  const cipher = createCipheriv('aes-256-gcm', keys.apiV3Key, nonce);
  cipher.setAAD(Buffer.from('transaction'));
  const sealed = Buffer.concat([
    cipher.update(JSON.stringify(transaction)),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  const body = JSON.stringify({
    id: `EV-${n}`,
    create_time: new Date().toISOString(),
    resource_type: 'encrypt-resource',
    event_type: 'TRANSACTION.SUCCESS',
    summary: '支付成功',
    resource: {
      original_type: 'transaction',
      algorithm: 'AEAD_AES_256_GCM',
      ciphertext: sealed.toString('base64'),
      associated_data: 'transaction',
      nonce,
    },
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  return {
    body,
    headers: {
      ...json,
      'wechatpay-timestamp': timestamp,
      'wechatpay-nonce': nonce,
      'wechatpay-serial': keys.publicKeyId,
      'wechatpay-signature': signRsa(signedLines(timestamp, nonce, body), signer),
    },
  };
}

/** How fast notices were settled. */
export interface Settled {
  /** For different orders: each notice is answered after its durable commit. */
  readonly paymentsPerSecond: number;
  /** All answered notices, repeats included. */
  readonly noticesPerSecond: number;
  /** Bare verifications with decryptions. */
  readonly barePerSecond: number;
}

/**
 * Sends notices of `count` orders. `copiesOf` gives the number of copies for the n-th order; copies are sent
 * concurrently.
 */
export async function benchCallbacks(
  stack: { readonly api: string; readonly phone: string; readonly folder: string },
  asked: { readonly name: string; readonly count: number; readonly copiesOf: (n: number) => number },
): Promise<Settled> {
  const { simulators: keys } = JSON.parse(readFileSync(join(stack.folder, 'keys.json'), 'utf8')) as LocalKeys;
  const signer = createPrivateKey(keys.platformPrivateKeyPem);
  const orders = await openOrders(stack, asked.name, asked.count);
  const notices = orders.map((order, n) => noticeOf(keys, signer, order, n));
  const told = notices.flatMap((notice, n) => Array.from({ length: asked.copiesOf(n) }, () => notice));
  const { wallMs } = await load(SENDERS, told.length, async (n) => {
    const notice = told[n];
    if (notice === undefined) return;
    const { status, body } = await exchange(
      'POST',
      `${stack.api}/api/pay/notify`,
      notice.headers,
      notice.body,
    );
    if (status !== 200 && status !== 204) throw new Error(`a notice was answered ${status}: ${body}`);
  });
  await load(BUYERS_AT_ONCE, orders.length, async (n) => {
    if ((await orders[n]?.isPaid()) !== true)
      throw new Error('a notice was taken, and the order is not paid');
  });
  return {
    paymentsPerSecond: (orders.length * 1000) / wallMs,
    noticesPerSecond: (told.length * 1000) / wallMs,
    barePerSecond: bareOf(keys, notices, asked.count * 3),
  };
}

function bareOf(keys: LocalKeys['simulators'], [sample]: readonly Notice[], count: number): number {
  if (sample === undefined) throw new Error('there is no notice');
  const { headers, body } = sample;
  return bareCallbacksPerSecond(
    {
      message: signedLines(headers['wechatpay-timestamp'] ?? '', headers['wechatpay-nonce'] ?? '', body),
      signature: headers['wechatpay-signature'] ?? '',
      publicKeyPem: keys.publicKeyPem,
      apiV3Key: keys.apiV3Key,
    },
    (JSON.parse(body) as { resource: { ciphertext: string; nonce: string; associated_data: string } })
      .resource,
    count,
  );
}
