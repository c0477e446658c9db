import * as fc from 'fast-check';
import {
  answer,
  feedbackView,
  REOPEN_MS,
  reopen,
  tell,
  toldBefore,
} from '../../../shared/domain/feedback/feedback.ts';
import { AppError } from '../../../shared/errors.ts';
import { DAY_MS, FeedbackId, HOUR_MS, timeMs, UserId } from '../../../shared/schemas/base.ts';
import { type Feedback, TURNS_MAX } from '../../../shared/schemas/feedback/feedback.ts';

const START = 1_795_000_000_000;
const ALICE = UserId.parse('usr_01JD0000000000000000000001');
const STAFF = UserId.parse('usr_01JD0000000000000000000002');
const asked = {
  id: FeedbackId.parse('fbk_01JD0000000000000000000001'),
  kind: 'bug',
  words: '播放到一半会停',
  orderId: null,
  images: [],
} as const;
const told = () => tell({ ...asked, images: [] }, ALICE, timeMs(START));
const codeOf = (act: () => unknown) => {
  try {
    act();
  } catch (caught) {
    if (caught instanceof AppError) return caught.code;
    throw caught;
  }
  return null;
};

describe('what people tell the shop', () => {
  test('whatever is said, when and how often: turns are never lost, and it is open while its author spoke last', () => {
    const step = fc.record({
      who: fc.constantFrom('user', 'staff'),
      words: fc.constantFrom('一', '二'),
      isStale: fc.boolean(),
      isRepeated: fc.boolean(),
      hours: fc.integer({ min: 0, max: 500 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let now = START;
        let feedback: Feedback = told();
        for (const { who, words, isStale, isRepeated, hours } of steps) {
          now += hours * HOUR_MS;
          const before = feedback;
          const seenTurns = Math.max(1, before.turns.length - (isStale ? 1 : 0));
          const say = (on: Feedback) =>
            who === 'user'
              ? reopen(on, { by: ALICE, words, seenTurns }, timeMs(now))
              : answer(on, { by: STAFF, words, seenTurns }, timeMs(now));
          const code = codeOf(() => {
            feedback = say(before);
          });
          // Nothing that was said before is changed, and a refused word leaves everything as it was.
          expect(feedback.turns.slice(0, before.turns.length)).toEqual(before.turns);
          if (code !== null) expect(feedback).toBe(before);
          if (code === null && isRepeated) expect(say(feedback)).toBe(feedback);
          expect(feedback.turns.length).toBeLessThanOrEqual(TURNS_MAX);
          expect(feedback.state === 'open').toBe(feedback.turns.at(-1)?.from === 'user');
          const view = feedbackView(feedback, timeMs(now));
          const mayReopen = codeOf(() =>
            reopen(feedback, { by: ALICE, words: '三', seenTurns: feedback.turns.length }, timeMs(now)),
          );
          expect(view.reopenUntilMs !== null).toBe(mayReopen === null);
          expect(view.state === 'open').toBe(feedback.state === 'open');
        }
      }),
      { numRuns: Number(process.env.MODEL_RUNS ?? 1_000) },
    );
  });

  test('fourteen days after the answer it is closed', () => {
    const answered = answer(told(), { by: STAFF, words: '已修复', seenTurns: 1 }, timeMs(START + DAY_MS));
    const lastMoment = START + DAY_MS + REOPEN_MS;
    expect(feedbackView(answered, timeMs(lastMoment - 1))).toMatchObject({
      state: 'answered',
      reopenUntilMs: lastMoment,
    });
    expect(feedbackView(answered, timeMs(lastMoment))).toMatchObject({
      state: 'closed',
      reopenUntilMs: null,
    });
  });

  test('its author does not see who answered', () => {
    const answered = answer(told(), { by: STAFF, words: '已修复', seenTurns: 1 }, timeMs(START + 1));
    expect(JSON.stringify(feedbackView(answered, timeMs(START + 1)))).not.toContain(STAFF);
  });

  test('the same id with other words, or of somebody else, is refused', () => {
    const stored = told();
    expect(toldBefore(stored, { ...asked, images: [] }, ALICE)).toBe(stored);
    for (const other of [{ words: '别的' }, { kind: 'idea' as const }])
      expect(codeOf(() => toldBefore(stored, { ...asked, images: [], ...other }, ALICE))).toBe(
        'feedback.id_taken',
      );
    expect(codeOf(() => toldBefore(stored, { ...asked, images: [] }, STAFF))).toBe('feedback.id_taken');
  });
});
