import { getLegalText } from '../../functions/identity/getLegalText.ts';
import { seedLegalTexts } from '../../local/seed/legalTexts.ts';
import { LegalKind } from '../../shared/schemas/identity/legal.ts';
import { exported } from '../support/given/export.ts';
import { publishText } from '../support/given/legal.ts';
import { createWorld, type World } from '../support/world.ts';

describe('the seeded texts', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
    await seedLegalTexts(world.ports);
  });
  afterEach(() => world.close());

  test('every kind has a text, which says that it is an example', async () => {
    for (const kind of LegalKind.options) {
      const { data } = await world.call(getLegalText, { kind });
      expect(data.body).toMatch(/示例文本/);
      expect(data.counted).toEqual([data.version]);
    }
  });

  test('seeded again nothing changes, and a text of the shop stays', async () => {
    const { data } = await world.call(getLegalText, { kind: 'terms' });
    await publishText(world, 'terms', 'own', { replaces: data.version });
    const before = await exported(world);
    await seedLegalTexts(world.ports);
    expect(await exported(world)).toEqual(before);
  });
});
