import { refundActions } from '../../console/actions.ts';
import { operations } from '../../console/contract.ts';
import { askingOf, inputOf, usesUpIds } from '../../console/engine/asking.ts';
import { typedFields } from '../../console/engine/form.ts';
import { KeptIds, madeFields } from '../../console/engine/ids.ts';
import { proposedCall } from '../../console/engine/proposed.ts';
import { operationOf, pathNames } from '../../console/engine/schema.ts';
import { action, type Beginning, type Thing } from '../../console/engine/view.ts';
import { seeded } from '../support/seeded.ts';

const newIds = () => new KeptIds({ now: () => 1_796_000_000_000, random: seeded(3) });

const addPoints = action('addPoints', {
  title: '调整积分',
  given: ({ key }: Beginning<object>) => ({ userId: key }),
});
const beginning: Thing = { key: 'usr_01M8MACF36FDYJD0YY9RGF6P50', items: [], filters: {} };

/** trap 24: without the rule, 同意 sent a new id. */
describe('trap 24: an id in the path names what is there, an id in the body is made here', () => {
  test('agreeing sends the id of the refund that is there', () => {
    const refund: Thing = { id: 'rfd_01M8MACF36FDYJD0YY9RGF6P50' };
    const { approve } = refundActions;
    const asking = askingOf(approve, refund);
    expect(asking.fields.map(({ name }) => name)).toEqual(['reason']);
    const made = inputOf(approve, asking, { reason: '核实' }, newIds());
    expect(made).toEqual({ input: { refundId: refund.id, reason: '核实' } });
  });

  test('no parameter of a path is ever made', () => {
    for (const name of Object.keys(operations) as (keyof typeof operations)[]) {
      const operation = operationOf(name);
      expect(pathNames(operation).filter((one) => one in madeFields(operation))).toEqual([]);
    }
    expect(madeFields(operationOf('createRefund'))).toEqual({ refundId: 'rfd' });
    for (const [name, id] of [
      ['createCampaign', 'cmp'],
      ['createGroup', 'grp'],
      ['createArticle', 'art'],
      ['createDrop', 'drp'],
    ] as const)
      expect(madeFields(operationOf(name))).toEqual({ id });
    expect(madeFields(operationOf('updateCampaign'))).toEqual({});
    expect(madeFields(operationOf('grantAccessTo'))).toEqual({ grantId: 'agr' });
  });
});

/** trap 27: a form lost what was typed after an error. */
describe('trap 27: after an error what was typed is still there, and its ids', () => {
  const asking = askingOf(addPoints, beginning);
  const typed = { ...typedFields(asking.fields, {}), delta: '-50', reason: '补偿' };

  test('the same form sends the same id until it is answered', () => {
    const ids = newIds();
    const [first, again] = [inputOf(addPoints, asking, typed, ids), inputOf(addPoints, asking, typed, ids)];
    expect(first).toEqual(again);
    expect(first).toMatchObject({ input: { delta: -50, reason: '补偿', userId: beginning.key } });
    ids.drop(asking.purpose);
    expect(inputOf(addPoints, asking, typed, ids)).not.toEqual(first);
  });

  test('what another form is about has another id', () => {
    const ids = newIds();
    const other = askingOf(addPoints, { ...beginning, key: 'usr_01M8MACF36FDYJD0YY9RGF6P51' });
    const [first, second] = [inputOf(addPoints, asking, typed, ids), inputOf(addPoints, other, typed, ids)];
    expect(
      'input' in first && 'input' in second && first.input.adjustmentId !== second.input.adjustmentId,
    ).toBe(true);
  });

  test('a form with a fault makes no id, and only a taken id is used up by a refusal', () => {
    const made = inputOf(addPoints, asking, { ...typed, delta: 'x' }, newIds());
    expect(made).toEqual({ faults: [{ at: 'delta', says: '请输入整数。' }] });
    const codes = ['points.adjustment_taken', 'refund.id_taken', 'points.not_enough', 'no_answer'];
    expect(codes.map(usesUpIds)).toEqual([true, true, false, false]);
  });
});

describe('a request that somebody has agreed to', () => {
  const points = { adjustmentId: 'adj_1', userId: 'usr_1', delta: 5, reason: '补偿' };

  test('is sent as it was', () => {
    const proposal = { action: 'points.adjust', request: JSON.stringify(points) } as const;
    expect(proposedCall(proposal)).toEqual({ name: 'addPoints', input: points });
  });

  test('is of the operation whose fields and id it has', () => {
    const publish = { id: 'fls_1', expectedVersion: 1, reason: 'x' };
    const call = proposedCall({ action: 'promotion.publish', request: JSON.stringify(publish) });
    expect(call).toEqual({ name: 'publishFlashSale', input: publish });
  });

  test('leaves out what was left out', () => {
    const publish = { id: 'prd_1', expectedVersion: 1, reason: null };
    const call = proposedCall({ action: 'product.publish', request: JSON.stringify(publish) });
    expect(call).toEqual({ name: 'publishProduct', input: { id: 'prd_1', expectedVersion: 1 } });
  });

  test('cannot be sent from here when it was too long to be kept whole', () => {
    expect(proposedCall({ action: 'product.update', request: '{"id":"prd_1","chan' })).toBeNull();
  });
});
