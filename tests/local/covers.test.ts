import fc from 'fast-check';
import { drawCover, setTitle, TITLE_WIDTH } from '../../local/covers.ts';

const given = { id: 'prd_01', title: 'SQL 从查询到优化', category: 'data', categoryTitle: '数据分析' };

const titles = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
  fc
    .array(fc.constantFrom('数据', '分析', 'Python', 'SQL', '，', '：', ' ', '2026', '“', '”', '机器学习'), {
      minLength: 1,
      maxLength: 24,
    })
    .map((words) => words.join('')),
);

describe('a drawn cover', () => {
  test('is always the same one for the same product, and another one for another product', () => {
    expect(drawCover({ ...given })).toBe(drawCover(given));
    const others = Array.from({ length: 50 }, (_, at) => drawCover({ ...given, id: `prd_${at}` }));
    expect(new Set(others).size).toBeGreaterThan(45);
  });

  test('has its title within the box, in at most three lines, whatever the title', () => {
    fc.assert(
      fc.property(titles, (title) => {
        const { lines, size } = setTitle(title);
        expect(lines.length).toBeLessThanOrEqual(3);
        // A Chinese letter is as wide as its type is large.
        const widest = Math.max(0, ...lines.map((line) => (line.match(/\p{Script=Han}/gu) ?? []).length));
        expect(widest * size).toBeLessThanOrEqual(TITLE_WIDTH);
      }),
    );
  });

  test('is broken after its colon, between words, and never before a closing sign', () => {
    expect(setTitle('TypeScript 工程实践：类型不是负担').lines).toEqual([
      'TypeScript 工程实践',
      '类型不是负担',
    ]);
    expect(setTitle('微信小程序开发全流程').lines).toEqual(['微信小程序', '开发全流程']);
    expect(
      setTitle('写作，表达，演讲，辩论，主持，朗读，配音').lines.filter((line) => /^，/.test(line)),
    ).toEqual([]);
  });

  test('says that a title goes on which does not fit', () => {
    expect(setTitle('很长的标题'.repeat(20)).lines.at(-1)).toMatch(/…$/);
  });

  test('is one well-formed picture, whatever the title', () => {
    fc.assert(
      fc.property(titles, fc.string(), (title, categoryTitle) => {
        const drawn = drawCover({ ...given, title: `<script>&"${title}`, categoryTitle });
        expect(drawn.match(/<(?!\/?(?:svg|rect|circle|ellipse|path|g|text|tspan)[\s>])/g)).toBeNull();
        expect(drawn.match(/&(?!#\d+;)/g)).toBeNull();
      }),
    );
  });
});
