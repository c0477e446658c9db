import { markOpened, progressOf, unitsOf } from '../../../shared/domain/access/usage.ts';
import { OPENED_MAX, Usage } from '../../../shared/schemas/access/usage.ts';
import { LessonId, timeMs } from '../../../shared/schemas/base.ts';
import { productIdOf } from '../../support/given/coupon.ts';
import { NOW, USER_ID } from '../../support/given/holding.ts';

const productId = productIdOf(1);
const lesson = (n: number) => LessonId.parse(`les_01JD0000000000000000${String(n).padStart(6, '0')}`);
const open = (before: Usage | null, n: number, isDownload = false, now = NOW) =>
  markOpened(before, { userId: USER_ID, productId, what: lesson(n), isDownload }, now);
const course = (lessonCount: number, trialCount = 0) =>
  ({ kind: 'course', lessonCount, trialCount }) as const;

describe('T30: progress is what the server has seen opened', () => {
  test('each lesson counts once, however often it is opened', () => {
    const once = open(null, 1);
    expect(open(once, 1)).toBe(once);
    expect(progressOf(once, 3)).toBe(3_333);
    expect(progressOf(open(open(once, 2), 3), 3)).toBe(10_000);
  });

  test('the share is at most 100 %, also when lessons were removed, and 0 for a user who opened nothing', () => {
    expect(progressOf(open(open(null, 1), 2), 1)).toBe(10_000);
    expect(progressOf(null, 3)).toBe(0);
  });

  test('trial lessons do not count as paid lessons', () => {
    expect([course(3), course(3, 1), course(3, 3)].map(unitsOf)).toEqual([3, 2, 0]);
  });

  test('a product without lessons counts as opened as a whole, and a membership has nothing to open', () => {
    expect(unitsOf({ kind: 'content', lessonCount: 0, trialCount: 0 })).toBe(1);
    expect(unitsOf({ kind: 'membership', lessonCount: 0, trialCount: 0 })).toBe(0);
    expect(progressOf(open(null, 1), 1)).toBe(10_000);
    expect(progressOf(open(null, 1), 0)).toBe(0);
  });

  test('a download is kept with the time of the first one, and the first opening too', () => {
    const opened = open(null, 1);
    const later = timeMs(NOW + 5);
    const downloaded = open(opened, 1, true, later);
    expect(downloaded).toMatchObject({ opened: [lesson(1)], firstOpenedAtMs: NOW, downloadedAtMs: later });
    expect(open(downloaded, 1, true, timeMs(NOW + 9))).toBe(downloaded);
    expect(open(downloaded, 2, false, timeMs(NOW + 9))).toMatchObject({ downloadedAtMs: later });
  });

  test('the number of stored openings is bounded, and reaching the bound counts as having opened everything', () => {
    let usage: Usage | null = null;
    for (let n = 0; n < OPENED_MAX; n += 1) usage = open(usage, n);
    if (usage === null) throw new Error('something was opened');
    expect(open(usage, OPENED_MAX)).toBe(usage);
    expect(Usage.parse(usage)).toEqual(usage);
    expect(progressOf(usage, 4_000)).toBe(10_000);
  });
});
