/** Articles in a world, written and published as staff do it. */
import { createArticle } from '../../../functions/admin/talk/createArticle.ts';
import { publishArticle } from '../../../functions/admin/talk/publishArticle.ts';
import type { StaffArticleView } from '../../../shared/schemas/talk/article.ts';
import type { World } from '../world.ts';
import { givenStaff } from './staff.ts';

/** The request of staff for an article, by default of a heading and a paragraph. */
export function anArticleDraft(world: World, wishes: object = {}) {
  return {
    ...{ id: world.ports.ids.make('art'), title: '怎样读一本书', summary: '', coverUrl: null, tags: [] },
    isOriginal: true,
    blocks: [
      { kind: 'heading', text: '先读目录' },
      { kind: 'paragraph', text: '目录是作者的地图。' },
    ],
    ...wishes,
  };
}

/** A stored article, published unless the test wants a draft. The clock moves on by a millisecond. */
export async function givenArticle(
  world: World,
  wishes: object = {},
  state: 'draft' | 'published' = 'published',
): Promise<StaffArticleView> {
  world.clock.advance(1);
  const editor = await givenStaff(world, 'editor');
  const made = await world.call(createArticle, anArticleDraft(world, wishes), editor);
  const { id, version: expectedVersion } = made.data.article;
  if (state === 'draft') return made.data.article;
  return (await world.call(publishArticle, { id, expectedVersion }, editor)).data.article;
}
