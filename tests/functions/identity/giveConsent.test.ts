import { getMe } from '../../../functions/identity/getMe.ts';
import { giveConsent } from '../../../functions/identity/giveConsent.ts';
import { NO_CONSENTS } from '../../../shared/domain/identity/legal.ts';
import type { LegalKind } from '../../../shared/schemas/identity/legal.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { exported } from '../../support/given/export.ts';
import { publishText } from '../../support/given/legal.ts';
import { type Buyer, badWorld, storedIn } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(giveConsent, () => {
  let world: World;
  let alice: Buyer;
  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
  });
  afterEach(() => world.close());

  const give = (kind: LegalKind, version: string, changes = {}) =>
    world.call(giveConsent, { kind, version, page: 'own/terms', appVersion: '1.4.0', ...changes }, alice);

  test('the user has agreed, and an entry proves when, where and to which words', async () => {
    const { data } = await publishText(world, 'terms', '1');
    world.clock.advance(5_000);
    const consents = { ...NO_CONSENTS, terms: '1' };
    expect((await give('terms', '1')).data).toMatchObject({ id: alice.userId, consents });
    expect((await world.call(getMe, {}, alice)).data.consents).toEqual(consents);
    expect(await storedIn(world, 'consentEntries')).toMatchObject([
      {
        ...{ id: `${alice.userId}:terms:1`, userId: alice.userId, kind: 'terms', act: 'given', version: '1' },
        ...{ digest: data.text.digest, page: 'own/terms', appVersion: '1.4.0', atMs: world.clock.now() },
      },
    ]);
  });

  test('agreed to twice, also at the same moment, there is one entry', async () => {
    await publishText(world, 'terms', '1');
    await Promise.all([give('terms', '1'), give('terms', '1')]);
    await give('terms', '1');
    expect(await storedIn(world, 'consentEntries')).toHaveLength(1);
  });

  test('each kind is agreed to apart', async () => {
    await publishText(world, 'privacy', '3');
    await publishText(world, 'marketing', '1');
    await Promise.all([give('privacy', '3'), give('marketing', '1')]);
    const { data } = await world.call(getMe, {}, alice);
    expect(data.consents).toEqual({ ...NO_CONSENTS, privacy: '3', marketing: '1' });
    expect(await storedIn(world, 'consentEntries')).toHaveLength(2);
  });

  test('whoever was shown the text before a small change may still agree to it', async () => {
    await publishText(world, 'terms', '1');
    await publishText(world, 'terms', '2', { replaces: '1', asksAgain: false });
    expect((await give('terms', '1')).data.consents.terms).toBe('1');
    expect((await give('terms', '2')).data.consents.terms).toBe('2');
    expect(await storedIn(world, 'consentEntries')).toHaveLength(2);
  });

  test('consent.version_unknown, and nothing changes: no text, another kind’s, one that no longer counts', async () => {
    await publishText(world, 'terms', '1');
    await publishText(world, 'terms', '2', { replaces: '1' });
    const before = await exported(world);
    expect((await give('privacy', '1')).code).toBe('consent.version_unknown');
    expect((await give('terms', '3')).code).toBe('consent.version_unknown');
    const { code, body } = await give('terms', '1');
    expect({ code, body }).toMatchObject({
      ...{ code: 'consent.version_unknown', body: { error: { params: { version: '2' } } } },
    });
    expect(await exported(world)).toEqual(before);
  });

  test('request.invalid: a kind that does not exist, a page that is an address', async () => {
    await publishText(world, 'terms', '1');
    expect((await give('everything' as LegalKind, '1')).code).toBe('request.invalid');
    expect((await give('terms', '1', { page: 'https://a.example' })).code).toBe('request.invalid');
  });

  test('when the answer to its commit is lost there is one entry', async () => {
    await world.close();
    world = await badWorld(4, { conflict: 0.2, commitLost: 0.5 });
    alice = await world.login('alice');
    await publishText(world, 'terms', '1');
    expect((await give('terms', '1')).status).toBe(200);
    expect(await storedIn(world, 'consentEntries')).toHaveLength(1);
  });
});
