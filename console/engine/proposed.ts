/** A request that somebody has agreed to is sent once more, exactly as it was: this puts it together again. */
import type { ProposalView } from '../../client/types.ts';
import { operations } from '../contract.ts';
import './askedSchema.ts';
import { fieldsOf, type OperationName, operationOf, typeOf } from './schema.ts';
import type { Thing } from './view.ts';

/** The call behind a proposal. */
export interface Proposed {
  readonly name: OperationName;
  readonly input: Thing;
}

const PREFIX_OF: Readonly<Record<string, string>> = { CampaignId: 'cmp_', FlashSaleId: 'fls_' };

/** Whether an input has the fields of an operation, and the id of its kind of thing. */
function fits(name: OperationName, input: Thing): boolean {
  const fields = fieldsOf(operationOf(name).input);
  const isKnown = Object.keys(input).every((key) => fields.some((field) => field.name === key));
  const isWhole = fields.every(({ name: key, type }) => typeOf(type).isOptional || key in input);
  const id = fields.find((field) => field.name === 'id');
  const prefix = PREFIX_OF[id?.type ?? ''] ?? '';
  return isKnown && isWhole && (prefix === '' || String(input.id).startsWith(prefix));
}

/** What was left out reads `null` in a proposal, and is left out again where it may not be null. */
function withoutNulls(name: OperationName, input: Thing): Thing {
  const fields = fieldsOf(operationOf(name).input);
  const mayBeNull = (key: string) => {
    const field = fields.find((one) => one.name === key);
    return field !== undefined && typeOf(field.type).isNullable;
  };
  return Object.fromEntries(Object.entries(input).filter(([key, value]) => value !== null || mayBeNull(key)));
}

/** The call of a proposal; null when its request is too long to be kept whole. */
export function proposedCall({ action, request }: Pick<ProposalView, 'action' | 'request'>): Proposed | null {
  let input: Thing;
  try {
    input = JSON.parse(request) as Thing;
  } catch {
    return null;
  }
  const names = Object.keys(operations) as OperationName[];
  const isOf = (name: OperationName) =>
    operationOf(name).asksSecond === true && operationOf(name).may === action;
  const found = names.find((name) => isOf(name) && fits(name, withoutNulls(name, input)));
  return found === undefined ? null : { name: found, input: withoutNulls(found, input) };
}
