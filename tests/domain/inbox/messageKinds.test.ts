import fc from 'fast-check';
import { Subscriptions } from '../../../local/simulators/wechat/subscriptions.ts';
import { SIMULATED_TEMPLATES } from '../../../local/simulators/wechat/templates.ts';
import { dataOf, templateProblems, wordsOf } from '../../../shared/domain/inbox/messageKinds.ts';
import { fitted, isTaken, typeOf } from '../../../shared/domain/inbox/templateField.ts';
import { timeMs } from '../../../shared/schemas/base.ts';
import type { MessageSubject } from '../../../shared/schemas/inbox/message.ts';
import { FieldType, type Templates } from '../../../shared/schemas/inbox/template.ts';
import { virtualClock } from '../../support/clock.ts';

const NOW = timeMs(Date.parse('2026-11-30T09:05:00+08:00'));

test('every example fits the simulated templates', () => {
  expect(templateProblems(SIMULATED_TEMPLATES)).toEqual([]);
});

test('a field that no value fits is told, with the template, the field and the kind', () => {
  const wrong: Templates = {
    coupon: { id: '0123456789', fields: { number1: 'text', thing2: 'title', amount3: 'amount' } },
  };
  expect(templateProblems(wrong).map((words) => words.replace(/“.*”/, '…'))).toEqual(
    ['coupon_given', 'coupon_ending'].flatMap((kind) => [
      `coupon.number1: WeChat refuses … of ${kind}`,
      `coupon.amount3: WeChat refuses … of ${kind}`,
    ]),
  );
});

test('times are Shanghai’s, in the words that WeChat takes', () => {
  const subject: MessageSubject = { kind: 'points_gained', count: 60, day: '2026-11-29' };
  const fields = { time1: 'atTime', date2: 'onDay', number3: 'count' } as const;
  expect(dataOf(subject, { id: '', fields }, NOW)).toEqual({
    ...{ time1: '2026年11月30日 09:05', date2: '2026年11月30日', number3: '60' },
  });
  expect(wordsOf(subject)).toEqual({ title: '积分到账', text: '2026年11月29日您共获得 60 积分' });
});

const titles = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 120 })
  .filter((title) => /[^\s\p{C}]/u.test(title));

test('whatever a title is, it is cut to what a thing takes, with no half of a character', () => {
  fc.assert(
    fc.property(titles, (title) => {
      const value = fitted('thing', title);
      expect(value.length).toBeLessThanOrEqual(20);
      expect(value).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/u);
    }),
  );
});

test('the simulator, with a table of its own, takes what we say it takes', () => {
  const messages = new Subscriptions({ clock: virtualClock(), random: () => 0 });
  const openid = `o${'a'.repeat(27)}`;
  const samples = [
    '课',
    '课程学完了吗',
    '¥19.90',
    '19.9元',
    '12',
    '1.5',
    'A12',
    '2026年1月2日 09:05',
    '2026年1月2日',
    '09:05',
    ' ',
  ];
  for (const type of FieldType.options)
    for (const [field] of Object.entries(SIMULATED_TEMPLATES).flatMap(([, each]) =>
      Object.entries(each.fields),
    ))
      if (typeOf(field) === type)
        for (const value of samples) {
          if (!isTaken(type, value)) continue;
          const template = Object.values(SIMULATED_TEMPLATES).find(({ fields }) => field in fields);
          const example = {
            thing: '课',
            number: '1',
            amount: '¥1.00',
            time: '09:05',
            date: '2026年1月2日',
            phrase: '好',
          };
          const data = Object.keys(template?.fields ?? {}).map((each) => {
            const own = each === field ? value : example[typeOf(each) as keyof typeof example];
            return [each, { value: own }] as const;
          });
          const answer = messages.send({
            touser: openid,
            template_id: template?.id,
            data: Object.fromEntries(data),
          });
          expect(answer).toMatchObject({ errcode: 43101 });
        }
});
