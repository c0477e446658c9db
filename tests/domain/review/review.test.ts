import fc from 'fast-check';
import {
  APPEAL_MS,
  appeal,
  casesOf,
  decide,
  giveUpChecking,
  happened,
  partsOf,
  SAMPLED_OF,
  submitEdit,
  submitNew,
  takeFlag,
  takeVerdict,
  type Verdict,
  wipe,
} from '../../../shared/domain/review/review.ts';
import { AppError } from '../../../shared/errors.ts';
import { HOUR_MS, type TimeMs, timeMs, UploadId, UserId } from '../../../shared/schemas/base.ts';
import {
  type ReviewDecision,
  Reviewed,
  type ReviewPart,
  type Written,
} from '../../../shared/schemas/review/review.ts';
import { NOW, USER_ID } from '../../support/given/holding.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const STAFF = ['usr_01JD0000000000000000000071', 'usr_01JD0000000000000000000072'].map((id) =>
  UserId.parse(id),
) as [UserId, UserId];
const IMAGE = UploadId.parse('upl_01JD0000000000000000000005');
const later = (ms: number) => timeMs(NOW + ms);
const written = (body: string, images: readonly UploadId[] = []): Written => ({
  title: null,
  body,
  images: [...images],
  audio: null,
});
const said = (verdict: Verdict, more: { version?: number; part?: ReviewPart; cause?: string } = {}) => ({
  version: 1,
  part: 'text' as ReviewPart,
  verdict,
  label: verdict === 'pass' ? 100 : 20_006,
  cause: 'check:trace-1',
  ...more,
});
const fresh = (images: readonly UploadId[] = [], doubts: readonly string[] = []) =>
  submitNew(USER_ID, written('一', images), doubts, NOW);
const passed = () => takeVerdict(fresh(), said('pass'), NOW);
const refusal = (work: () => unknown) => {
  try {
    work();
  } catch (caught) {
    if (caught instanceof AppError) return caught.code;
    throw caught;
  }
  return 'none';
};

type Act =
  | { readonly does: 'edit'; readonly images: number; readonly doubts: readonly string[] }
  | { readonly does: 'verdict'; readonly verdict: Verdict; readonly part: number; readonly behind: number }
  | { readonly does: 'silence' }
  | { readonly does: 'appeal' }
  | { readonly does: 'wipe' }
  | { readonly does: 'flag'; readonly weight: number }
  | {
      readonly does: 'decide';
      readonly decision: ReviewDecision;
      readonly who: number;
      readonly behind: number;
    };

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('edit' as const),
      images: fc.nat(2),
      doubts: fc.subarray(['contact']),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('verdict' as const),
      verdict: fc.constantFrom<Verdict>('pass', 'pass', 'pass', 'review', 'risky'),
      part: fc.nat(3),
      behind: fc.constantFrom(0, 0, 0, 1),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ does: 'silence' } as const) },
  { weight: 3, arbitrary: fc.constant({ does: 'appeal' } as const) },
  { weight: 1, arbitrary: fc.constant({ does: 'wipe' } as const) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('flag' as const), weight: fc.constantFrom(0, 2, 3, 6) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('decide' as const),
      decision: fc.constantFrom<ReviewDecision>('approve', 'reject', 'keep', 'remove'),
      who: fc.nat(1),
      behind: fc.constantFrom(0, 0, 0, 1),
    }),
  },
);

/** What a naive record of the history knows of each version, by its body. */
interface Known {
  readonly waits: Set<ReviewPart>;
  isRisky: boolean;
  isDoubted: boolean;
  isApproved: boolean;
  isRemoved: boolean;
}

/** Plays a history, and calls `look` before and after each step that was not refused. */
function play(
  acts: readonly Act[],
  look: (step: {
    before: Reviewed;
    after: Reviewed;
    act: Act;
    known: ReadonlyMap<string, Known>;
    now: TimeMs;
  }) => void,
): void {
  const bodies = new Map<string, Known>();
  const write = (version: number, images: number, doubts: readonly string[]) => {
    const text = written(
      `v${version}`,
      Array.from({ length: images }, (_, n) => UploadId.parse(`upl_01JD000000000000000000000${n}`)),
    );
    const waits = new Set(partsOf(text));
    bodies.set(text.body, {
      waits,
      isRisky: false,
      isDoubted: doubts.length > 0,
      isApproved: false,
      isRemoved: false,
    });
    return text;
  };
  let state = submitNew(USER_ID, write(1, 1, []), [], NOW);
  let now = NOW;
  for (const [index, each] of acts.entries()) {
    now = timeMs(now + HOUR_MS);
    const before = state;
    const { version } = before.review;
    const known = bodies.get(`v${version}`);
    try {
      if (each.does === 'edit') {
        state = submitEdit(before, write(version + 1, each.images, each.doubts), each.doubts, now);
      } else if (each.does === 'verdict') {
        const parts = partsOf(before.newest);
        const part = parts[each.part % Math.max(1, parts.length)] ?? 'text';
        const about = {
          version: version - each.behind,
          part,
          verdict: each.verdict,
          label: 20_001,
          cause: `check:${index}`,
        };
        state = takeVerdict(before, about, now);
        if (state !== before && known !== undefined) {
          known.waits.delete(part);
          if (each.verdict === 'risky') known.isRisky = true;
          if (each.verdict === 'review') known.isDoubted = true;
        }
      } else if (each.does === 'silence') state = giveUpChecking(before, now);
      else if (each.does === 'appeal') state = appeal(before, now);
      else if (each.does === 'wipe') state = wipe(before, now);
      else if (each.does === 'flag') state = takeFlag(before, each.weight);
      else {
        const by = STAFF[each.who] ?? STAFF[0];
        state = decide(before, { decision: each.decision, version: version - each.behind, by }, now);
        if (each.decision === 'approve' && known !== undefined) known.isApproved = true;
        if (state.review.state === 'removed') for (const one of bodies.values()) one.isApproved = false;
        if (state.review.state === 'removed') for (const one of bodies.values()) one.isRemoved = true;
      }
    } catch (caught) {
      if (!(caught instanceof AppError)) throw caught;
      if (each.does === 'edit') bodies.delete(`v${version + 1}`);
      state = before;
    }
    if (state !== before) look({ before, after: state, act: each, known: bodies, now });
  }
}

const histories = (look: Parameters<typeof play>[1]) =>
  fc.assert(
    fc.property(fc.array(act, { minLength: 1, maxLength: 40 }), (acts) => play(acts, look)),
    { seed, numRuns: MODEL_RUNS },
  );

describe('the review', () => {
  test('LK14: nothing unchecked, doubted, risky or removed is ever shown, unless staff approved that very version', () => {
    histories(({ after, known }) => {
      if (after.shown === null) return;
      const of = known.get(after.shown.body);
      if (of === undefined) throw new Error(`shows ${after.shown.body}, which was never written`);
      const isClean = of.waits.size === 0 && !of.isRisky && !of.isDoubted && !of.isRemoved;
      expect([after.shown.body, of.isApproved || isClean]).toEqual([after.shown.body, true]);
    });
  });

  test('LK14: what is shown changes only to the newest version, and only staff and its author take it away', () => {
    histories(({ before, after, act: { does } }) => {
      if (before.shown === after.shown) return;
      if (after.shown !== null) expect(after.shown).toBe(after.newest);
      else expect(['decide', 'wipe']).toContain(does);
      expect(does).not.toBe('edit');
    });
  });

  test('a document of any history fits its schema, its derived fields are right, and a deleted one has no words', () => {
    histories(({ after }) => {
      expect(Reviewed.parse(after)).toEqual(after);
      expect(after.isShown).toBe(after.shown !== null && !after.review.isHidden);
      expect(after.checkingSinceMs).toBe(after.review.state === 'checking' ? after.review.sinceAtMs : null);
      expect(after.shown === null).toBe(after.review.publicVersion === null);
      if (after.review.state === 'deleted') expect([after.newest.body, after.shown]).toEqual(['', null]);
    });
  });

  test('LK29: whatever is not decided has a deadline, or is a case; and no case of a version opens twice', () => {
    histories(({ before, after }) => {
      const { state, isHidden, version } = after.review;
      if (state === 'queued') expect(casesOf(after)).toContainEqual(expect.objectContaining({ version }));
      if (isHidden) expect(casesOf(after).map(({ kind }) => kind)).toContain('content_flagged');
      if (state === 'checking') {
        expect(after.checkingSinceMs).not.toBeNull();
        expect(giveUpChecking(after, NOW).review.state).toBe('queued');
      }
      const names = casesOf(after).map(({ kind, version: of }) => `${kind}:${of}`);
      expect(new Set(names).size).toBe(names.length);
      if (before.review.state === 'deleted') throw new Error('a deleted one changed');
    });
  });

  test('LK16: each change of state names its cause and who made it', () => {
    const by = {
      verdict: 'platform',
      silence: 'rule',
      appeal: 'author',
      wipe: 'author',
      edit: 'author',
    } as const;
    histories(({ before, after, act: { does } }) => {
      if (before.review.state === after.review.state || does === 'flag') return;
      const { cause, by: actor } = after.review;
      if (does === 'decide') expect([cause, STAFF.includes(actor as UserId)]).toEqual(['staff', true]);
      else expect(actor).toBe(by[does]);
      expect(cause).not.toBe(before.review.state === 'checking' ? 'submitted' : '');
    });
  });

  test('LK14: a repeat, and a word about an older version or a part that is decided, return the same object', () => {
    const one = fresh([IMAGE]);
    const text = takeVerdict(one, said('pass'), NOW);
    expect(text.review).toMatchObject({ state: 'checking', waitsFor: [IMAGE] });
    expect(takeVerdict(text, said('pass'), NOW)).toBe(text);
    expect(takeVerdict(text, said('risky'), NOW)).toBe(text);
    const both = takeVerdict(text, said('pass', { part: IMAGE }), NOW);
    expect(both.review.state).toBe('public');
    expect(takeVerdict(both, said('risky', { part: IMAGE }), NOW)).toBe(both);
    const edited = submitEdit(both, written('二'), [], NOW);
    expect(takeVerdict(edited, said('pass'), NOW)).toBe(edited);
    expect([edited.shown?.body, edited.isShown]).toEqual(['一', true]);
  });

  test('LK14: an edit of what is still checked is shown only after its own check', () => {
    const edited = submitEdit(fresh(), written('二'), [], NOW);
    expect(takeVerdict(edited, said('pass'), NOW).shown).toBeNull();
    expect(takeVerdict(edited, said('pass', { version: 2 }), NOW).shown?.body).toBe('二');
  });

  test('doubt of the platform or of our own rules, and silence, send it to staff with the reason', () => {
    const doubted = takeVerdict(fresh(), said('review'), NOW);
    expect(doubted.review).toMatchObject({ state: 'queued', doubts: ['check:20006'], label: 20_006 });
    const ours = takeVerdict(fresh([], ['contact']), said('pass'), NOW);
    expect(ours.review).toMatchObject({ state: 'queued', doubts: ['contact'], label: null });
    const silent = giveUpChecking(fresh(), NOW);
    expect(silent.review).toMatchObject({ state: 'queued', doubts: ['silent'], by: 'rule', cause: 'silent' });
    expect(giveUpChecking(silent, NOW)).toBe(silent);
    expect([doubted, ours, silent].map(({ isShown }) => isShown)).toEqual([false, false, false]);
  });

  test('two people with enough weight hide it; one alone does not, and what was kept stays', () => {
    const one = takeFlag(passed(), 6);
    expect([one.isShown, casesOf(one)]).toEqual([true, [{ kind: 'content_flagged', version: 1 }]]);
    const two = takeFlag(one, 2);
    expect(two.isShown).toBe(false);
    const kept = decide(two, { decision: 'keep', version: 1, by: STAFF[0] }, NOW);
    expect([kept.isShown, casesOf(kept)]).toEqual([true, []]);
    expect(takeFlag(takeFlag(kept, 6), 6).isShown).toBe(true);
    expect(takeFlag(takeFlag(passed(), 0), 0).isShown).toBe(true);
  });

  test('a new version of what is flagged goes to staff, even when the platform passes it', () => {
    const flagged = takeFlag(passed(), 2);
    const edited = takeVerdict(
      submitEdit(flagged, written('二'), [], NOW),
      said('pass', { version: 2 }),
      NOW,
    );
    expect(edited.review).toMatchObject({ state: 'queued', doubts: ['flagged'] });
    expect(edited.shown?.body).toBe('一');
  });

  test('a rejected edit leaves the version before it; a rejected first version is removed', () => {
    const decision = { decision: 'reject', by: STAFF[0] } as const;
    const first = decide(giveUpChecking(fresh(), NOW), { ...decision, version: 1 }, NOW);
    expect(first.review).toMatchObject({ state: 'removed', removals: 1, takenBy: STAFF[0] });
    const edit = giveUpChecking(submitEdit(passed(), written('二'), [], NOW), NOW);
    const rejected = decide(edit, { ...decision, version: 2 }, NOW);
    expect(rejected.review).toMatchObject({ state: 'rejected', removals: 0, takenBy: STAFF[0] });
    expect([rejected.isShown, rejected.shown?.body]).toEqual([true, '一']);
  });

  test('an appeal is made once for a version and in time, and decided by somebody else', () => {
    const removed = decide(passed(), { decision: 'remove', version: 1, by: STAFF[0] }, NOW);
    expect(refusal(() => appeal(removed, later(APPEAL_MS)))).toBe('appeal.too_late');
    const asked = appeal(removed, later(APPEAL_MS - 1));
    expect(casesOf(asked)).toEqual([{ kind: 'appeal', version: 1 }]);
    const by = (who: UserId, decision: ReviewDecision) => () =>
      decide(asked, { decision, version: 1, by: who }, NOW);
    expect(refusal(by(STAFF[0], 'approve'))).toBe('review.same_person');
    expect(by(STAFF[1], 'approve')()).toMatchObject({ isShown: true, review: { keptVersion: 1 } });
    const again = by(STAFF[1], 'reject')();
    expect(refusal(() => appeal(again, NOW))).toBe('appeal.made_before');
    expect(refusal(() => appeal(passed(), NOW))).toBe('review.not_waiting');
  });

  test('staff decide about the version that they saw, about what is open, and not about their own', () => {
    const queued = giveUpChecking(fresh(), NOW);
    const decides = (of: Reviewed, decision: ReviewDecision, version: number, by: UserId) =>
      refusal(() => decide(of, { decision, version, by }, NOW));
    expect(decides(queued, 'approve', 1, USER_ID)).toBe('review.own');
    expect(decides(queued, 'approve', 2, STAFF[0])).toBe('review.version_changed');
    expect(decides(queued, 'keep', 1, STAFF[0])).toBe('review.not_waiting');
    expect(decides(passed(), 'approve', 1, STAFF[0])).toBe('review.not_waiting');
    expect(decides(passed(), 'keep', 1, STAFF[0])).toBe('none');
  });

  test('editing is refused while staff decide, while flags hide it, and after it was removed or deleted', () => {
    const edits = (of: Reviewed) => refusal(() => submitEdit(of, written('二'), [], NOW));
    expect(edits(giveUpChecking(fresh(), NOW))).toBe('review.not_editable');
    expect(edits(takeFlag(takeFlag(passed(), 6), 6))).toBe('review.not_editable');
    expect(edits(decide(passed(), { decision: 'remove', version: 1, by: STAFF[0] }, NOW))).toBe(
      'review.not_editable',
    );
    expect(edits(wipe(passed(), NOW))).toBe('review.not_editable');
    expect(edits(takeVerdict(fresh(), said('risky'), NOW))).toBe('none');
  });

  test('it is published once; each taking away is told once, and what comes back is no new publication', () => {
    histories(({ before, after }) => {
      const what = happened(before, after);
      expect(what === 'published').toBe(before.review.publicAtMs === null && after.shown !== null);
      if (what === 'taken_away') expect(after.review.removals).toBe(before.review.removals + 1);
      if (what === 'restored')
        expect([before.shown, after.review.publicAtMs]).toEqual([null, before.review.publicAtMs]);
    });
    expect(happened(null, passed())).toBe('published');
  });

  test('about one in twenty of what passed is a case, whatever its writer does, and stays public', () => {
    const many = Array.from({ length: 4_000 }, (_, n) =>
      takeVerdict(fresh(), said('pass', { cause: `check:${n}-trace` }), NOW),
    );
    const sampled = many.filter((each) => casesOf(each).length > 0);
    expect(sampled.every(({ isShown, review }) => isShown && review.state === 'public')).toBe(true);
    expect(Math.abs(sampled.length / many.length - 1 / SAMPLED_OF)).toBeLessThan(0.01);
    const kept =
      sampled[0] === undefined
        ? passed()
        : decide(sampled[0], { decision: 'keep', version: 1, by: STAFF[0] }, NOW);
    expect(casesOf(kept)).toEqual([]);
  });
});
