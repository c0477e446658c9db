import { giveConsent } from '../../../functions/identity/giveConsent.ts';
import { withdrawConsent } from '../../../functions/identity/withdrawConsent.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { publishText } from '../../support/given/legal.ts';
import { type Buyer, storedIn } from '../../support/given/order.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(withdrawConsent, () => {
  let world: World;
  let alice: Buyer;
  const place = { page: 'own/privacy', appVersion: '1.4.0' };
  const give = () => world.call(giveConsent, { kind: 'analytics', version: '1', ...place }, alice);
  const withdraw = () => world.call(withdrawConsent, { kind: 'analytics', ...place }, alice);

  beforeEach(async () => {
    world = await createWorld();
    alice = await world.login('alice');
    await publishText(world, 'analytics', '1');
  });
  afterEach(() => world.close());

  test('given, withdrawn and given again, each with its entry, in order', async () => {
    await give();
    expect((await withdraw()).data.consents.analytics).toBeNull();
    expect((await give()).data.consents.analytics).toBe('1');
    const entries = (await storedIn(world, 'consentEntries')) as { id: string; act: string }[];
    expect(entries.map(({ id, act }) => [id.split(':').at(-1), act])).toEqual([
      ['1', 'given'],
      ['2', 'withdrawn'],
      ['3', 'given'],
    ]);
  });

  test('withdrawn twice, or never given, it changes nothing', async () => {
    expect((await withdraw()).status).toBe(200);
    await give();
    await Promise.all([withdraw(), withdraw()]);
    expect(await storedIn(world, 'consentEntries')).toHaveLength(2);
  });

  test('a text that no longer counts can still be withdrawn from', async () => {
    await give();
    await publishText(world, 'analytics', '2', { replaces: '1' });
    expect((await withdraw()).data.consents.analytics).toBeNull();
  });
});
