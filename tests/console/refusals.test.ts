import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ZhikeError } from '../../client/transport.ts';
import { troubleOf } from '../../console/engine/desk.ts';
import { hasReasonWords } from '../../console/refusals.ts';
import { ROOT } from '../../tools/sources.ts';

/** Where the domain refuses what staff change, each with a reason. */
const FILES = [
  ...['catalogue/course.ts', 'catalogue/outline.ts', 'catalogue/product.ts', 'catalogue/productDraft.ts'],
  ...['catalogue/upload.ts', 'pricing/promotion.ts'],
];

const refused = (params: Readonly<Record<string, unknown>>, message = '商品还不能发布') =>
  troubleOf(
    new ZhikeError({ status: 409, code: 'product.not_publishable', message, params, requestId: 'req_1' }),
  ).says;

describe('reasons of refusals', () => {
  test.each(FILES)('each one of %s has words', (file) => {
    const text = readFileSync(join(ROOT, 'shared/domain', file), 'utf8');
    const named = text.matchAll(
      /(?:refuse\(|reason: |return (?:[^;\n]*\? )?|: )'([a-z]+(?:_[a-z]+)*)'(?=[,);\s])/g,
    );
    const isReason = (word: string) => /_|^(?:over|ended|draft|shorter|fewer)$/.test(word);
    const reasons = new Set([...named].map(([, word = '']) => word).filter(isReason));
    expect([...reasons].filter((reason) => !hasReasonWords(reason))).toEqual([]);
  });

  test('follow the sentence of the refusal; one without words leaves it alone', () => {
    expect(refused({ reason: 'no_file' })).toBe('商品还不能发布：还没有上传文件。');
    expect(refused({ reason: 'no_file' }, '商品还不能发布。')).toBe('商品还不能发布：还没有上传文件。');
    expect([refused({ reason: 'unheard_of' }), refused({})]).toEqual([
      '商品还不能发布。',
      '商品还不能发布。',
    ]);
  });
});
