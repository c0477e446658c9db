/** The templates by which a mini-program may send messages outside itself. Every process reads them when it starts. */
import * as z from 'zod';

/** What a template is for. Each has at most one id at WeChat, and a user allows one message at a time. */
export const TemplateKind = z.enum([
  'order',
  'refund',
  'learning',
  'coupon',
  'points',
  'promotion',
  'reply',
  'review',
]);
export type TemplateKind = z.infer<typeof TemplateKind>;

/**
 * What of a message can stand in a field. `title`: what it is about. `text`: what happened. `amount`: an amount of
 * money, or `¥0.00`. `count`: a number. `atTime`, `onDay`: when. `state`: the outcome, in at most five characters.
 */
export const FieldValue = z.enum(['title', 'text', 'amount', 'count', 'atTime', 'onDay', 'state']);
export type FieldValue = z.infer<typeof FieldValue>;

/** WeChat's types of fields that a message fills. A field is named by its type and a number: `thing1`. */
export const FieldType = z.enum([
  'thing',
  'number',
  'character_string',
  'time',
  'date',
  'amount',
  'phrase',
  'name',
]);
export type FieldType = z.infer<typeof FieldType>;

/** The most fields of a template. */
const FIELDS_MAX = 8;

const FieldName = z.string().regex(new RegExp(`^(${FieldType.options.join('|')})[0-9]{1,3}$`));

/** One template: its id at WeChat, and what stands in each of its fields. */
export const Template = z.strictObject({
  id: z.string().regex(/^[0-9A-Za-z_-]{10,64}$/),
  fields: z
    .record(FieldName, FieldValue)
    .refine((fields) => Object.keys(fields).length > 0 && Object.keys(fields).length <= FIELDS_MAX),
});
export type Template = z.infer<typeof Template>;

/** The templates by kind. What has none is never sent outside. */
export const Templates = z.partialRecord(TemplateKind, Template);
export type Templates = z.infer<typeof Templates>;
