import type { ArticleView } from '../../client/types.ts';
import { articleRow, articleShown, tagChips, tagsAmong } from '../../miniprogram/model/articleView.ts';

const NOW = Date.parse('2026-11-30T12:00:00+08:00');
const article: ArticleView = {
  ...{ id: 'art_1', title: '怎样读一本书', summary: '', coverUrl: null, tags: ['方法'], isOriginal: true },
  publishedAtMs: NOW,
  products: [],
  blocks: [
    { kind: 'heading', text: '先读目录' },
    { kind: 'paragraph', text: '<b>{{title}}</b>' },
    { kind: 'list', isNumbered: true, items: ['目录', '前言'] },
    { kind: 'list', isNumbered: false, items: ['正文'] },
    { kind: 'image', url: 'https://static.zhike.example/a.png', alt: '一页书' },
    { kind: 'product', productId: 'prd_1' },
  ],
};

describe('an article', () => {
  test('says in the list that it is original, what it is about, and of when', () => {
    expect(articleRow(article, NOW)).toMatchObject({
      coverUrl: '',
      about: expect.stringMatching(/^原创 · 方法 · /),
    });
    expect(articleRow({ ...article, isOriginal: false, tags: [] }, NOW).about).not.toContain('·');
  });

  test('is found by its tags, which are offered once each, with one for all', () => {
    const tags = tagsAmong(['写作', '方法'], [article, { tags: ['阅读', '方法'] }]);
    expect(tags).toEqual(['写作', '方法', '阅读']);
    expect(tagChips(tags.slice(0, 1), '写作')).toEqual([
      { id: '', title: '全部', isOn: false },
      { id: '写作', title: '写作', isOn: true },
    ]);
    expect(tagChips([], '')).toEqual([]);
  });

  test('shows each text as it was written, lists with their marks, and no card of what is no longer sold', () => {
    const [heading, paragraph, numbered, plain, image, product] = articleShown(article, NOW).blocks;
    expect([heading?.text, paragraph?.text]).toEqual(['先读目录', '<b>{{title}}</b>']);
    expect(numbered?.items.map(({ mark, text }) => mark + text)).toEqual(['1.目录', '2.前言']);
    expect(plain?.items).toMatchObject([{ mark: '·', text: '正文' }]);
    expect(image).toMatchObject({ url: 'https://static.zhike.example/a.png', text: '一页书' });
    expect(product?.card).toBeNull();
  });
});
