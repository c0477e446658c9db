import { listLegalTexts } from '../../../../functions/admin/identity/listLegalTexts.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { publishText } from '../../../support/given/legal.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(listLegalTexts, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  test('the versions of one kind, newest first, page by page, without their words', async () => {
    const by = await givenStaff(world, 'admin');
    for (const version of [1, 2, 3]) {
      world.clock.advance(1_000);
      const replaces = version === 1 ? null : String(version - 1);
      await publishText(world, 'privacy', String(version), { replaces, by });
    }
    await publishText(world, 'terms', '9', { by });
    const page = async (cursor?: string) => {
      const asked = { kind: 'privacy', limit: '2', ...(cursor === undefined ? {} : { cursor }) } as const;
      return (await world.call(listLegalTexts, asked, { token: by.token })).data;
    };
    const first = await page();
    expect(first.items.map(({ version }) => version)).toEqual(['3', '2']);
    expect(first.items[0]).not.toHaveProperty('body');
    expect((await page(first.nextCursor ?? '')).items.map(({ version }) => version)).toEqual(['1']);
  });
});
