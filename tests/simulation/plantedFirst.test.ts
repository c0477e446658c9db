import { ruleNames } from './invariants.ts';
import { describeShare, planted, SHARES } from './planted.ts';

describeShare(0);

test('every rule is broken by a planted bug, and three files share them', () => {
  const breakable = planted.map(({ breaks }) => breaks);
  expect(ruleNames.filter((rule) => !breakable.includes(rule))).toEqual([]);
  expect(SHARES).toBe(3);
});
