import { getMedia } from '../../../functions/access/getMedia.ts';
import { redeemCode } from '../../../functions/access/redeemCode.ts';
import { createCodeBatch } from '../../../functions/admin/access/createCodeBatch.ts';
import { disableCodeBatch } from '../../../functions/admin/access/disableCodeBatch.ts';
import * as codeBatches from '../../../shared/data/access/codeBatches.ts';
import { codeOf, printedCode, readCode } from '../../../shared/domain/access/redeemCode.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { givenBatch } from '../../support/given/codes.ts';
import { givenAccess } from '../../support/given/entitlement.ts';
import { exported } from '../../support/given/export.ts';
import { type Buyer, badWorld, stored, storedIn } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(redeemCode, () => {
  let world: World;
  let alice: Buyer;
  const redeem = (code: string | undefined, who: Buyer = alice, address = '203.0.113.1') =>
    world.call(redeemCode, { code }, { ...who, address });

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  test('it gives its product once; redeeming it again by the same user changes nothing', async () => {
    const { productId, codes } = await givenBatch(world, 2);
    expect((await redeem(codes[0])).data).toMatchObject({ productId, kind: 'media' });
    expect((await world.call(getMedia, { productId }, alice)).status).toBe(200);
    const source = { cause: 'code', state: 'active' };
    expect(await storedIn(world, 'entitlements')).toMatchObject([{ sources: [source] }]);
    expect((await redeem(codes[0])).data).toMatchObject({ productId });
    expect(await storedIn(world, 'entitlements')).toMatchObject([{ sources: [source] }]);
  });

  test('a thousand ways to type it: dashes, spaces, case, O for 0, I and L for 1', async () => {
    const { productId, codes } = await givenBatch(world, 1);
    const typed = ` ${codes[0]?.toLowerCase().replaceAll('-', ' – ').replaceAll('0', 'o').replaceAll('1', 'l')}`;
    expect((await redeem(typed)).data).toMatchObject({ productId });
  });

  test.each([
    ['a zero-width space in it', (code: string) => code.replace('-', '\u200b-')],
    ['a direction mark before it', (code: string) => `\u200e${code}`],
    ['a minus for each dash', (code: string) => code.replaceAll('-', '\u2212')],
    ['a middle dot for each dash', (code: string) => code.replaceAll('-', '·')],
    ['an underscore for each dash', (code: string) => code.replaceAll('-', '_')],
    ['a long vowel for each dash', (code: string) => code.replaceAll('-', 'ー')],
    ['quotes around it', (code: string) => `“${code}”`],
    ['a full stop behind it', (code: string) => `${code}。`],
    ['words before it', (code: string) => `兑换码：${code}`],
  ])('a code is read with %s', async (_, typed) => {
    const { productId, codes } = await givenBatch(world, 1);
    expect((await redeem(typed(codes[0] ?? ''))).data).toMatchObject({ productId });
  });

  test('one code and many at once: one of them gets it, on a bad database too', async () => {
    await world.close();
    world = await badWorld(11, { conflict: 0.2, commitLost: 0.2 });
    const { codes } = await givenBatch(world, 1);
    const all: Buyer[] = [];
    for (let n = 0; n < 6; n += 1) all.push(await world.login(`user${n}`));
    const answers = await Promise.all(all.map((who) => redeem(codes[0], who)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'code.not_valid')).toHaveLength(5);
    expect(await storedIn(world, 'entitlements')).toHaveLength(1);
  });

  test('code.not_valid: mistyped, unknown, used, of a disabled batch, too late: all answered the same', async () => {
    const bob = await world.login('bob');
    const used = await givenBatch(world, 1);
    await redeem(used.codes[0], bob);
    const over = await givenBatch(world, 1, { expiresAtMs: world.clock.now() + 1_000 });
    const disabled = await givenBatch(world, 1);
    const { batchId } = disabled;
    await world.call(disableCodeBatch, { batchId, reason: '泄露' }, disabled.staff);
    world.clock.advance(1_000);
    const before = await exported(world);
    const wrong = ['0000-0000-0000-0001', printedCode(codeOf('ab'.repeat(32))), '?', '你好'];
    const answers = await Promise.all(
      [...wrong, used.codes[0], over.codes[0], disabled.codes[0]].map((code) => redeem(code)),
    );
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 409, code: 'code.not_valid' });
      expect(answer.error).toEqual(answers[0]?.error);
    }
    expect(await exported(world)).toEqual(before);
  });

  test('product.already_owned: the code is not used up', async () => {
    const { productId, codes } = await givenBatch(world, 1);
    await givenAccess(world, alice.userId, productId);
    expect(await redeem(codes[0])).toMatchObject({ status: 409, code: 'product.already_owned' });
    expect((await redeem(codes[0], await world.login('bob'))).status).toBe(200);
  });

  test('request.too_many: ten tries of one user, a hundred from one network, in a quarter of an hour', async () => {
    const { codes } = await givenBatch(world, 1);
    for (let n = 0; n < 10; n += 1) expect((await redeem('wrong')).code).toBe('code.not_valid');
    expect(await redeem(codes[0])).toMatchObject({ status: 429, code: 'request.too_many' });
    for (let n = 0; n < 9; n += 1) {
      const other = await world.login(`guesser${n}`);
      for (let tries = 0; tries < 10; tries += 1) await redeem('wrong', other);
    }
    const bob = await world.login('bob');
    expect(await redeem(codes[0], bob)).toMatchObject({ status: 429, code: 'request.too_many' });
    expect((await redeem(codes[0], bob, '203.0.113.9')).status).toBe(200);
  });

  test('codes that are right are no guesses: twelve in a row work, also again, and wrong ones still count', async () => {
    const batches = await Promise.all(Array.from({ length: 12 }, () => givenBatch(world, 1)));
    for (let n = 0; n < 9; n += 1) await redeem('wrong');
    for (const { codes } of batches) {
      expect((await redeem(codes[0])).status).toBe(200);
      expect((await redeem(codes[0])).status).toBe(200);
    }
    expect((await redeem('wrong')).code).toBe('code.not_valid');
    expect((await redeem('wrong')).code).toBe('request.too_many');
  });

  test('the stored digests do not reveal a code', async () => {
    const { codes } = await givenBatch(world, 3);
    const everything = JSON.stringify(await exported(world)) + JSON.stringify(world.logs);
    for (const code of codes) {
      expect(everything).not.toContain(code);
      expect(everything).not.toContain(readCode(code));
    }
  });

  test('codes of a batch whose making was cut off open nothing before it is finished by asking for it again', async () => {
    const { codes, staff, batchId } = await givenBatch(world, 1);
    const cutOff = await stored(world, codeBatches.collection, batchId);
    await world.ports.database.tx((tx) => codeBatches.save(tx, cutOff, { ...cutOff, state: 'making' }));
    expect(await redeem(codes[0])).toMatchObject({ code: 'code.not_valid' });
    const { title, productId, count, expiresAtMs } = cutOff;
    await world.call(
      createCodeBatch,
      { batchId, title, productId, count, expiresAtMs, reason: '补全' },
      staff,
    );
    expect((await redeem(codes[0])).status).toBe(200);
  });
});
