/** The templates of the simulated mini-program, as its owner would have chosen them from WeChat's library. */
import type { Template, Templates } from '../../../shared/schemas/inbox/template.ts';

const template = (name: string, fields: Template['fields']): Template => ({
  id: `${name}_${'0'.repeat(42 - name.length)}`,
  fields,
});

/** One of each kind. */
export const SIMULATED_TEMPLATES = {
  order: template('order', { thing1: 'title', amount2: 'amount', time3: 'atTime', phrase4: 'state' }),
  refund: template('refund', { thing1: 'title', amount2: 'amount', date3: 'onDay' }),
  learning: template('learning', { thing1: 'title', phrase2: 'state', time3: 'atTime' }),
  coupon: template('coupon', { thing1: 'title', thing2: 'text' }),
  points: template('points', { number1: 'count', thing2: 'text', date3: 'onDay' }),
  promotion: template('promotion', { thing1: 'title', thing2: 'text' }),
  reply: template('reply', { thing1: 'title', thing2: 'text', time3: 'atTime' }),
  review: template('review', { thing1: 'title', phrase2: 'state', thing3: 'text' }),
} as const satisfies Required<Templates>;
