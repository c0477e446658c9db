import fc from 'fast-check';
import type { ProductKind, StaffOutline, StaffProductView } from '../../client/types.ts';
import { formedFields, typedFields } from '../../console/engine/form.ts';
import type { Thing } from '../../console/engine/view.ts';
import {
  changeOf,
  courseOf,
  draftOf,
  fieldsOfKind,
  firstOf,
  missingOf,
  neededBy,
  PRICE_MAX_FEN,
  shownOf,
  termsFaults,
} from '../../console/screens/productDraft.ts';
import { publishCourse } from '../../shared/domain/catalogue/course.ts';
import { PRICE_MAX_FEN as DOMAIN_MAX_FEN } from '../../shared/domain/catalogue/product.ts';
import {
  changeProduct,
  publishProduct,
  staffProductView,
} from '../../shared/domain/catalogue/productDraft.ts';
import {
  type Content,
  Course,
  CourseDraft,
  Product,
  ProductDraft,
} from '../../shared/schemas/catalogue/product.ts';

const KINDS = ['course', 'membership', 'content', 'media', 'bundle', 'column'] as const;
const idOf = (at: number) => `prd_01JCSEED00000000000000000${at}`;
const ID = idOf(0);

const described = fc.record({
  title: fc.constantFrom('一', '二'),
  subtitle: fc.constantFrom('', '副'),
  summary: fc.constantFrom('', '简介'),
  category: fc.constantFrom('life', 'skills'),
  tags: fc.constantFrom<string[]>([], ['新']),
  teacher: fc.constantFrom('张', '李'),
  coverUrl: fc.constantFrom('https://a.example/1.jpg', 'https://a.example/2.jpg'),
});

const fen = fc.constantFrom(0, 1, 99, 100, 9900, PRICE_MAX_FEN, PRICE_MAX_FEN + 1);
const moment = fc.option(fc.constantFrom(1, 60_000, 120_000));
const terms = fc.record({
  listFen: fen,
  memberFen: fc.option(fen),
  isFreeForMembers: fc.boolean(),
  limited: fc.option(
    fc.record({ priceFen: fen, fromAtMs: fc.constant(60_000), untilAtMs: fc.constant(120_000) }),
  ),
  pointsPrice: fc.option(fc.constantFrom(1, 500)),
  refundPolicy: fc.constantFrom(
    { windowDays: 0, tiers: [], isVoidAfterDownload: true },
    { windowDays: 7, tiers: [{ progressMax: 3000, share: 10_000 }], isVoidAfterDownload: false },
  ),
  saleFromAtMs: moment,
  saleUntilAtMs: moment,
});
const access = fc.constantFrom({ kind: 'forever' }, { kind: 'days', days: 30 });
const content = fc.record({
  preview: fc.constantFrom('', '试读'),
  body: fc.constantFrom('', '正文'),
  mediaKey: fc.constantFrom(null, 'media/a.mp4'),
  durationSeconds: fc.constantFrom(0, 60),
});
const state = fc.constantFrom('draft', 'published', 'withdrawn');

/** A stored product of any kind, with its content. */
const stored = fc
  .record({ kind: fc.constantFrom(...KINDS), described, terms, access, content, count: fc.nat(2) })
  .map((made) => {
    const { kind } = made;
    const isBundle = kind === 'bundle' || kind === 'column';
    const product = Product.parse({
      ...{ id: ID, kind, version: 1, state: 'draft', ...made.described, ...made.terms },
      ...{ nextListFen: null, access: kind === 'membership' ? { kind: 'forever' } : made.access },
      plan: kind === 'membership' ? { period: 'month', scope: { kind: 'platform' } } : null,
      parts: isBundle ? [idOf(1), idOf(2)].slice(0, made.count) : [],
      ...{ partOf: [], leftOf: [], formerParts: [], lessonCount: 0, trialCount: 0, draftDigest: null },
      ...{ publishedAtMs: null, createdAtMs: 1, updatedAtMs: 1 },
    });
    const own: Content | null =
      kind === 'content' || kind === 'media'
        ? ({
            id: ID,
            ...made.content,
            ...(kind === 'content' ? { durationSeconds: 0 } : { body: '' }),
          } as Content)
        : null;
    return { product, content: own };
  });

type Documents = Parameters<typeof staffProductView>[0];

const viewOf = (documents: Documents) => staffProductView(documents) as StaffProductView;

/** What a form over these fields makes of a product that is there. */
function formedOf(kind: ProductKind, view: StaffProductView): Thing {
  const fields = fieldsOfKind(kind, false);
  const formed = formedFields(fields, typedFields(fields, shownOf(view)));
  if ('faults' in formed) throw new Error(JSON.stringify(formed.faults));
  return formed.value as Thing;
}

const isPublishable = (publish: () => unknown) => {
  try {
    publish();
    return true;
  } catch {
    return false;
  }
};

describe('the editor of products', () => {
  it('knows the highest price', () => {
    expect(PRICE_MAX_FEN).toBe(DOMAIN_MAX_FEN);
  });

  it('sends no change of what was not touched', () => {
    fc.assert(
      fc.property(stored, (documents) => {
        const view = viewOf(documents);
        expect(changeOf(view, formedOf(view.kind, view))).toBeNull();
      }),
    );
  });

  it('sends a change that makes of the one product what the form shows of the other', () => {
    const two = fc.tuple(stored, stored).filter(([one, other]) => one.product.kind === other.product.kind);
    fc.assert(
      fc.property(two, ([before, wanted]) => {
        const view = viewOf(before);
        const asked = formedOf(view.kind, viewOf(wanted));
        const change = changeOf(view, asked);
        if (change === null) return;
        const { parts: _, ...rest } = change;
        const step = { change: rest, expectedVersion: 1, waitsForRail: false, now: 2 };
        // The change is of the client's types, which have the shapes of the domain's.
        const after = changeProduct(before, step as never);
        const own = ({ parts: __, ...others }: Thing) => others;
        expect(own(formedOf(view.kind, viewOf(after)))).toEqual(own(asked));
      }),
      { numRuns: 500 },
    );
  });

  it.each(KINDS)('sends a new %s as its schema takes it', (kind) => {
    const fields = fieldsOfKind(kind, true);
    const said = {
      ...{ title: '一', subtitle: '', summary: '', category: 'life', tags: ['新'], teacher: '张' },
      ...{ coverUrl: 'https://a.example/1.jpg', listFen: 9900, parts: [idOf(1)], preview: '', body: '文' },
    };
    const formed = formedFields(fields, typedFields(fields, { ...firstOf(kind), ...said }));
    const value = 'value' in formed ? (formed.value as Thing) : {};
    const result =
      kind === 'course'
        ? CourseDraft.safeParse(courseOf(ID, value))
        : ProductDraft.safeParse(draftOf(kind, ID, value));
    expect(result.error).toBeUndefined();
  });

  it('finds missing what keeps a product from being sold, and nothing else', () => {
    const states = fc.array(state, { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(
        stored.filter(({ product }) => product.kind !== 'course'),
        states,
        (documents, of) => {
          const view = viewOf(documents);
          const needed = neededBy(view);
          const found = needed.map((id, at) => ({ ...documents.product, id, state: of[at] }) as Product);
          const missing = missingOf(view, of.slice(0, needed.length), null);
          const may = isPublishable(() => publishProduct(documents, found, 2 as never));
          expect({ missing, may: missing.length === 0 }).toEqual({ missing, may });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('finds missing what keeps a course from being sold, and nothing else', () => {
    const lesson = fc.record({ isTrial: fc.boolean(), isHidden: fc.boolean() });
    const courses = fc.tuple(
      stored.filter(({ product }) => product.kind === 'course'),
      fc.array(lesson, { maxLength: 3 }),
    );
    fc.assert(
      fc.property(courses, ([{ product }, of]) => {
        const lessons = of.map((one, at) => ({
          ...{ ...one, id: `les_01JCSEED00000000000000000${at}`, title: '课', durationSeconds: 0 },
        }));
        const chapters = [{ title: '章', lessons }];
        const course = Course.parse({ id: ID, chapters, draftDigest: '0'.repeat(64) });
        const view = viewOf({ product, content: null });
        const missing = missingOf(view, [], { chapters } as unknown as StaffOutline);
        const may = isPublishable(() => publishCourse(product, { course, untimed: [] }, 2 as never));
        expect({ missing, may: missing.length === 0 }).toEqual({ missing, may });
      }),
      { numRuns: 500 },
    );
  });

  it('says where a price is wrong', () => {
    const value = { listFen: 0, memberFen: 0, limited: { priceFen: 0, fromAtMs: 2, untilAtMs: 2 } };
    const places = termsFaults('membership', value).map(({ at }) => at);
    expect([...new Set(places)]).toEqual([
      ...['memberFen', 'limited.priceFen', 'limited.untilAtMs', 'listFen'],
    ]);
  });
});
