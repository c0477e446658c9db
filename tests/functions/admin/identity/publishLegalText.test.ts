import { publishLegalText } from '../../../../functions/admin/identity/publishLegalText.ts';
import { getLegalText } from '../../../../functions/identity/getLegalText.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { publishText } from '../../../support/given/legal.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(publishLegalText, () => {
  let world: World;
  let admin: Staff;
  const current = async () => (await world.call(getLegalText, { kind: 'terms' })).data;

  beforeEach(async () => {
    world = await createWorld();
    admin = await givenStaff(world, 'admin');
  });
  afterEach(() => world.close());

  test('the text holds from then on, for everybody, and the audit log says who published it, and why', async () => {
    const { data } = await publishText(world, 'terms', '1', { by: admin });
    expect(data.text).toMatchObject({ version: '1', publishedAtMs: world.clock.now() });
    expect(await current()).toMatchObject({ version: '1', body: '第 1 版', isCurrent: true, counted: ['1'] });
    expect(await storedIn(world, 'audit')).toMatchObject([
      {
        ...{ actorId: admin.userId, action: 'legal.publish', target: 'terms:1', reason: '法务已确认' },
        ...{ before: { version: null }, after: { version: '1', digest: data.text.digest } },
      },
    ]);
  });

  test('a small change keeps earlier agreements; one that asks again does not', async () => {
    await publishText(world, 'terms', '1');
    await publishText(world, 'terms', '1.1', { replaces: '1', asksAgain: false });
    expect((await current()).counted).toEqual(['1', '1.1']);
    await publishText(world, 'terms', '2', { replaces: '1.1' });
    expect((await current()).counted).toEqual(['2']);
  });

  test('a repeat answers the same text, also after a newer one', async () => {
    const { data } = await publishText(world, 'terms', '1');
    await publishText(world, 'terms', '2', { replaces: '1' });
    expect((await publishText(world, 'terms', '1')).data).toEqual(data);
    expect((await current()).version).toBe('2');
    expect(await storedIn(world, 'audit')).toHaveLength(2);
  });

  test('legal.version_taken: a published text never changes, in its words or in whom it asks', async () => {
    await publishText(world, 'terms', '1');
    expect((await publishText(world, 'terms', '1', { body: '别的' })).code).toBe('legal.version_taken');
    expect((await publishText(world, 'terms', '1', { asksAgain: false })).code).toBe('legal.version_taken');
    expect((await current()).body).toBe('第 1 版');
  });

  test('legal.version_changed: of two who publish at once, one is told', async () => {
    await publishText(world, 'terms', '1');
    const both = ['2', '3'].map((version) => publishText(world, 'terms', version, { replaces: '1' }));
    const codes = (await Promise.all(both)).map(({ code }) => code);
    expect(codes.sort()).toEqual(['legal.version_changed', null]);
    expect((await publishText(world, 'terms', '4', { replaces: null })).code).toBe('legal.version_changed');
  });

  test('after fifty small changes those who agreed first are asked again', async () => {
    await publishText(world, 'terms', '0', { by: admin });
    for (let version = 1; version <= 50; version += 1) {
      const changes = { replaces: String(version - 1), asksAgain: false, by: admin };
      await publishText(world, 'terms', String(version), changes);
    }
    const { counted } = await current();
    expect([counted.length, counted[0], counted.at(-1)]).toEqual([50, '1', '50']);
  });

  test('when the answer to its commit is lost it is published and audited once', async () => {
    await world.close();
    world = await badWorld(5, { conflict: 0.2, commitLost: 0.5 });
    expect((await publishText(world, 'terms', '1')).status).toBe(200);
    expect(await storedIn(world, 'legalTexts')).toHaveLength(1);
    expect(await storedIn(world, 'audit')).toHaveLength(1);
  });

  test('request.invalid: an empty text, a version with a blank, a text of 60,001 characters', async () => {
    for (const changes of [{ body: ' ' }, { body: '长'.repeat(60_001) }]) {
      expect((await publishText(world, 'terms', '1', changes)).code).toBe('request.invalid');
    }
    expect((await publishText(world, 'terms', 'a b')).code).toBe('request.invalid');
    expect((await publishText(world, 'terms', '1', { body: '长'.repeat(60_000) })).status).toBe(200);
  });
});
