/** The writes of a call that change nothing for anybody. */
import { functions } from '../../local/functions.ts';
import type { Cost } from '../../shared/function.ts';
import type { Operation } from './contract.ts';
import type { Answered } from './judge.ts';

/** The collections that a refused call may still write, and why. */
const WRITES_WHEN_REFUSED: Readonly<Record<string, readonly string[]>> = {
  // When the WeChat account already owns something, staff get a case, and the code is used up.
  bindWechat: ['cases', 'usedCodes'],
  // Tries of a second factor and guesses of codes are counted, right or wrong.
  startSecondFactor: ['attempts'],
  confirmSecondFactor: ['attempts'],
  showSecondFactor: ['attempts'],
  replaceSecondFactor: ['attempts'],
  redeemCode: ['attempts'],
  // So are uploads asked for.
  requestUpload: ['attempts'],
};

/** The writes of any call with a cost: its counted tries, and refusals by a platform. */
const WRITTEN_BY_COST: Readonly<Partial<Record<Cost, readonly string[]>>> = {
  password: ['attempts'],
  platform: ['platformRefusals'],
};

/** What a refused call may write. */
export function mayWriteRefused({ id }: Operation, { text }: Answered): readonly string[] {
  const own = functions[id];
  const cost = own?.kind === 'http' ? own.contract.cost : undefined;
  const isProposal = text.includes('"code":"staff.second_person_needed"');
  return [
    ...(WRITES_WHEN_REFUSED[id] ?? []),
    ...(cost === undefined ? [] : (WRITTEN_BY_COST[cost] ?? [])),
    ...(isProposal ? PROPOSED : []),
  ];
}

/** What exceeds one person's daily limit becomes a proposal for a second person. */
const PROPOSED = ['proposals', 'audit', 'auditHeads'];

/**
 * All that a GET may write: the audit of looking at people, the use of what was bought, what was opened when, and that
 * the platform fetched what it was asked about, and an expert's first look at a question.
 */
export const WRITTEN_BY_LOOKING =
  /^audit|^usages$|^progresses$|^learners$|^courseProgresses$|^mediaChecks$|^questions$/;
