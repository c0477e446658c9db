import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import type { Signer, Signs } from '../../../local/simulators/wxpay/signers.ts';
import { probing, spoiled, Wire } from '../../../local/simulators/wxpay/wire.ts';
import type { WechatPayConfig } from '../../../shared/adapters/wxpay/rail.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/schemas/base.ts';
import { keys } from '../../support/keys.ts';
import { seeded } from '../../support/seeded.ts';
import { confirm, failure, OPENID, open, orderIdOf } from './conformance.ts';
import { openVirtualRail, type VirtualRail } from './rails.ts';

interface Notice {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const words = {
  appid: keys.appid,
  mchid: keys.merchantId,
  out_trade_no: orderIdOf(1),
  transaction_id: '4200001234202611239876543210',
  trade_type: 'JSAPI',
  trade_state: 'SUCCESS',
  success_time: '2026-11-23T14:00:00+08:00',
  payer: { openid: 'oalice' },
  amount: { total: 9_900, payer_total: 9_900, currency: 'CNY', payer_currency: 'CNY' },
};
const refundWords = {
  mchid: keys.merchantId,
  transaction_id: words.transaction_id,
  out_trade_no: words.out_trade_no,
  refund_id: '50300001234',
  out_refund_no: 'late-1',
  refund_status: 'SUCCESS',
  amount: { total: 9_900, refund: 9_900, payer_total: 9_900, payer_refund: 9_900 },
};

let rail: VirtualRail;
let wire: Wire;
beforeEach(() => openWith({}));

function openWith(changes: Partial<WechatPayConfig>): void {
  rail = openVirtualRail(changes);
  wire = new Wire({ keys, clock: rail.clock, random: seeded(2), signers: rail.simulator.signers });
}

/** A genuine notice, signed over exactly its bytes. */
function noticeOf(json: unknown, skewMs = 0, signs: Signs | Signer = 'public_key'): Notice {
  const text = typeof json === 'string' ? json : JSON.stringify(json);
  return { headers: wire.signed(text, signs, skewMs), body: Buffer.from(text) };
}

function envelopeOf(sealed: unknown, eventType = 'TRANSACTION.SUCCESS', changes: object = {}) {
  const text = typeof sealed === 'string' ? sealed : JSON.stringify(sealed);
  return {
    id: 'EV-1',
    create_time: '2026-11-23T14:00:00+08:00',
    resource_type: 'encrypt-resource',
    event_type: eventType,
    summary: '支付成功',
    resource: { original_type: 'transaction', ...wire.sealed(text, 'transaction') },
    ...changes,
  };
}

const read = ({ headers, body }: Notice) => rail.pay.readNotice(headers, body);

describe('a genuine notice', () => {
  test('is believed, also again: whoever settles it must not mind', async () => {
    const notice = noticeOf(envelopeOf(words));
    const news = {
      kind: 'payment',
      news: {
        rail: 'wxpay',
        appid: keys.appid,
        merchantId: keys.merchantId,
        orderNumber: orderIdOf(1),
        transactionId: words.transaction_id,
        state: 'success',
        totalFen: 9_900,
        currency: 'CNY',
        openid: 'oalice',
        paidAtMs: Date.UTC(2026, 10, 23, 6),
        hasRefunds: false,
      },
    };
    expect(await read(notice)).toEqual(news);
    expect(await read(notice)).toEqual(news);
  });

  test.each([
    ['SUCCESS', 'success'],
    ['ABNORMAL', 'abnormal'],
    ['CLOSED', 'closed'],
  ])('tells of a refund that ended: %s', async (status, state) => {
    const notice = noticeOf(envelopeOf({ ...refundWords, refund_status: status }, `REFUND.${status}`));
    expect(await read(notice)).toEqual({
      kind: 'refund',
      news: { refundId: 'late-1', state, refundFen: 9_900, transactionId: words.transaction_id },
    });
  });

  test.each([
    ['of an event that is not known, which is not even opened', 'COMPLAINT.CREATE', 'no JSON'],
    ['of a payment that did not succeed', 'TRANSACTION.SUCCESS', { ...words, trade_state: 'NOTPAY' }],
  ])('%s has no use', async (_, eventType, sealed) => {
    expect(await read(noticeOf(envelopeOf(sealed, eventType)))).toEqual({ kind: 'other', eventType });
  });
});

test('a genuine notice of an unknown kind is taken however it is built, and its name is cut', async () => {
  for (const [envelope, eventType] of [
    [{ event_type: 'BRAND.NEW', resource: 'plain words' }, 'BRAND.NEW'],
    [{ event_type: 'X'.repeat(100), id: 'y'.repeat(1_000) }, 'X'.repeat(64)],
  ] as const) {
    expect(await read(noticeOf(envelope))).toEqual({ kind: 'other', eventType });
  }
});

describe('notice.signature_invalid', () => {
  const without = (name: string) => (notice: Notice) => {
    const { [name]: _, ...headers } = notice.headers;
    return { ...notice, headers };
  };
  const withHeader = (name: string, value: (was: string) => string) => (notice: Notice) => ({
    ...notice,
    headers: { ...notice.headers, [name]: value(notice.headers[name] ?? '') },
  });
  const changes: readonly (readonly [string, (notice: Notice) => Notice])[] = [
    ['no timestamp', without('wechatpay-timestamp')],
    ['no nonce', without('wechatpay-nonce')],
    ['no serial', without('wechatpay-serial')],
    ['no signature', without('wechatpay-signature')],
    ['a timestamp that is no number', withHeader('wechatpay-timestamp', () => 'NaN')],
    ['a timestamp in milliseconds', withHeader('wechatpay-timestamp', (was) => `${was}000`)],
    ['another timestamp', withHeader('wechatpay-timestamp', (was) => String(Number(was) + 1))],
    ['another nonce', withHeader('wechatpay-nonce', (was) => was.toLowerCase())],
    ['a nonce with a line break', withHeader('wechatpay-nonce', (was) => `${was}\n`)],
    ['an unknown serial', withHeader('wechatpay-serial', () => '5157F09EFDC096DE15EBE81A47057A7232F1B8E1')],
    ['an unknown public key', withHeader('wechatpay-serial', (was) => was.replace(/.$/, 'X'))],
    ['the merchant’s own serial', withHeader('wechatpay-serial', () => keys.merchantSerial)],
    ['a name of an object’s own', withHeader('wechatpay-serial', () => '__proto__')],
    ['a signature that is no base64', withHeader('wechatpay-signature', (was) => `*${was.slice(1)}`)],
    ['an empty signature', withHeader('wechatpay-signature', () => '')],
    ['a probe', withHeader('wechatpay-signature', (was) => `WECHATPAY/SIGNTEST/${was}`)],
    ['a signature cut short', withHeader('wechatpay-signature', (was) => was.slice(0, 300))],
    [
      'a signature with one bit changed',
      withHeader('wechatpay-signature', (was) => {
        const bytes = Buffer.from(was, 'base64');
        bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
        return bytes.toString('base64');
      }),
    ],
    [
      'a body with one bit changed',
      (notice) => {
        const body = Buffer.from(notice.body);
        body.writeUInt8(body.readUInt8(40) ^ 1, 40);
        return { ...notice, body };
      },
    ],
    [
      'a body with a space more',
      (notice) => ({ ...notice, body: Buffer.concat([notice.body, Buffer.from(' ')]) }),
    ],
    ['an empty body', (notice) => ({ ...notice, body: Buffer.alloc(0) })],
    [
      'a body that was parsed and written again',
      (notice) => ({
        ...notice,
        body: Buffer.from(JSON.stringify(JSON.parse(notice.body.toString()), null, 1)),
      }),
    ],
  ];

  test.each(changes)('%s', async (_, change) => {
    const notice = noticeOf(envelopeOf(words));
    expect(await failure(read(notice))).toBeNull();
    expect(await failure(read(change(notice)))).toBe('notice.signature_invalid');
  });

  test('a probe is told from a forgery, in the log', async () => {
    const { headers, body } = noticeOf(envelopeOf(words));
    const probe = { headers: probing(headers), body };
    const forgery = { headers: spoiled(headers), body };
    await expect(read(probe)).rejects.toMatchObject({ detail: 'a probe' });
    await expect(read(forgery)).rejects.toMatchObject({ detail: 'the signature is wrong' });
  });

  test('the headers of one notice with the body of another', async () => {
    const first = noticeOf(envelopeOf(words));
    const second = noticeOf(envelopeOf({ ...words, amount: { total: 1, currency: 'CNY' } }));
    expect(await failure(read({ headers: first.headers, body: second.body }))).toBe(
      'notice.signature_invalid',
    );
  });

  test('one whose sender has the sealing key, and not the signing key', async () => {
    const forger = new Wire({
      keys: { ...keys, platformPrivateKeyPem: keys.merchantPrivateKeyPem },
      clock: rail.clock,
      random: seeded(3),
    });
    const text = JSON.stringify(envelopeOf(words));
    const headers = forger.signed(text, 'public_key', 0);
    expect(await failure(read({ headers, body: Buffer.from(text) }))).toBe('notice.signature_invalid');
  });

  test.each([
    [-(5 * MINUTE_MS), 'notice.signature_invalid'],
    [-(5 * MINUTE_MS - SECOND_MS), null],
    [5 * MINUTE_MS - SECOND_MS, null],
    [5 * MINUTE_MS, 'notice.signature_invalid'],
  ])('signed at %d ms from now: %s', async (skewMs, code) => {
    expect(await failure(read(noticeOf(envelopeOf(words), skewMs)))).toBe(code);
  });

  test('one that is told again, by somebody else, after five minutes', async () => {
    const notice = noticeOf(envelopeOf(words));
    rail.clock.advance(5 * MINUTE_MS);
    expect(await failure(read(notice))).toBe('notice.signature_invalid');
  });
});

describe('notice.malformed: signed by WeChat Pay, and not what it says', () => {
  const malformed: readonly (readonly [string, () => unknown])[] = [
    ['no JSON', () => 'OK'],
    ['no object', () => []],
    ['text that does not end', () => '{"id":"'],
    ['another resource type', () => envelopeOf(words, 'TRANSACTION.SUCCESS', { resource_type: 'plain' })],
    ['no resource', () => envelopeOf(words, 'TRANSACTION.SUCCESS', { resource: null })],
    [
      'another algorithm',
      () => {
        const envelope = envelopeOf(words);
        return { ...envelope, resource: { ...envelope.resource, algorithm: 'AEAD_SM4_GCM' } };
      },
    ],
    [
      'a nonce of another length',
      () => {
        const envelope = envelopeOf(words);
        return { ...envelope, resource: { ...envelope.resource, nonce: 'short' } };
      },
    ],
    [
      'other associated data',
      () => {
        const envelope = envelopeOf(words);
        return { ...envelope, resource: { ...envelope.resource, associated_data: 'refund' } };
      },
    ],
    [
      'a ciphertext shorter than its tag',
      () => {
        const envelope = envelopeOf(words);
        return { ...envelope, resource: { ...envelope.resource, ciphertext: 'AAAA' } };
      },
    ],
    ['sealed text that is no JSON', () => envelopeOf('OK')],
    ['no order number', () => envelopeOf({ ...words, out_trade_no: undefined })],
    ['no transaction', () => envelopeOf({ ...words, transaction_id: '' })],
    ['an amount that is text', () => envelopeOf({ ...words, amount: { total: '9900', currency: 'CNY' } })],
    ['a fraction of a fen', () => envelopeOf({ ...words, amount: { total: 99.5, currency: 'CNY' } })],
    ['less than nothing', () => envelopeOf({ ...words, amount: { total: -9_900, currency: 'CNY' } })],
    ['more than can be counted', () => envelopeOf({ ...words, amount: { total: 1e21, currency: 'CNY' } })],
    ['no amount', () => envelopeOf({ ...words, amount: undefined })],
    ['no currency', () => envelopeOf({ ...words, amount: { total: 9_900 } })],
    ['no instant', () => envelopeOf({ ...words, success_time: 'soon' })],
    [
      'an instant before there were computers',
      () => envelopeOf({ ...words, success_time: '1901-01-01T00:00:00Z' }),
    ],
    [
      'a refund in an unknown state',
      () => envelopeOf({ ...refundWords, refund_status: 'X' }, 'REFUND.SUCCESS'),
    ],
    ['a refund without a number', () => envelopeOf({ ...refundWords, out_refund_no: '' }, 'REFUND.SUCCESS')],
    ['a payment told as a refund', () => envelopeOf(words, 'REFUND.SUCCESS')],
    ['a refund told as a payment', () => envelopeOf({ ...refundWords, trade_state: 'SUCCESS' })],
  ];

  test.each(malformed)('%s', async (_, json) => {
    expect(await failure(read(noticeOf(json())))).toBe('notice.malformed');
  });

  test('sealed under the new key or the old one, while it is changed, and under no third', async () => {
    const newKey = 'N'.repeat(32);
    const sealedBy = (apiV3Key: string) => {
      const wire = new Wire({ keys: { ...keys, apiV3Key }, clock: rail.clock, random: seeded(4) });
      const resource = wire.sealed(JSON.stringify(words), 'transaction');
      return noticeOf({ ...envelopeOf(words), resource });
    };
    openWith({ apiV3Keys: [newKey, keys.apiV3Key] });
    for (const key of [newKey, keys.apiV3Key])
      expect(await read(sealedBy(key))).toMatchObject({ kind: 'payment' });
    expect(await failure(read(sealedBy('0'.repeat(32))))).toBe('notice.malformed');
  });

  test('sealed under another key', async () => {
    const other = new Wire({
      keys: { ...keys, apiV3Key: '0'.repeat(32) },
      clock: rail.clock,
      random: seeded(4),
    });
    const resource = other.sealed(JSON.stringify(words), 'transaction');
    expect(await failure(read(noticeOf({ ...envelopeOf(words), resource })))).toBe('notice.malformed');
  });
});

describe('platform certificates', () => {
  const fetches = () => rail.calls.filter(({ url }) => url.endsWith('/v3/certificates')).length;
  const signedByCertificate = () => noticeOf(envelopeOf(words), 0, 'certificate');
  beforeEach(() => {
    openWith({ publicKeys: [] });
    rail.simulator.signs = 'certificate';
  });

  test('are fetched when the first is needed, once for everybody who waits, and kept', async () => {
    const both = await Promise.all([read(signedByCertificate()), read(signedByCertificate())]);
    expect(both.map(({ kind }) => kind)).toEqual(['payment', 'payment']);
    expect(fetches()).toBe(1);
    const { ticket: prepayId } = await open(rail, 1);
    expect(confirm(rail, prepayId)).toBe('requestPayment:ok');
    expect(await rail.nextNotice()).toMatchObject({ kind: 'payment' });
    expect(await rail.pay.query({ orderId: orderIdOf(1), openid: OPENID })).toMatchObject({
      state: 'success',
    });
    rail.clock.advance(60 * MINUTE_MS);
    await read(signedByCertificate());
    expect(fetches()).toBe(1);
  });

  test('are fetched by the first answer too', async () => {
    await open(rail, 1);
    expect(fetches()).toBe(1);
  });

  test('an unknown serial makes us ask at most once a minute', async () => {
    const unknown = () => {
      const notice = signedByCertificate();
      const serial = { 'wechatpay-serial': '5157F09EFDC096DE15EBE81A47057A7232F1B8E1' };
      return { ...notice, headers: { ...notice.headers, ...serial } };
    };
    for (let n = 0; n < 100; n += 1) expect(await failure(read(unknown()))).toBe('notice.signature_invalid');
    expect(fetches()).toBe(1);
    rail.clock.advance(MINUTE_MS - 1);
    expect(await failure(read(unknown()))).toBe('notice.signature_invalid');
    expect(fetches()).toBe(1);
    rail.clock.advance(1);
    expect(await failure(read(unknown()))).toBe('notice.signature_invalid');
    expect(fetches()).toBe(2);
  });

  test('a public key that is not configured is asked for nowhere', async () => {
    expect(await failure(read(noticeOf(envelopeOf(words))))).toBe('notice.signature_invalid');
    expect(fetches()).toBe(0);
  });

  test.each([
    ['badSignature', () => rail.simulator.faults.next('badSignature')],
    ['garbage', () => rail.simulator.faults.next('garbage')],
    ['answerLost', () => rail.simulator.faults.next('answerLost')],
    ['a clock too far away', () => Object.assign(rail.simulator, { skewMs: 6 * MINUTE_MS })],
  ])('an answer with %s teaches nothing; the next minute asks again', async (_, spoil) => {
    spoil();
    expect(await failure(read(signedByCertificate()))).toBe('notice.signature_invalid');
    rail.simulator.skewMs = 0;
    expect(await failure(read(signedByCertificate()))).toBe('notice.signature_invalid');
    rail.clock.advance(MINUTE_MS);
    expect(await failure(read(signedByCertificate()))).toBeNull();
    expect(fetches()).toBe(2);
  });

  test('are asked for again when our own clock was far ahead, and has been set back', async () => {
    rail.simulator.skewMs = -6 * MINUTE_MS;
    expect(await failure(read(signedByCertificate()))).toBe('notice.signature_invalid');
    rail.simulator.skewMs = 0;
    rail.clock.advance(-60 * MINUTE_MS);
    expect(await failure(read(signedByCertificate()))).toBeNull();
    expect(fetches()).toBe(2);
  });

  test('that are under a number that is not theirs teach nothing', async () => {
    const serial = keys.certificateSerial.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    const other = new Wire({
      keys: { ...keys, certificateSerial: serial },
      clock: rail.clock,
      random: seeded(5),
    });
    const sealed = other.sealed(keys.certificatePem, 'certificate');
    const text = JSON.stringify({ data: [{ serial_no: serial, encrypt_certificate: sealed }] });
    rail.tamper = (answer) => ({
      ...answer,
      headers: other.signed(text, 'certificate', 0),
      body: Buffer.from(text),
    });
    const body = JSON.stringify(envelopeOf(words));
    const notice = { headers: other.signed(body, 'certificate', 0), body: Buffer.from(body) };
    expect(await failure(read(notice))).toBe('notice.signature_invalid');
    expect(fetches()).toBe(1);
  });

  test('that have ended are not believed', async () => {
    const { validTo } = new X509Certificate(keys.certificatePem);
    rail.clock.advance(Date.parse(validTo) - rail.clock.now());
    expect(await failure(read(signedByCertificate()))).toBe('notice.signature_invalid');
    expect(fetches()).toBe(1);
  });

  test('are believed beside the public key while a merchant changes over', async () => {
    openWith({});
    rail.simulator.signs = 'certificate';
    expect(await failure(read(noticeOf(envelopeOf(words))))).toBeNull();
    expect(await failure(read(signedByCertificate()))).toBeNull();
    expect(await failure(open(rail, 1))).toBeNull();
    expect(fetches()).toBe(1);
  });
});

/** More keys of WeChat Pay. */
const [second, third] = [1, 2].map((n) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const serial = `5157F09EFDC096DE15EBE81A47057A7232F1B8E${n}`;
  return {
    serial,
    id: `PUB_KEY_ID_011900000000000000000000000${n}`,
    privateKeyPem: privateKey,
    pem: publicKey,
  };
}) as [NewKey, NewKey];
interface NewKey {
  readonly serial: string;
  readonly id: string;
  readonly privateKeyPem: string;
  readonly pem: string;
}

describe('a platform certificate, once learned,', () => {
  const fetches = () => rail.calls.filter(({ url }) => url.endsWith('/v3/certificates')).length;
  const signers = () => rail.simulator.signers;
  const signedBy = (signer: Signer) => failure(read(noticeOf(envelopeOf(words), 0, signer)));
  const REFUSED = 'notice.signature_invalid';

  /** Adds a certificate that WeChat Pay lists and signs with, valid for some time from now. */
  function given({ serial, privateKeyPem }: NewKey, fromMs: number, untilMs: number) {
    const now = Math.floor(rail.clock.now() / SECOND_MS) * SECOND_MS;
    const [fromAtMs, untilAtMs] = [now + fromMs, now + untilMs];
    const pem = signers().addCertificate({ serial, privateKeyPem, fromAtMs, untilAtMs });
    return { signer: signers().current('certificate'), pem, untilAtMs };
  }
  const until = (atMs: number) => rail.clock.advance(atMs - rail.clock.now());

  beforeEach(() => {
    openWith({ publicKeys: [] });
    rail.simulator.signs = 'certificate';
  });

  test('is believed to its own end, and not a moment longer', async () => {
    const { signer, untilAtMs } = given(second, -HOUR_MS, 5 * HOUR_MS);
    expect(await signedBy(signer)).toBeNull();
    until(untilAtMs - 1);
    expect(await signedBy(signer)).toBeNull();
    until(untilAtMs);
    expect(await signedBy(signer)).toBe(REFUSED);
  });

  test('is not believed before its beginning', async () => {
    // The list is signed with the public key.
    openWith({});
    const first = signers().current('certificate');
    const { signer } = given(second, HOUR_MS, 24 * HOUR_MS);
    expect([await signedBy(first), await signedBy(signer)]).toEqual([null, REFUSED]);
    rail.clock.advance(HOUR_MS);
    expect(await signedBy(signer)).toBeNull();
  });

  test('is forgotten twelve hours after its withdrawal at the latest', async () => {
    const first = signers().current('certificate');
    const { signer } = given(second, -HOUR_MS, 1_000 * HOUR_MS);
    expect([await signedBy(first), await signedBy(signer)]).toEqual([null, null]);
    signers().withdraw(first.serial);
    rail.clock.advance(12 * HOUR_MS - 1);
    expect([await signedBy(first), fetches()]).toEqual([null, 1]);
    rail.clock.advance(1);
    expect([await signedBy(first), await signedBy(signer)]).toEqual([REFUSED, null]);
    expect(fetches()).toBe(2);
  });

  test('is believed on when the list cannot be had, and the list is asked for once a minute', async () => {
    const { signer, untilAtMs } = given(second, -HOUR_MS, 20 * HOUR_MS);
    expect(await signedBy(signer)).toBeNull();
    rail.simulator.faults.shares.requestLost = 1;
    rail.clock.advance(12 * HOUR_MS);
    for (let n = 0; n < 100; n += 1) expect(await signedBy(signer)).toBeNull();
    expect(fetches()).toBe(2);
    rail.clock.advance(MINUTE_MS);
    expect([await signedBy(signer), fetches()]).toEqual([null, 3]);
    until(untilAtMs);
    expect(await signedBy(signer)).toBe(REFUSED);
  });

  test('is replaced by another that is listed before it signs, without a notice lost', async () => {
    const first = signers().current('certificate');
    expect(await signedBy(first)).toBeNull();
    const { signer } = given(second, -HOUR_MS, 1_000 * HOUR_MS);
    rail.clock.advance(MINUTE_MS);
    expect([await signedBy(first), await signedBy(signer), await signedBy(first)]).toEqual([
      null,
      null,
      null,
    ]);
    expect(fetches()).toBe(2);
  });

  test.each<[string, unknown]>([
    ['another algorithm', { serial_no: '51AA', encrypt_certificate: { algorithm: 'AEAD_SM4_GCM' } }],
    ['nothing in it', { serial_no: '51AB' }],
    [
      'something else sealed in it',
      {
        serial_no: '51AC',
        encrypt_certificate: {
          algorithm: 'AEAD_AES_256_GCM',
          nonce: '0123456789ab',
          associated_data: 'certificate',
          ciphertext: 'A'.repeat(64),
        },
      },
    ],
  ])('is learned beside an entry with %s', async (_, oddity) => {
    signers().oddities = [oddity];
    expect(await signedBy(signers().current('certificate'))).toBeNull();
  });

  test('stays when its entry is there and cannot be read, and goes when it is not', async () => {
    const first = signers().current('certificate');
    const { signer } = given(second, -HOUR_MS, 1_000 * HOUR_MS);
    expect(await signedBy(first)).toBeNull();
    signers().withdraw(first.serial);
    signers().oddities = [{ serial_no: first.serial, encrypt_certificate: { algorithm: 'AEAD_SM4_GCM' } }];
    rail.clock.advance(12 * HOUR_MS);
    expect([await signedBy(first), await signedBy(signer)]).toEqual([null, null]);
    signers().oddities = [];
    rail.clock.advance(12 * HOUR_MS);
    expect([await signedBy(first), await signedBy(signer)]).toEqual([REFUSED, null]);
  });

  test('is not vouched for by a key that is no longer listed', async () => {
    const first = signers().current('certificate');
    expect(await signedBy(first)).toBeNull();
    const { signer } = given(second, -HOUR_MS, 1_000 * HOUR_MS);
    signers().withdraw(first.serial);
    // Somebody with the withdrawn key signs the list that no longer contains it.
    rail.tamper = (answer) => ({
      ...answer,
      headers: wire.signed(Buffer.from(answer.body).toString('utf8'), first, 0),
    });
    rail.clock.advance(12 * HOUR_MS);
    expect(await signedBy(signer)).toBe(REFUSED);
  });

  test('may be configured: it is believed before the first list came, and as long as lists have it', async () => {
    const { pem } = given(second, -HOUR_MS, 1_000 * HOUR_MS);
    openWith({ publicKeys: [], certificatePems: [pem, keys.certificatePem] });
    rail.simulator.signs = 'certificate';
    const first = signers().current('certificate');
    const { signer } = given(second, -HOUR_MS, 1_000 * HOUR_MS);
    rail.simulator.faults.shares.requestLost = 1;
    expect([await signedBy(first), await signedBy(signer)]).toEqual([null, null]);
    rail.simulator.faults.shares.requestLost = 0;
    signers().withdraw(first.serial);
    rail.clock.advance(MINUTE_MS);
    expect([await signedBy(first), await signedBy(signer)]).toEqual([REFUSED, null]);
  });
});

describe('WeChat Pay’s public keys', () => {
  const both = [
    { id: second.id, pem: second.pem },
    { id: keys.publicKeyId, pem: keys.publicKeyPem },
  ];

  test('are believed side by side while one takes the place of the other, and no third is', async () => {
    openWith({ publicKeys: both });
    const { signers } = rail.simulator;
    const older = signers.current('public_key');
    signers.addPublicKey(second.id, second.privateKeyPem);
    const newer = signers.current('public_key');
    for (const signer of [older, newer, older])
      expect(await failure(read(noticeOf(envelopeOf(words), 0, signer)))).toBeNull();
    signers.addPublicKey(third.id, third.privateKeyPem);
    expect(await failure(read(noticeOf(envelopeOf(words))))).toBe('notice.signature_invalid');
    // A key's signature counts only under its own name.
    const swapped = { ...newer, serial: older.serial };
    expect(await failure(read(noticeOf(envelopeOf(words), 0, swapped)))).toBe('notice.signature_invalid');
  });

  test('are asked for by the first of them', async () => {
    openWith({ publicKeys: both });
    rail.simulator.signers.addPublicKey(second.id, second.privateKeyPem);
    const serials: (string | undefined)[] = [];
    rail.tamper = (answer) => {
      serials.push(answer.headers['wechatpay-serial']);
      return answer;
    };
    await open(rail, 1);
    openWith({ publicKeys: both.toReversed() });
    expect(serials).toEqual([second.id]);
    // WeChat Pay has withdrawn the key that we still ask for.
    rail.simulator.signers.addPublicKey(second.id, second.privateKeyPem);
    rail.simulator.signers.withdraw(keys.publicKeyId);
    expect(await failure(open(rail, 1))).toBe('pay.unavailable');
  });
});

test('an APIv3 key of another length than 32 is refused at its use', async () => {
  const { pay } = openVirtualRail({ apiV3Keys: ['short'] });
  await expect(pay.readNotice({}, Buffer.from('{}'))).rejects.toThrow('32 bytes');
});
