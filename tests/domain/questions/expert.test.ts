import * as fc from 'fast-check';
import {
  approveOffer,
  countAnswer,
  countMissed,
  countStars,
  endOffer,
  expertView,
  isTaking,
  MISSED_MS,
  missedUntilMs,
  OPEN_MAX,
  offerAnswers,
  pause,
  questionProduct,
  rejectOffer,
} from '../../../shared/domain/questions/expert.ts';
import { AppError } from '../../../shared/errors.ts';
import { fen, type TimeMs, timeMs, UserId } from '../../../shared/schemas/base.ts';
import { Product } from '../../../shared/schemas/catalogue/product.ts';
import { Expert, type ExpertOffer } from '../../../shared/schemas/questions/expert.ts';
import { NOW, USER_ID } from '../../support/given/holding.ts';

const STAFF = UserId.parse('usr_01JD0000000000000000000032');
const later = (ms: number) => timeMs(NOW + ms);
const offer: ExpertOffer = {
  ...{ name: '林老师', about: '画画二十年', fields: ['素描'], regulated: 'none', licence: '' },
  priceFen: fen(9_900),
};
const offers = (wishes: Partial<ExpertOffer> = {}, before: Expert | null = null) =>
  offerAnswers(before, USER_ID, { ...offer, ...wishes }, NOW);
const COVER = 'https://static.zhike.example/lin.jpg';
type Said = { by?: UserId; version?: number };
const said = (expert: Expert, more: Said = {}) => ({
  version: expert.version,
  by: STAFF,
  reason: '理由',
  ...more,
});
const approves = (expert: Expert, more: Said = {}) =>
  approveOffer(expert, { ...said(expert, more), coverUrl: COVER }, NOW);
const rejects = (expert: Expert) => rejectOffer(expert, said(expert), NOW);
const ends = (expert: Expert) => endOffer(expert, said(expert), NOW);
const AT = { waitsForRail: false, now: NOW };
const approved = () => approves(offers());
const refusal = (work: () => unknown) => {
  try {
    work();
  } catch (caught) {
    if (caught instanceof AppError) return caught.code;
    throw caught;
  }
  return 'none';
};
const missed = (...moments: readonly TimeMs[]) =>
  moments.reduce((expert, atMs) => countMissed(expert, atMs), approved());

describe('an expert', () => {
  test('takes questions from when staff approve the offer, and until it is paused or ended', () => {
    expect(isTaking(offers(), 0, NOW)).toBe(false);
    expect(isTaking(approved(), 0, NOW)).toBe(true);
    expect(isTaking(pause(approved(), true, NOW), 0, NOW)).toBe(false);
    expect(pause(approved(), false, NOW)).toEqual(approved());
    expect(isTaking(ends(approved()), 0, NOW)).toBe(false);
    expect(Expert.parse(approved())).toEqual(approved());
  });

  test('keeps the approved offer while another one waits, and when that is rejected', () => {
    const asked = offers({ about: '三十年' }, approved());
    expect([asked.offer?.about, asked.version, isTaking(asked, 0, NOW)]).toEqual(['画画二十年', 2, true]);
    const rejected = rejects(asked);
    expect([rejected.offer?.about, rejected.asked, rejected.refusal]).toEqual(['画画二十年', null, '理由']);
    expect(offers({}, approved())).toEqual(approved());
    expect(offers({ about: '三十年' }, asked)).toBe(asked);
  });

  test('asks a price in the range, and has a licence where one is needed', () => {
    expect(refusal(() => offers({ priceFen: fen(499) }))).toBe('expert.price_out_of_range');
    expect(refusal(() => offers({ priceFen: fen(50_001) }))).toBe('expert.price_out_of_range');
    expect(refusal(() => offers({ regulated: 'law' }))).toBe('expert.licence_missing');
    expect(offers({ regulated: 'law', licence: '执业证 1' }).asked?.licence).toBe('执业证 1');
  });

  test('is decided about by somebody else, in the version that they saw, once', () => {
    expect(refusal(() => approves(offers(), { by: USER_ID }))).toBe('staff.not_yourself');
    expect(refusal(() => approves(offers(), { version: 9 }))).toBe('expert.version_changed');
    expect(refusal(() => rejects(approved()))).toBe('expert.not_waiting');
    expect(refusal(() => approves(rejects(offers())))).toBe('expert.not_waiting');
    const [one, none, no] = [approved(), ends(approved()), rejects(offers())];
    expect([approves(one), ends(none), rejects(no)]).toEqual([one, none, no]);
  });

  test('takes no more than ten open questions', () => {
    expect([isTaking(approved(), OPEN_MAX - 1, NOW), isTaking(approved(), OPEN_MAX, NOW)]).toEqual([
      true,
      false,
    ]);
  });

  test('who let two questions expire within 30 days takes none until the first of them is 30 days past', () => {
    expect(missedUntilMs(missed(NOW), NOW)).toBeNull();
    const twice = missed(NOW, later(50));
    expect(missedUntilMs(twice, later(60))).toBe(later(MISSED_MS));
    expect([MISSED_MS - 1, MISSED_MS].map((ms) => isTaking(twice, 0, later(ms)))).toEqual([false, true]);
  });

  test('is shown with the share answered in time and the mean of the stars', () => {
    const seen = (expert: Expert) => expertView(expert, { priceFen: fen(9_900), open: 0, now: NOW });
    expect(seen(offers())).toBeNull();
    expect(seen(approved())).toMatchObject({ inTimeBp: null, starsHundredths: null, answerHours: 48 });
    const busy = countAnswer(countAnswer(missed(NOW), true, NOW), false, NOW);
    expect(seen(busy)).toMatchObject({ answered: 2, inTimeBp: 3_333 });
  });

  test('has the stars that were given last, however often they were changed', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 })), (questions) => {
        let expert = approved();
        for (const given of questions) {
          given.forEach((stars, index) => {
            expert = countStars(expert, given[index - 1] ?? null, stars, NOW);
          });
        }
        const sum = questions.reduce((all, given) => all + (given.at(-1) ?? 0), 0);
        expect([expert.record.rated, expert.record.stars]).toEqual([questions.length, sum]);
      }),
    );
  });

  test('has a new price at once, or where a platform must know it first, once it does', () => {
    const product = questionProduct(approved(), null, AT);
    const dearer = approves(offers({ priceFen: fen(20_000) }, approved()));
    expect(questionProduct(dearer, product, AT)).toMatchObject({ listFen: 20_000, nextListFen: null });
    const waiting = questionProduct(dearer, product, { waitsForRail: true, now: NOW });
    expect(waiting).toMatchObject({ listFen: 9_900, nextListFen: 20_000 });
  });

  test('is sold as a product that anybody may find in the store, and is not sold any more when ended', () => {
    expect(questionProduct(offers(), null, AT)).toBeNull();
    const product = questionProduct(approved(), null, AT) as Product;
    expect(Product.parse(product)).toEqual(product);
    expect([product.id.slice(4), product.listFen, product.state]).toEqual([
      USER_ID.slice(4),
      9_900,
      'published',
    ]);
    const ended = questionProduct(ends(approved()), product, AT) as Product;
    expect([ended.state, questionProduct(ends(approved()), ended, AT)]).toEqual(['withdrawn', ended]);
  });
});
