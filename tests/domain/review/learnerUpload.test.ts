import fc from 'fast-check';
import { beginningOf } from '../../../shared/domain/catalogue/upload.ts';
import {
  askedBefore,
  isAsSaid,
  letGo,
  newUpload,
  SENDING_MS,
  type UploadWanted,
  uploadsOf,
  useUpload,
} from '../../../shared/domain/review/learnerUpload.ts';
import { type ErrorCode, fail } from '../../../shared/errors.ts';
import { HOUR_MS, MINUTE_MS, type TimeMs, timeMs, UploadId, UserId } from '../../../shared/schemas/base.ts';
import { MediaKey } from '../../../shared/schemas/catalogue/product.ts';
import { LearnerFileType, LearnerUpload } from '../../../shared/schemas/review/learnerUpload.ts';
import type { Written } from '../../../shared/schemas/review/review.ts';
import { NOW, USER_ID } from '../../support/given/holding.ts';
import { MODEL_RUNS, seed } from '../../support/seeded.ts';

const ID = UploadId.parse('upl_01JD0000000000000000000005');
const OTHER = UserId.parse('usr_01JD0000000000000000000002');
const wanted: UploadWanted = { id: ID, userId: USER_ID, contentType: 'image/png', bytes: 1_000 };
const later = (ms: number) => timeMs(NOW + ms);
const as = (usedBy: string, changes: object = {}) => ({
  ...{ userId: USER_ID, usedBy, kind: 'image' as const },
  ...changes,
});
/** What a step gives, or the code with which it is refused. */
function tried<T>(step: () => T): T | ErrorCode {
  try {
    return step();
  } catch (caught) {
    const { code } = caught as { readonly code?: ErrorCode };
    if (code === undefined) throw caught;
    return code;
  }
}

const THINGS = ['comment:a', 'topic:b'] as const;
type Act = {
  readonly does: 'ask' | 'use' | 'letGo';
  readonly thing: (typeof THINGS)[number];
  readonly who: UserId;
  readonly afterMs: number;
};
const act: fc.Arbitrary<Act> = fc.record({
  does: fc.constantFrom('ask', 'use', 'letGo'),
  thing: fc.constantFrom(...THINGS),
  who: fc.constantFrom(USER_ID, USER_ID, USER_ID, OTHER),
  afterMs: fc.oneof(fc.nat(MINUTE_MS), fc.nat(HOUR_MS), fc.nat(30 * HOUR_MS)),
});

/** Plays a history of one upload; `look` sees it after each act, with when a link for it was given last. */
function histories(
  look: (step: {
    readonly before: LearnerUpload;
    readonly after: LearnerUpload | ErrorCode;
    readonly act: Act;
    readonly now: TimeMs;
    readonly linkedAtMs: TimeMs;
  }) => void,
): void {
  fc.assert(
    fc.property(fc.array(act, { minLength: 1, maxLength: 30 }), (acts) => {
      let stored = newUpload(wanted, NOW);
      let now = NOW;
      let linkedAtMs = NOW;
      for (const each of acts) {
        now = timeMs(now + each.afterMs);
        const { does, thing, who: userId } = each;
        const steps = {
          ask: () => askedBefore(stored, { ...wanted, userId }, now),
          use: () => useUpload(stored, as(thing, { userId }), now),
          letGo: () => letGo(stored, thing, now),
        };
        const after = tried(steps[does]);
        if (does === 'ask' && typeof after !== 'string') linkedAtMs = now;
        look({ before: stored, after, act: each, now, linkedAtMs });
        if (typeof after !== 'string') stored = after;
      }
    }),
    { seed, numRuns: MODEL_RUNS },
  );
}

describe('an upload', () => {
  test.each(LearnerFileType.options)('of %s has a private key below its owner’s folder', (contentType) => {
    const upload = newUpload({ ...wanted, contentType }, NOW);
    expect(LearnerUpload.parse(upload)).toEqual(upload);
    expect(MediaKey.parse(upload.key)).toMatch(new RegExp(`^ugc/${USER_ID}/${ID}\\.[a-z0-9]+$`));
  });

  test('in any history: it ends if and only if nothing uses it, and only its owner uses it', () => {
    histories(({ before, after, act: { does, thing, who } }) => {
      if (typeof after === 'string') return;
      expect(LearnerUpload.parse(after)).toEqual(after);
      expect(after.endsAtMs === null).toBe(after.usedBy !== null);
      if (does === 'use') expect([who, after.usedBy]).toEqual([USER_ID, thing]);
      if (before.usedBy !== null && after.usedBy !== before.usedBy)
        expect([does, after.usedBy]).toEqual(['letGo', null]);
      expect({ ...after, usedBy: null, endsAtMs: null }).toEqual({ ...before, usedBy: null, endsAtMs: null });
    });
  });

  test('in any history: what has ended is never used again, and no link to send its file is valid then', () => {
    histories(({ before, after, act: { does }, now, linkedAtMs }) => {
      if (before.endsAtMs === null || now < before.endsAtMs) return;
      expect(linkedAtMs + SENDING_MS).toBeLessThan(before.endsAtMs);
      if (does === 'use') expect(after).toBe('upload.not_found');
      if (does === 'ask') expect(after).toBe('upload.id_taken');
      if (does === 'letGo') expect(after).toBe(before);
    });
  });

  test('in any history: what is used within its day stays so for this thing, and for no other', () => {
    histories(({ before, after, act: { does, thing, who }, now }) => {
      if (does !== 'use') return;
      const isFree = before.usedBy === null && now < before.createdAtMs + 24 * HOUR_MS;
      const isOpen = who === USER_ID && (before.usedBy === thing || isFree);
      expect(after === 'upload.not_found').toBe(!isOpen);
      if (isOpen && before.usedBy === thing) expect(after).toBe(before);
    });
  });

  test('let go, it ends two days after it was asked for, at once when that is past', () => {
    const used = useUpload(newUpload(wanted, NOW), as('topic:b'), NOW);
    expect(letGo(used, 'topic:b', later(HOUR_MS)).endsAtMs).toBe(later(48 * HOUR_MS));
    expect(letGo(used, 'topic:b', later(49 * HOUR_MS)).endsAtMs).toBe(later(49 * HOUR_MS));
    expect(letGo(used, 'comment:a', later(HOUR_MS))).toBe(used);
  });

  test('upload.not_found for none, and for a picture where a sound belongs', () => {
    const upload = newUpload(wanted, NOW);
    for (const step of [
      () => useUpload(null, as('topic:b'), NOW),
      () => useUpload(upload, as('topic:b', { kind: 'audio' }), NOW),
      () => useUpload({ ...upload, contentType: 'audio/mp4' }, as('topic:b'), NOW),
    ])
      expect(step).toThrow(fail('upload.not_found'));
  });
});

describe('the uploads of what somebody wrote', () => {
  test('are those of the newest version and of the one that others see', () => {
    const [one, two, three] = [6, 7, 8].map((n) => UploadId.parse(`upl_01JD000000000000000000000${n}`));
    const written = (images: readonly (UploadId | undefined)[], audio: UploadId | null): Written => ({
      ...{ title: null, body: '', audio },
      images: images.flatMap((id) => id ?? []),
    });
    const named = uploadsOf({ newest: written([one, ID], null), shown: written([two, ID], three ?? null) });
    expect(Object.fromEntries(named)).toEqual({
      ...{ [String(one)]: 'image', [ID]: 'image', [String(two)]: 'image', [String(three)]: 'audio' },
    });
    expect(uploadsOf({ newest: written([], null), shown: null }).size).toBe(0);
  });
});

describe.each(LearnerFileType.options)('a file of %s', (contentType) => {
  const bytes = Buffer.concat([beginningOf(contentType), Buffer.alloc(100, 7)]);
  const upload = newUpload({ ...wanted, contentType, bytes: bytes.length }, NOW);

  test('is what it was said to be by its size and its beginning', () => {
    expect(isAsSaid(upload, bytes)).toBe(true);
    for (const wrong of [bytes.subarray(1), Buffer.concat([bytes, bytes]), Buffer.alloc(0)])
      expect(isAsSaid(upload, wrong)).toBe(false);
  });

  test('is not what it was said to be with any other beginning', () => {
    const others = LearnerFileType.options.filter((other) => other !== contentType);
    for (const other of others)
      expect(isAsSaid(upload, Buffer.concat([beginningOf(other), Buffer.alloc(100, 7)]))).toBe(false);
    fc.assert(
      fc.property(fc.stringMatching(/^(<(html|script|svg|\?xml)|GIF8|%PDF-|PK|#!)[ -~]{0,20}$/), (start) => {
        const file = Buffer.concat([Buffer.from(start), bytes]).subarray(0, bytes.length);
        expect(isAsSaid(upload, file)).toBe(false);
      }),
      { seed },
    );
  });
});
