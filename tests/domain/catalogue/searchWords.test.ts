import fc from 'fast-check';
import {
  hasWords,
  indexedWords,
  mayBegin,
  misspeltMax,
  searchedWords,
} from '../../../shared/domain/catalogue/searchWords.ts';
import { seed } from '../../support/seeded.ts';

describe('how text is cut into words', () => {
  test('Chinese is found by every character and every two beside each other', () => {
    expect(indexedWords('数据分析')).toEqual(['数', '据', '分', '析', '数据', '据分', '分析']);
  });

  test('Chinese is searched by pairs, and by a character that stands alone', () => {
    expect(searchedWords('数据分析')).toEqual(['数据', '据分', '分析']);
    expect(searchedWords('课')).toEqual(['课']);
  });

  test('words of other scripts are whole and in lower case, also right beside Chinese', () => {
    expect(searchedWords('用Python做C++和Node.js')).toEqual([
      '用',
      'python',
      '做',
      'c++',
      '和',
      'node',
      'js',
    ]);
  });

  test('full-width letters are the same letters', () => {
    expect(searchedWords('ＰＹＴＨＯＮ')).toEqual(['python']);
  });

  test('a word that is said again is searched once, and of very many words the first', () => {
    expect(searchedWords('学 Go 学 go 学 GO')).toEqual(['学', 'go']);
    const many = searchedWords(Array.from({ length: 30 }, (_, index) => `${index}`).join(' '));
    expect(many).toEqual(Array.from({ length: 16 }, (_, index) => `${index}`));
  });

  test('marks and spaces are no words', () => {
    expect(searchedWords(' ——《》，。!? ')).toEqual([]);
  });

  test(`whatever part of a text is searched, its words are among those it is found by (seed ${seed})`, () => {
    const characters = fc.array(fc.constantFrom(...'数据分析入门实战学习方法'), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(characters, fc.nat(), fc.nat(), (text, from, length) => {
        const start = from % text.length;
        const part = text.slice(start, start + 1 + (length % text.length)).join('');
        expect(indexedWords(text.join(''))).toEqual(expect.arrayContaining(searchedWords(part)));
      }),
      { seed },
    );
  });

  test.each([
    ['ES6', 'ES 6', ['es', '6']],
    ['H5', 'H 5', ['h', '5']],
    ['K12数学', 'k 12 数学', ['k', '12', '数学']],
    ['C++11', 'C++ 11', ['c++', '11']],
    ['２０２６版', '2026 版', ['2026', '版']],
  ])('%s and %s are the same words', (together, apart, words) => {
    expect([searchedWords(together), searchedWords(apart)]).toEqual([words, words]);
  });

  test('only words of letters may be misspelt, and only those of two or more a beginning', () => {
    expect(['c', 'rust', 'python', '2026', '数据', '课'].map(misspeltMax)).toEqual([0, 1, 2, 0, 0, 0]);
    expect(['python', 'go', '20', 'c', '数据'].map(mayBegin)).toEqual([true, true, true, false, false]);
  });
});

test(`a text has the words of each part of it, and the beginnings of its longer words (seed ${seed})`, () => {
  const parts = fc.array(fc.constantFrom('学', '从零', 'TypeScript', 'es', '6', 'C++', ' ', '，'), {
    minLength: 1,
  });
  fc.assert(
    fc.property(parts, parts, parts, (before, part, after) => {
      const text = [...before, ' ', ...part, ' ', ...after].join('');
      const searched = searchedWords(part.join(''));
      expect(hasWords(text, searched)).toBe(searched.length > 0);
    }),
    { seed },
  );
  expect(hasWords('从零开始学 TypeScript', searchedWords('type 零开'))).toBe(true);
  expect(hasWords('从零开始学 TypeScript', searchedWords('script'))).toBe(false);
  expect(hasWords('从零开始学 TypeScript', searchedWords('开零'))).toBe(false);
});
