import fc from 'fast-check';
import type * as z from 'zod';
import { words } from '../../client/words.ts';
import { operations } from '../../console/contract.ts';
import { formedFields, formedOf, type Typed, typedFields, typedOf } from '../../console/engine/form.ts';
import { fieldsOf, type OperationName, operationOf, type Type, typeOf } from '../../console/engine/schema.ts';
import { readManifest } from '../../tools/manifest.ts';

const ULID = 'ABCDEFGHJKMNPQRSTVWXYZ0123456789';
const ulid = fc.string({ unit: fc.constantFrom(...ULID), minLength: 26, maxLength: 26 });
const withPrefix = (prefix: string) => ulid.map((text) => `${prefix}_${text}`);
const day = fc
  .integer({ min: 0, max: 20_000 })
  .map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10));

/** Texts whose form is more than their length. */
const FORMS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  OrderId: withPrefix('ord'),
  UserId: withPrefix('usr'),
  ProductId: withPrefix('prd'),
  TemplateId: withPrefix('tpl'),
  CampaignId: withPrefix('cmp'),
  FlashSaleId: withPrefix('fls'),
  CodeBatchId: withPrefix('bat'),
  LessonId: withPrefix('les'),
  RefundRequestId: withPrefix('rfd'),
  AdjustmentId: withPrefix('adj'),
  AccessGrantId: withPrefix('agr'),
  CouponGrantId: withPrefix('cgr'),
  MembershipGrantId: withPrefix('mgr'),
  LegalVersion: fc.stringMatching(/^[0-9A-Za-z][0-9A-Za-z.-]{0,19}$/),
  Category: fc.stringMatching(/^[a-z][a-z0-9]{1,10}$/),
  Day: day,
};

/** A plain text within bounds, without blanks at its ends, which the server takes away. */
function textWithin(least: number | null, most: number | null): fc.Arbitrary<string> {
  const [minLength, maxLength] = [Math.max(1, least ?? 1), Math.min(12, most ?? 12)];
  return fc.string({ unit: fc.constantFrom(...'abc甲乙丙12，,"'), minLength, maxLength });
}

/** Values of a type, as the server sends and takes them. */
function valuesOf(text: string, field: string): fc.Arbitrary<unknown> {
  const type = typeOf(text);
  const plain = plainValues(type, field);
  const nullable = type.isNullable ? fc.option(plain, { nil: null }) : plain;
  return type.isOptional && !type.isNullable ? fc.option(nullable, { nil: undefined }) : nullable;
}

function plainValues(type: Type, field: string): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'text':
      return FORMS[type.name ?? ''] ?? textWithin(type.least, type.most);
    case 'int': {
      const isTime = type.name === 'TimeMs' || type.name === 'QueryTimeMs' || field.endsWith('AtMs');
      // A field of date and time has whole minutes.
      if (isTime) return fc.integer({ min: 0, max: 150_000_000 }).map((minutes) => minutes * 60_000);
      return fc
        .integer({ min: type.least ?? 0, max: Math.min(type.most ?? 1e9, 1e9) })
        .filter((n) => n !== 0 || type.least === 0);
    }
    case 'bool':
      return fc.boolean();
    case 'day':
      return day;
    case 'enum':
      return fc.constantFrom(...type.values);
    case 'list':
      // A list that may be left out is left out when nothing is in it.
      return fc.uniqueArray(valuesOf(type.of, field), {
        minLength: 1,
        maxLength: 3,
        selector: (item) => JSON.stringify(item),
      });
    case 'object':
      return objectsOf(type.fields);
    case 'choice':
      return fc.oneof(
        ...type.choices.map((choice) => objectsOf(fieldsOf(choice.type)).map((fields) => fields)),
      );
    default:
      return fc.constant('any');
  }
}

function objectsOf(fields: ReturnType<typeof fieldsOf>): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const parts = Object.fromEntries(fields.map(({ name, type }) => [name, valuesOf(type, name)]));
  return fc
    .record(parts)
    .map((made) => Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)));
}

const names = (Object.keys(operations) as OperationName[]).filter(
  (name) => fieldsOf(operationOf(name).input).length > 0,
);

describe('forms', () => {
  test.each(names)('%s: what is shown of a value and sent again is that value', (name) => {
    const fields = fieldsOf(operationOf(name).input);
    fc.assert(
      fc.property(objectsOf(fields), (input) => {
        expect(formedFields(fields, typedFields(fields, input))).toEqual({ value: input });
      }),
      { numRuns: 50 },
    );
  });

  test('what a form sends has the form that the function takes', async () => {
    const { functions } = await readManifest();
    // What depends on other fields, and how long a list is, is for the function to refuse.
    const isAboutForm = (issue: z.core.$ZodIssue) =>
      issue.code !== 'custom' && !('origin' in issue && issue.origin === 'array');
    const wrong = new Set<string>();
    for (const { name, own } of functions) {
      if (own.kind !== 'http' || !names.includes(name as OperationName)) continue;
      if (own.contract.route.startsWith('GET') || own.contract.route.startsWith('DELETE')) continue;
      const { input } = own.contract;
      const fields = fieldsOf(operationOf(name as OperationName).input);
      fc.assert(
        fc.property(objectsOf(fields), (value) => {
          const formed = formedFields(fields, typedFields(fields, value));
          const parsed = input.safeParse('value' in formed ? formed.value : null);
          const issues = parsed.success ? [] : parsed.error.issues.filter(isAboutForm);
          for (const issue of issues)
            wrong.add(`${name} ${issue.path.join('.')} ${issue.code} ${issue.message}`);
        }),
        { numRuns: 15 },
      );
    }
    expect([...wrong].filter((line) => !PATTERNS.some((pattern) => pattern.test(line)))).toEqual([]);
  });

  test('each word of an enumeration can be chosen', () => {
    for (const [key, own] of Object.entries(words)) {
      for (const value of Object.keys(own)) expect(formedOf(`=${key}`, 'x', value)).toEqual({ value });
    }
  });

  test('a form that is left empty says what is missing, and where', () => {
    const { fields } = { fields: fieldsOf(operationOf('createCodeBatch').input) };
    const formed = formedFields(fields, typedFields(fields, {}));
    expect('faults' in formed && formed.faults.map(({ at }) => at)).toEqual(fields.map(({ name }) => name));
    const rows = formedOf('FlashItem[]', 'items', [
      typedOf('FlashItem', 'items', { productId: 'prd_1', priceFen: 100 }),
    ]);
    expect(rows).toEqual({ faults: [{ at: 'items.0.stock', says: '请输入整数。' }] });
  });

  /** trap 26: 0.29 × 100 is 28.999999999999996. */
  test('trap 26: money is never a fraction', () => {
    expect(formedOf('Fen', 'refundFen', '0.29')).toEqual({ value: 29 });
    expect(formedOf('Fen', 'refundFen', '1,234.5')).toEqual({ value: 123_450 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (fen) => {
        expect(formedOf('Fen', 'refundFen', typedOf('Fen', 'refundFen', fen))).toEqual({ value: fen });
      }),
    );
    for (const text of ['', '1e3', '0.295', '12元', '-1', 'NaN', '99999999999']) {
      expect([text, 'faults' in formedOf('Fen', 'refundFen', text)]).toEqual([text, true]);
    }
  });

  test('whatever is typed is either sent or has a sentence', () => {
    const type = fc.constantFrom(
      'Fen',
      'TimeMs',
      'BasisPoints',
      'Reason',
      'int:1:10',
      'day',
      '=orderState',
      'bool',
      'text?',
      'Fen~',
    );
    const typed: fc.Arbitrary<Typed> = fc.oneof(fc.string(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(type, typed, (text, what) => {
        const formed = formedOf(text, 'x', what);
        const says = 'faults' in formed ? formed.faults.map((fault) => fault.says) : [];
        expect(says.every((sentence) => sentence.endsWith('。'))).toBe(true);
      }),
    );
  });
});

/** Texts that have a pattern of their own, which a plain text does not meet. */
const PATTERNS = [
  /invalid_format/,
  /putQuiz questions\.\d+\.options too_small/,
  /userName|mediaKey|coverUrl|avatarUrl|taskId|caseId|exceptionId|proposalId|sourceId/i,
];
