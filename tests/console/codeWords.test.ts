import { codeWords } from '../../console/codeWords.ts';
import { consumers } from '../../shared/consumers.ts';
import { filesBelow, readSource } from '../../tools/sources.ts';

/** What the code writes as an action: `action: 'refund.approve'`, and both of `action: isNew ? 'a.b' : 'a.c'`. */
function actionsIn(text: string): readonly string[] {
  const after = [...text.matchAll(/\baction: ([^,;}\n]*)/g)].map(([, said = '']) => said);
  return after.flatMap((said) => [...said.matchAll(/'([a-z_]+\.[a-z_]+)'/g)].map(([, name = '']) => name));
}

const written = new Set(
  ['functions', 'shared', 'tools']
    .flatMap(filesBelow)
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => actionsIn(readSource(path).text)),
);

describe('what the code calls its doings', () => {
  test('every action of the audit log, every consumer and every event has its words', () => {
    const names = [...written, ...Object.keys(consumers), ...Object.values(consumers).flat()];
    expect(written.size).toBeGreaterThan(70);
    expect(names.filter((name) => !(name in codeWords))).toEqual([]);
  });

  test('nothing else has', () => {
    const known = new Set([...written, ...Object.keys(consumers), ...Object.values(consumers).flat()]);
    expect(Object.keys(codeWords).filter((name) => !known.has(name))).toEqual([]);
  });
});
