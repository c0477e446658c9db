import crypto, { generateKeyPairSync } from 'node:crypto';
import { payNotify } from '../../functions/payments/payNotify.ts';
import { PROBE, Wire } from '../../local/simulators/wxpay/wire.ts';
import { signedLines, signRsa } from '../../shared/adapters/wxpay/crypto.ts';
import { SECOND_MS } from '../../shared/schemas/base.ts';
import { keys } from '../support/keys.ts';
import { oneOf, seeded } from '../support/seeded.ts';
import type { RawCall } from '../support/world.ts';
import { bar, lanes } from './bar.ts';
import { hashOf } from './exported.ts';
import { untoldPayments } from './notices.ts';
import { openShop } from './shop.ts';

const AT_ONCE = 64;
const PAYMENTS = 40;
const SIGNATURE = 'wechatpay-signature';
const SERIAL = 'wechatpay-serial';
const SIGNED = [SIGNATURE, SERIAL, 'wechatpay-nonce', 'wechatpay-timestamp'];

type Genuine = { readonly rawBody: Buffer; readonly headers: Readonly<Record<string, string>> };

/** Makes a forged notice out of genuine ones. */
type Forgery = (one: Genuine, other: Genuine, random: () => number) => Genuine;

/** The forgeries by name. */
function forgeries(wire: Wire): Readonly<Record<string, Forgery>> {
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const skewed = (one: Genuine, skewMs: number): Genuine => ({
    ...one,
    headers: wire.signed(one.rawBody.toString(), 'public_key', skewMs),
  });
  const withHeader = (one: Genuine, name: string, value: string): Genuine => ({
    ...one,
    headers: { ...one.headers, [name]: value },
  });
  const letters = (random: () => number, count: number) =>
    Buffer.from(Array.from({ length: count }, () => Math.floor(random() * 256)));
  return {
    randomSignature: (one, _, random) => withHeader(one, SIGNATURE, letters(random, 256).toString('base64')),
    strangersSignature: (one) => {
      const { 'wechatpay-timestamp': at = '', 'wechatpay-nonce': nonce = '' } = one.headers;
      return withHeader(one, SIGNATURE, signRsa(signedLines(at, nonce, one.rawBody.toString()), stranger));
    },
    bitOfTheBody: ({ rawBody, headers }, _, random) => {
      const changed = Buffer.from(rawBody);
      const at = Math.floor(random() * changed.length);
      changed[at] = (changed[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      return { rawBody: changed, headers };
    },
    headersOfAnother: (one, other) => ({ ...one, headers: other.headers }),
    oneHeaderOfAnother: (one, other, random) => {
      const name = oneOf(random, [SIGNATURE, 'wechatpay-nonce']);
      return withHeader(one, name, other.headers[name] ?? '');
    },
    unknownSerial: (one, _, random) => {
      const head = random() < 0.5 ? 'PUB_KEY_ID_0' : '5';
      return withHeader(one, SERIAL, head + letters(random, 14).toString('hex').toUpperCase());
    },
    stale: (one, _, random) => skewed(one, -(300 + Math.floor(random() * 90_000)) * SECOND_MS),
    future: (one, _, random) => skewed(one, (301 + Math.floor(random() * 90_000)) * SECOND_MS),
    probe: (one) => withHeader(one, SIGNATURE, PROBE + (one.headers[SIGNATURE] ?? '')),
    headerMissing: (one, _, random) => {
      const { [oneOf(random, SIGNED)]: _left, ...headers } = one.headers;
      return { ...one, headers };
    },
  };
}

/** Counts the decryptions from now on. */
function deciphers(): { readonly count: number } {
  const { createDecipheriv } = crypto;
  const counted = { count: 0 };
  const around = (...args: Parameters<typeof createDecipheriv>) => {
    counted.count += 1;
    return createDecipheriv(...args);
  };
  Object.assign(crypto, { createDecipheriv: around });
  return counted;
}

/**
 * Seen red: with a `Verifier.verify` that accepts everything, forged notices are answered with 200, are decrypted, and
 * settle orders.
 *
 * The first unknown serial makes the product fetch the platform's certificates, which are encrypted too. That is done
 * before counting. Virtual time stands still, so they are not fetched again.
 */
export const R04 = bar({
  proves: 'forged notices are all refused, change nothing, are not even deciphered, and cost next to nothing',
  flags: { forged: 10_000 },
  brief: { forged: 300 },
  run: async ({ seed, flags, note }) => {
    const shop = await openShop(seed);
    const { world } = shop;
    const random = seeded(seed);
    const untold = await untoldPayments(shop, PAYMENTS);
    const genuine = untold.map((payment): Genuine => {
      const { rawBody, headers = {} } = payment.notice();
      return { rawBody: Buffer.from(rawBody), headers };
    });
    const wire = new Wire({ keys, clock: world.clock, random });
    const ways = Object.entries(forgeries(wire));
    const forged: { readonly way: string; readonly call: RawCall }[] = [];
    for (let n = 0; n < flags.forged; n += 1) {
      const [way, forge] = oneOf(random, ways);
      const at = Math.floor(random() * genuine.length);
      const [one, other] = [genuine[at], genuine[(at + 1) % genuine.length]];
      if (one !== undefined && other !== undefined) forged.push({ way, call: forge(one, other, random) });
    }
    await world.call(payNotify, {
      rawBody: '{}',
      headers: { ...genuine[0]?.headers, [SERIAL]: '5'.repeat(40) },
    });
    note(`${forged.length} notices are forged`);
    const counted = deciphers();
    const before = await hashOf(world.ports.database.exportAll());
    const began = performance.now();
    const statuses = await lanes(
      forged,
      AT_ONCE,
      async ({ call }) => (await world.call(payNotify, call)).status,
    );
    const perSecond = Math.round((forged.length * 1_000) / (performance.now() - began));
    const violations: string[] = [];
    for (const [index, status] of statuses.entries())
      if (status !== 401) violations.push(`${forged[index]?.way} was answered with ${status}`);
    if ((await hashOf(world.ports.database.exportAll())) !== before) violations.push('something was written');
    const deciphered = counted.count;
    if (deciphered > 0) violations.push(`${deciphered} were deciphered`);
    // The genuine notices still settle their orders, so the forged copies would have been worth something.
    for (const call of genuine) {
      const { status } = await world.call(payNotify, call);
      if (status !== 200) violations.push(`a genuine one was answered with ${status}`);
    }
    if (counted.count - deciphered !== genuine.length) violations.push('deciphering is not counted');
    await shop.rest(2);
    violations.push(...(await shop.audit(true)));
    const measured = { forged: forged.length, perSecond, deciphered, violations: violations.slice(0, 20) };
    return { pass: violations.length === 0 && perSecond >= 1_000, measured };
  },
});
