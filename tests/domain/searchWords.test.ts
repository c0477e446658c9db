import fc from 'fast-check';
import { indexedWords, isSpelt, searchedWords } from '../../shared/domain/searchWords.ts';
import { seed } from '../support/seeded.ts';

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

  test('only words of letters may be a beginning or misspelt', () => {
    expect(['python', '数据', '课'].map(isSpelt)).toEqual([true, false, false]);
  });
});
