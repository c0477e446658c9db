import { updateArticle } from '../../../functions/admin/talk/updateArticle.ts';
import { withdrawArticle } from '../../../functions/admin/talk/withdrawArticle.ts';
import { getArticle } from '../../../functions/talk/getArticle.ts';
import { listArticles } from '../../../functions/talk/listArticles.ts';
import * as articles from '../../../shared/data/talk/articles.ts';
import { fillArticleTags } from '../../../shared/flows/talk/fillArticleTags.ts';
import { openThread } from '../../../shared/flows/talk/openThread.ts';
import { MINUTE_MS } from '../../../shared/schemas/base.ts';
import { ThreadId } from '../../../shared/schemas/talk/thread.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { anArticleDraft, givenArticle } from '../../support/given/article.ts';
import { givenSold } from '../../support/given/products.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { defaultSettings } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const get = (id: string) => world.call(getArticle, { id });
const list = async (asked: object = {}) => (await world.call(listArticles, asked)).data;
const switchedOff = async () => {
  await world.close();
  world = await createWorld({ settings: { talk: { ...defaultSettings.talk, articles: 'off' } } });
};

describeFunction(getArticle, () => {
  test('it has its blocks and those of its products that are on sale, with their prices', async () => {
    const sold = await givenSold(world, 'media');
    const gone = await givenSold(world, 'content', {}, 'withdrawn');
    const blocks = [
      { kind: 'product', productId: gone.id },
      { kind: 'list', isNumbered: true, items: ['读目录', '读前言'] },
      { kind: 'product', productId: sold.id },
    ];
    const { id } = await givenArticle(world, { blocks });
    const { article } = (await get(id)).data;
    expect(article).toMatchObject({ id, blocks, isOriginal: true, publishedAtMs: world.clock.now() });
    expect(article.products).toMatchObject([{ id: sold.id, price: { priceFen: 9_900 } }]);
  });

  test('a change of staff is shown at once', async () => {
    const { id, version: expectedVersion } = await givenArticle(world);
    await get(id);
    const { id: _, ...written } = anArticleDraft(world, { title: '再读一遍' });
    const editor = await givenStaff(world, 'editor');
    await world.call(updateArticle, { ...written, id, expectedVersion }, editor);
    expect((await get(id)).data.article.title).toBe('再读一遍');
  });

  test('article.not_found: a draft, one that was withdrawn, and one that never was', async () => {
    const draft = await givenArticle(world, {}, 'draft');
    const { id } = await givenArticle(world);
    await get(id);
    await world.call(withdrawArticle, { id }, await givenStaff(world, 'editor'));
    for (const each of [draft.id, id, world.ports.ids.make('art')])
      expect(await get(each)).toMatchObject({ status: 404, code: 'article.not_found' });
  });

  test('feature.off', async () => {
    await switchedOff();
    expect(await get(world.ports.ids.make('art'))).toMatchObject({ status: 404, code: 'feature.off' });
  });

  test('who may see an article may comment on it; a draft has no comments', async () => {
    const asked = { userId: null, use: 'write', now: world.clock.now() } as const;
    const thread = (id: string) => ThreadId.parse(`article:${id}`);
    const { id } = await givenArticle(world);
    const draft = await givenArticle(world, {}, 'draft');
    const opened = await openThread(world.ports, { ...asked, threadId: thread(id) });
    expect(opened).toMatchObject({ mayWrite: true });
    await expect(openThread(world.ports, { ...asked, threadId: thread(draft.id) })).rejects.toThrow(
      'thread.not_found',
    );
  });
});

describeFunction(listArticles, () => {
  test('the last published first, page by page, without drafts and without their text', async () => {
    const first = await givenArticle(world, { tags: ['方法'] });
    await givenArticle(world, {}, 'draft');
    const second = await givenArticle(world);
    const page = await list({ limit: 1 });
    expect(page.items).toMatchObject([{ id: second.id }]);
    expect(page.items[0]).not.toHaveProperty('blocks');
    expect((await list({ limit: 1, cursor: page.nextCursor })).items).toMatchObject([{ id: first.id }]);
    expect((await list({ tag: '方法' })).items.map(({ id }) => id)).toEqual([first.id]);
  });

  test('those with a tag are found by it, page by page, as their tags are now and while they are published', async () => {
    const editor = await givenStaff(world, 'editor');
    const found = async (tag: string) => (await list({ tag })).items.map(({ id }) => id);
    const [one, two, three] = [
      await givenArticle(world, { tags: ['方法', '阅读'] }),
      await givenArticle(world, { tags: ['方法', '方法'] }),
      await givenArticle(world, { tags: ['写作'] }),
    ];
    await givenArticle(world, { tags: ['方法'] }, 'draft');
    const first = await list({ tag: '方法', limit: 1 });
    expect(first.items).toMatchObject([{ id: two.id }]);
    const next = await list({ tag: '方法', limit: 1, cursor: first.nextCursor });
    expect(next.items).toMatchObject([{ id: one.id }]);
    expect([await found('写作'), await found('没有')]).toEqual([[three.id], []]);

    world.clock.advance(MINUTE_MS);
    const { id: _, ...written } = anArticleDraft(world, { tags: ['阅读', '写作'] });
    const rewritten = { id: one.id, expectedVersion: one.version, ...written };
    expect((await world.call(updateArticle, rewritten, editor)).status).toBe(200);
    await world.call(withdrawArticle, { id: three.id }, editor);
    expect([await found('方法'), await found('写作'), await found('阅读')]).toEqual([
      [two.id],
      [one.id],
      [one.id],
    ]);
  });

  test('articles of an older build are found by their tags once the store was brought to this layout', async () => {
    const { id } = await givenArticle(world, { tags: ['方法'] });
    await givenArticle(world, { tags: ['写作'] }, 'draft');
    const { database } = world.ports;
    await database.tx((tx) => tx.remove(articles.tagged, `${id}:方法`));
    expect((await list({ tag: '方法' })).items).toEqual([]);
    expect([await fillArticleTags(database), await fillArticleTags(database)]).toEqual([1, 0]);
    world.clock.advance(MINUTE_MS);
    expect((await list({ tag: '方法' })).items).toMatchObject([{ id }]);
  });

  test('feature.off', async () => {
    await switchedOff();
    expect((await world.call(listArticles, {})).code).toBe('feature.off');
  });
});
