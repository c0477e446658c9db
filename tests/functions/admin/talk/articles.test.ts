import { createArticle } from '../../../../functions/admin/talk/createArticle.ts';
import { getAnyArticle } from '../../../../functions/admin/talk/getAnyArticle.ts';
import { listAllArticles } from '../../../../functions/admin/talk/listAllArticles.ts';
import { publishArticle } from '../../../../functions/admin/talk/publishArticle.ts';
import { updateArticle } from '../../../../functions/admin/talk/updateArticle.ts';
import { withdrawArticle } from '../../../../functions/admin/talk/withdrawArticle.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { anArticleDraft, givenArticle } from '../../../support/given/article.ts';
import { storedIn } from '../../../support/given/order.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

let world: World;
let editor: Staff;

beforeEach(async () => {
  world = await createWorld();
  editor = await givenStaff(world, 'editor');
});
afterEach(() => world.close());

const create = (wishes: object = {}) => world.call(createArticle, anArticleDraft(world, wishes), editor);
const publish = (id: string, expectedVersion: number) =>
  world.call(publishArticle, { id, expectedVersion }, editor);
const unknown = () => world.ports.ids.make('art');
const NOT_FOUND = { status: 404, code: 'article.not_found' };

describeFunction(createArticle, () => {
  test('a repeat of the same creates one draft', async () => {
    const draft = anArticleDraft(world);
    const made = await world.call(createArticle, draft, editor);
    expect(made.data.article).toMatchObject({ state: 'draft', version: 1, publishedAtMs: null });
    expect((await world.call(createArticle, draft, editor)).data).toEqual(made.data);
    expect(await storedIn(world, 'articles')).toHaveLength(1);
  });

  test('article.id_taken', async () => {
    const draft = anArticleDraft(world);
    await world.call(createArticle, draft, editor);
    expect((await world.call(createArticle, { ...draft, title: '别的' }, editor)).code).toBe(
      'article.id_taken',
    );
  });

  const image = (url: string) => [{ kind: 'image', url, alt: '' }];
  test.each([
    ['a script for a picture', image('javascript:alert(1)')],
    ['a picture without a lock', image('http://static.zhike.example/a.png')],
    ['data for a picture', image('data:image/svg+xml,<svg onload=alert(1)>')],
    ['a block of markup', [{ kind: 'html', text: '<b>' }]],
    ['a block with a field of its own', [{ kind: 'paragraph', text: '一', onclick: 'alert(1)' }]],
    ['a text that runs backwards', [{ kind: 'heading', text: 'safe\u202eevil' }]],
    ['nothing to be seen', [{ kind: 'paragraph', text: '\u200b\u200d' }]],
    ['a list of nothing', [{ kind: 'list', isNumbered: false, items: [] }]],
    [
      'the same product twice',
      Array.from({ length: 2 }, () => ({ kind: 'product', productId: `prd_${'0'.repeat(26)}` })),
    ],
    [
      'six products',
      Array.from({ length: 6 }, (_, n) => ({ kind: 'product', productId: `prd_${String(n).repeat(26)}` })),
    ],
    ['a hundred and one blocks', Array.from({ length: 101 }, () => ({ kind: 'paragraph', text: '一' }))],
    [
      'more than it may be long',
      Array.from({ length: 20 }, () => ({ kind: 'paragraph', text: '长'.repeat(2_000) })),
    ],
  ])('request.invalid: %s', async (_, blocks) => {
    expect(await create({ blocks })).toMatchObject({ status: 400, code: 'request.invalid' });
  });

  test('what looks like markup is text, and stays as it was written', async () => {
    const blocks = [{ kind: 'paragraph', text: '<img src=x onerror=alert(1)> &amp; {{title}}' }];
    expect((await create({ blocks })).data.article.blocks).toEqual(blocks);
  });
});

describeFunction(updateArticle, () => {
  const written = (title: string) => {
    const { id: _, ...rest } = anArticleDraft(world, { title });
    return rest;
  };

  test('it replaces what an article says, also a published one; a repeat gives the same answer', async () => {
    const { id, version: expectedVersion } = await givenArticle(world);
    const asked = { ...written('改过'), id, expectedVersion };
    const changed = await world.call(updateArticle, asked, editor);
    expect(changed.data.article).toMatchObject({ title: '改过', state: 'published', version: 3 });
    expect((await world.call(updateArticle, asked, editor)).data).toEqual(changed.data);
  });

  test('article.version_changed, article.not_found', async () => {
    const { id } = await givenArticle(world);
    const stale = { ...written('改过'), id, expectedVersion: 1 };
    expect(await world.call(updateArticle, stale, editor)).toMatchObject({
      ...{ code: 'article.version_changed', error: { params: { version: 2 } } },
    });
    expect(await world.call(updateArticle, { ...stale, id: unknown() }, editor)).toMatchObject(NOT_FOUND);
  });
});

describeFunction(publishArticle, () => {
  test('it is shown from the first publication on, and keeps that time when it comes back', async () => {
    const { id } = await givenArticle(world, {}, 'draft');
    const first = (await publish(id, 1)).data.article;
    expect(first).toMatchObject({ state: 'published', version: 2, publishedAtMs: world.clock.now() });
    expect((await publish(id, 1)).data.article).toEqual(first);
    world.clock.advance(1_000);
    await world.call(withdrawArticle, { id }, editor);
    const again = (await publish(id, 3)).data.article;
    expect(again).toMatchObject({ state: 'published', publishedAtMs: first.publishedAtMs });
  });

  test('article.not_publishable, article.version_changed, article.not_found', async () => {
    const empty = (await create({ blocks: [] })).data.article;
    expect(await publish(empty.id, 1)).toMatchObject({
      ...{ code: 'article.not_publishable', error: { params: { reason: 'no_blocks' } } },
    });
    const { id } = await givenArticle(world, {}, 'draft');
    expect((await publish(id, 2)).code).toBe('article.version_changed');
    expect(await publish(unknown(), 1)).toMatchObject(NOT_FOUND);
  });
});

describeFunction(withdrawArticle, () => {
  test('it is no longer shown; a repeat, and a draft, change nothing', async () => {
    const { id } = await givenArticle(world);
    const gone = await world.call(withdrawArticle, { id }, editor);
    expect(gone.data.article.state).toBe('withdrawn');
    expect((await world.call(withdrawArticle, { id }, editor)).data).toEqual(gone.data);
    const draft = await givenArticle(world, {}, 'draft');
    expect((await world.call(withdrawArticle, { id: draft.id }, editor)).data.article.state).toBe('draft');
  });

  test('article.not_found', async () => {
    expect(await world.call(withdrawArticle, { id: unknown() }, editor)).toMatchObject(NOT_FOUND);
  });
});

describeFunction(listAllArticles, () => {
  test('newest first, in every state', async () => {
    const first = await givenArticle(world);
    const second = await givenArticle(world, {}, 'draft');
    const { items } = (await world.call(listAllArticles, {}, editor)).data;
    expect(items.map(({ id, state }) => [id, state])).toEqual([
      [second.id, 'draft'],
      [first.id, 'published'],
    ]);
  });
});

describeFunction(getAnyArticle, () => {
  test('a draft too; article.not_found', async () => {
    const { id } = await givenArticle(world, {}, 'draft');
    expect((await world.call(getAnyArticle, { id }, editor)).data.article).toMatchObject({ id });
    expect(await world.call(getAnyArticle, { id: unknown() }, editor)).toMatchObject(NOT_FOUND);
  });
});
