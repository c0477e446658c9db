import * as fc from 'fast-check';
import {
  hearRefusal,
  refusalCase,
  UNKNOWN_PASSES_MS,
} from '../../../shared/domain/operations/platformRefusal.ts';
import type { Refusal, Verdict } from '../../../shared/errors.ts';
import { HOUR_MS, MINUTE_MS, timeMs } from '../../../shared/schemas/base.ts';
import { Case, CaseId } from '../../../shared/schemas/operations/case.ts';
import { PlatformRefusal } from '../../../shared/schemas/operations/platformRefusal.ts';

const START = 1_795_000_000_000;
const refusal = (verdict: Verdict): Refusal => ({
  platform: 'wxpay',
  call: 'refund',
  code: 'NO_AUTH',
  words: '商户暂无权限',
  verdict,
});

/** Reports the same refusal at each of these moments. Answers when it was stored, and when staff were told. */
function hear(verdict: Verdict, moments: readonly number[]) {
  let before: PlatformRefusal | null = null;
  const written: number[] = [];
  const told: number[] = [];
  for (const at of moments) {
    const heard = hearRefusal(before, refusal(verdict), timeMs(START + at));
    if (heard === null) continue;
    before = PlatformRefusal.parse(heard.after);
    written.push(at);
    if (heard.isTold) told.push(at);
  }
  return { written, told };
}

const moments = fc
  .array(fc.nat(30 * MINUTE_MS), { minLength: 1, maxLength: 200 })
  .map((pauses) => pauses.map((_, index) => pauses.slice(0, index + 1).reduce((sum, each) => sum + each, 0)));

test('an error of ours is told the first time, and stored at most once in ten minutes', () => {
  fc.assert(
    fc.property(moments, fc.constantFrom<Verdict>('ours', 'refused'), (at, verdict) => {
      const { written, told } = hear(verdict, at);
      expect(told[0]).toBe(at[0]);
      expect(written.every((each, n) => n === 0 || each - (written[n - 1] ?? 0) >= 10 * MINUTE_MS)).toBe(
        true,
      );
    }),
    { seed: 1 },
  );
});

test('a code that nobody knows is told after an hour, and before the end of the next half', () => {
  fc.assert(
    fc.property(moments, (at) => {
      const { told } = hear('unknown', at);
      const sinceMs = at[0] ?? 0;
      expect(told.every((each) => each - sinceMs >= UNKNOWN_PASSES_MS)).toBe(true);
      const lastMs = at.at(-1) ?? 0;
      if (lastMs - sinceMs >= UNKNOWN_PASSES_MS + 40 * MINUTE_MS) expect(told.length).toBeGreaterThan(0);
    }),
    { seed: 1 },
  );
});

test('what was quiet for six hours begins anew', () => {
  expect(hear('unknown', [0, 6 * HOUR_MS + 1]).told).toEqual([]);
  expect(hear('unknown', [0, 6 * HOUR_MS]).told).toEqual([6 * HOUR_MS]);
});

test.each<Verdict>(['ours', 'unknown', 'refused'])(
  '%s: the case says platform, code and words',
  (verdict) => {
    const { kind, cause, story } = refusalCase(refusal(verdict));
    expect(CaseId.parse(`${kind}:${cause}`)).toBe('platform_refused:wxpay:NO_AUTH');
    expect(Case.shape.story.parse(story)).toMatch(
      /^微信支付拒绝了我们的请求（refund）：NO_AUTH 商户暂无权限。/,
    );
  },
);
