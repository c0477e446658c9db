import { getLegalText } from '../../../functions/identity/getLegalText.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { publishText } from '../../support/given/legal.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(getLegalText, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  const get = (kind: 'terms' | 'privacy', version?: string) =>
    world.call(getLegalText, { kind, ...(version === undefined ? {} : { version }) });

  test('anybody reads the present text, and each older one as it was agreed to', async () => {
    await publishText(world, 'terms', '1');
    await publishText(world, 'terms', '2', { replaces: '1', asksAgain: false });
    expect((await get('terms')).data).toMatchObject({ version: '2', isCurrent: true });
    const { data } = await get('terms', '1');
    expect(data).toMatchObject({ version: '1', body: '第 1 版', isCurrent: false, counted: ['1', '2'] });
    expect(data).not.toHaveProperty('publishedBy');
  });

  test('legal.not_found: nothing was published, or not that version', async () => {
    expect((await get('terms')).code).toBe('legal.not_found');
    await publishText(world, 'terms', '1');
    expect((await get('privacy')).code).toBe('legal.not_found');
    expect((await get('terms', '2')).code).toBe('legal.not_found');
  });
});
