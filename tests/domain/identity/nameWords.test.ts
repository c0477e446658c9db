import fc from 'fast-check';
import {
  askedNames,
  changedWords,
  foldedName,
  isCalled,
  isFirstWord,
  nameWordsOf,
  wordsOfName,
} from '../../../shared/domain/identity/nameWords.ts';
import { madeNickname } from '../../../shared/domain/identity/user.ts';
import { UserId } from '../../../shared/schemas/base.ts';
import { Nickname } from '../../../shared/schemas/identity/user.ts';
import { seed } from '../../support/seeded.ts';

const id = UserId.parse('usr_01JD0000000000000000004F7K');
const other = UserId.parse('usr_01JD0000000000000000004F7M');
const alphabet = [...'王小明張数據abZé１9 .-_:（）Ａﬁ🐱👩‍🏫ーカ한ß'];
const nicknames = fc
  .array(fc.oneof(fc.constantFrom(...alphabet), fc.string({ unit: 'binary', maxLength: 2 })), {
    maxLength: 30,
  })
  .map((parts) => Nickname.safeParse(parts.join('')))
  .filter((read) => read.success)
  .map((read) => read.data as string);

test(`folding is done once, and leaves nothing that ends a word's id (seed ${seed})`, () => {
  fc.assert(
    fc.property(nicknames, (nickname) => {
      const folded = foldedName(nickname);
      expect(foldedName(folded)).toBe(folded);
      expect(folded).not.toMatch(/[\s:]/);
    }),
    { seed, numRuns: 500 },
  );
});

test(`whoever types a word of a nickname, or its beginning, finds a stored word of it (seed ${seed})`, () => {
  fc.assert(
    fc.property(nicknames, fc.nat(), fc.nat(), (nickname, which, length) => {
      const words = wordsOfName(foldedName(nickname)).slice(0, 30);
      fc.pre(words.length > 0 && nickname !== madeNickname(id));
      const word = words[which % words.length] as string;
      const typed = [...word].slice(0, 1 + (length % 16)).join('');
      const stored = nameWordsOf({ id, nickname }).filter((each) => each.id.startsWith(typed));
      expect(stored.length).toBeGreaterThan(0);
      expect(stored.filter((each) => isFirstWord({ id, nickname }, typed, each.id))).toHaveLength(1);
      expect(isCalled(foldedName(nickname), askedNames(typed))).toBe(true);
    }),
    { seed, numRuns: 500 },
  );
});

test(`renaming removes and adds exactly the words that differ, and fits one transaction (seed ${seed})`, () => {
  fc.assert(
    fc.property(nicknames, nicknames, (one, another) => {
      const { gone, added } = changedWords({ id, nickname: one }, { id, nickname: another });
      const ids = new Set(nameWordsOf({ id, nickname: one }).map((word) => word.id));
      for (const word of gone) expect(ids.delete(word.id)).toBe(true);
      for (const word of added) expect(ids.size).toBe(ids.add(word.id).size - 1);
      expect([...ids].sort()).toEqual(
        nameWordsOf({ id, nickname: another })
          .map((word) => word.id)
          .sort(),
      );
      expect(gone.length + added.length).toBeLessThanOrEqual(60);
    }),
    { seed, numRuns: 300 },
  );
});

test('words begin at each Chinese character, and at each run of letters or digits', () => {
  expect(wordsOfName(foldedName('A01保险-王小明'))).toEqual([
    ...['a01保险王小明', '01保险王小明', '保险王小明', '险王小明', '王小明', '小明', '明'],
  ]);
});

test('a generated nickname is one word; the generated nickname of another user, when chosen, has more words', () => {
  expect(nameWordsOf({ id, nickname: madeNickname(id) })).toEqual([{ id: `知友4f7k:${id}`, userId: id }]);
  expect(nameWordsOf({ id: other, nickname: madeNickname(id) }).length).toBeGreaterThan(1);
});

test('every typed word has to be there, in any order', () => {
  const folded = foldedName('A01保险-王小明');
  expect(isCalled(folded, askedNames(' 小明  Ａ01 '))).toBe(true);
  expect(isCalled(folded, askedNames('小明 a02'))).toBe(false);
  expect(isCalled(folded, askedNames('1保'))).toBe(false);
  expect(askedNames(' -- ')).toEqual([]);
});
