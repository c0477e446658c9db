/** Which states are good, wait, are wrong or are over. A tag has its word as well, so colour alone says nothing. */
import type { WordsName } from './engine/schema.ts';

/** How a tag looks. */
export type TagTone = 'good' | 'warn' | 'bad' | 'info' | 'dull';

const tones: Partial<Readonly<Record<WordsName, Readonly<Record<string, TagTone>>>>> = {
  orderState: { pending: 'warn', closing: 'warn', paid: 'good' },
  paymentState: { prepaid: 'warn', success: 'good', late: 'bad' },
  refundState: { requested: 'warn', approved: 'info', processing: 'info', success: 'good', abnormal: 'bad' },
  caseState: { open: 'warn' },
  exceptionState: { open: 'warn', resolved: 'good' },
  taskState: { pending: 'info', done: 'good', dead: 'bad' },
  proposalState: { waiting: 'warn', approved: 'good' },
  productState: { draft: 'info', published: 'good' },
  promotionState: { draft: 'info', published: 'good' },
  codeBatchState: { making: 'info', active: 'good' },
  couponState: { available: 'good', locked: 'info' },
  differenceState: { open: 'warn', healed: 'good' },
  grantState: { active: 'good' },
  userState: { active: 'good', banned: 'bad' },
  outlineState: { changed: 'warn', new: 'info' },
  receiptKind: { settled: 'good', late: 'warn', second: 'bad', lost: 'bad' },
};

/** The look of a value; dull for what only names something. */
export function toneOf(words: WordsName | null, value: unknown): TagTone {
  return (words === null ? undefined : tones[words]?.[String(value)]) ?? 'dull';
}

/** Whether an enumeration is one of states, which are shown as tags. */
export function hasTones(words: WordsName | null): boolean {
  return words !== null && words in tones;
}
