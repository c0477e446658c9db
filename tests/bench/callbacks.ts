/** Settled callbacks: genuine notices over HTTP, every fifth told twice, against bare verification and decryption. */
import { createCipheriv, createPrivateKey, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeId } from '../../client/id.ts';
import type { LocalKeys } from '../../local/keys.ts';
import { signedLines, signRsa } from '../../shared/adapters/wechatpay.crypto.ts';
import { clientOf } from '../load/buyer.ts';
import { exchange, load } from '../load/measure.ts';
import { seeded } from '../support/seeded.ts';
import { bareCallbacksPerSecond } from './bare.ts';

/** Each has several orders of one course open: what is not owned yet may be ordered again. */
const BUYERS = 100;
const BUYERS_AT_ONCE = 16;
const SENDERS = 64;

interface Notice {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface OpenOrder {
  readonly orderId: string;
  readonly payableFen: number;
  readonly openid: string;
}

const json = { 'content-type': 'application/json' };

/** Orders whose payment is open: what a callback can be about. */
async function openOrders(
  stack: { readonly api: string; readonly phone: string },
  count: number,
): Promise<OpenOrder[]> {
  const random = seeded(7);
  const orders: OpenOrder[] = [];
  await load(BUYERS_AT_ONCE, BUYERS, async (buyer) => {
    let token: string | null = null;
    const client = clientOf(stack, () => token, `caller${buyer}`);
    const asked = await exchange(
      'POST',
      `${stack.phone}/phone/login`,
      json,
      JSON.stringify({ name: `caller${buyer}` }),
    );
    const { code, openid } = JSON.parse(asked.body) as { code: string; openid: string };
    token = (await client.login({ code })).token;
    const { items } = await client.listCourses({});
    const course = items.find(({ listFen }) => listFen > 0);
    if (course === undefined) throw new Error('nothing costs anything');
    for (let n = buyer; n < count; n += BUYERS) {
      const orderId = makeId('ord', Date.now(), random);
      const lines = [{ productId: course.id }];
      await client.createOrder({ orderId, lines, couponId: null, shownFen: course.listFen });
      await client.payOrder({ orderId });
      orders.push({ orderId, payableFen: course.listFen, openid });
    }
  });
  return orders;
}

/** A notice as WeChat Pay would send it, signed and sealed with its simulated keys. */
function noticeOf(
  keys: LocalKeys['simulators'],
  signer: ReturnType<typeof createPrivateKey>,
  order: OpenOrder,
  n: number,
): Notice {
  const transaction = {
    appid: keys.appid,
    mchid: keys.merchantId,
    out_trade_no: order.orderId,
    transaction_id: `42000099${String(n).padStart(20, '0')}`,
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

/** Different orders settled in a second (each notice is answered after its durable commit), and the bare limit. */
export async function benchCallbacks(
  stack: { readonly api: string; readonly phone: string; readonly folder: string },
  count: number,
): Promise<{ ours: number; bare: number }> {
  const { simulators: keys } = JSON.parse(readFileSync(join(stack.folder, 'keys.json'), 'utf8')) as LocalKeys;
  const signer = createPrivateKey(keys.platformPrivateKeyPem);
  const orders = await openOrders(stack, count);
  const notices = orders.map((order, n) => noticeOf(keys, signer, order, n));
  const told = notices.flatMap((notice, n) => (n % 5 === 0 ? [notice, notice] : [notice]));
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
  const [sample] = notices;
  if (sample === undefined) throw new Error('there is no notice');
  const bare = bareCallbacksPerSecond(
    {
      message: signedLines(
        sample.headers['wechatpay-timestamp'] ?? '',
        sample.headers['wechatpay-nonce'] ?? '',
        sample.body,
      ),
      signature: sample.headers['wechatpay-signature'] ?? '',
      publicKeyPem: keys.publicKeyPem,
      apiV3Key: keys.apiV3Key,
    },
    (JSON.parse(sample.body) as { resource: { ciphertext: string; nonce: string; associated_data: string } })
      .resource,
    count * 3,
  );
  return { ours: (orders.length * 1000) / wallMs, bare };
}
