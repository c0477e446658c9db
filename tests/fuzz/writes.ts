/** What a call may write that changes nothing for anybody. */
import { functions } from '../../local/functions.ts';
import type { Cost } from '../../shared/function.ts';
import type { Operation } from './contract.ts';
import type { Answered } from './judge.ts';

/** What is written although the call is refused, and why. */
const WRITES_WHEN_REFUSED: Readonly<Record<string, readonly string[]>> = {
  // Whose WeChat account holds something already is put before staff, and the code that showed it is used up.
  bindWechat: ['cases', 'usedCodes'],
  // Tries to show a second factor, and guesses at codes, are counted whether they are right or wrong.
  startSecondFactor: ['attempts'],
  confirmSecondFactor: ['attempts'],
  showSecondFactor: ['attempts'],
  replaceSecondFactor: ['attempts'],
  redeemCode: ['attempts'],
};

/** What any call may write that spends something: its tries, or what a platform refuses us with. */
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

/** What is too much for one person of the staff is kept for a second one to agree to. */
const PROPOSED = ['proposals', 'audit', 'auditHeads'];

/** Looking at people is written down, and so is opening what was bought: the only things that a GET may write. */
export const WRITTEN_BY_LOOKING = /^audit|^usages$/;
