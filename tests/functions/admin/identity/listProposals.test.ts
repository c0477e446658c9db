import { approveProposal } from '../../../../functions/admin/identity/approveProposal.ts';
import { listProposals } from '../../../../functions/admin/identity/listProposals.ts';
import { addPoints } from '../../../../functions/points/addPoints.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenStaff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(listProposals, () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld({ settings: { dailyValue: { ...ANYTHING, points: 0 } } });
  });
  afterEach(() => world.close());

  const ANYTHING = { accessFen: 1, membershipDays: 1, discountFen: 1, priceCut: 1 };

  test('what waits, newest first, with the request that is to be agreed to, page by page; then what was agreed to', async () => {
    const [support, finance] = [await givenStaff(world, 'support'), await givenStaff(world, 'finance')];
    const { userId } = await world.login('alice');
    for (const delta of [1, 2, 3]) {
      const asked = { adjustmentId: world.ports.ids.make('adj'), userId, delta, reason: '补发积分' };
      await world.call(addPoints, asked, { token: support.token });
      world.clock.advance(1);
    }
    const list = async (input: object) =>
      (await world.call(listProposals, input, { token: finance.token })).data;
    const first = await list({ limit: 2 });
    const second = await list({ limit: 2, cursor: first.nextCursor });
    const items = [...first.items, ...second.items];
    expect(items.map(({ value }) => value)).toEqual([3, 2, 1]);
    expect(items[0]).toMatchObject({ action: 'points.adjust', kind: 'points', userId: support.userId });
    expect(JSON.parse(items[0]?.request ?? '')).toMatchObject({ delta: 3, userId, reason: '补发积分' });
    const approval = { proposalId: items[0]?.id, reason: '核实过了' };
    await world.call(approveProposal, approval, { token: finance.token });
    expect((await list({})).items).toHaveLength(2);
    expect((await list({ state: 'approved' })).items).toMatchObject([{ id: items[0]?.id }]);
  });
});
