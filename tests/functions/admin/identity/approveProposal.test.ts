import { approveProposal } from '../../../../functions/admin/identity/approveProposal.ts';
import { addPoints } from '../../../../functions/points/addPoints.ts';
import * as points from '../../../../shared/data/points/points.ts';
import { PROPOSAL_MS } from '../../../../shared/domain/identity/proposal.ts';
import { DAY_MS } from '../../../../shared/schemas/base.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { type Buyer, badWorld, stored, storedIn } from '../../../support/given/order.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

const LIMIT = 100_000;

describeFunction(approveProposal, () => {
  let world: World;
  let alice: Buyer;
  let support: Staff;
  let finance: Staff;
  const give = (delta: number, adjustmentId: string = world.ports.ids.make('adj')) => ({
    ...{ adjustmentId, userId: alice.userId, delta, reason: '补发积分' },
  });
  const add = (asked: object, { token } = support) => world.call(addPoints, asked, { token });
  const approve = (proposalId: unknown, { token } = finance) =>
    world.call(approveProposal, { proposalId, reason: '核实过了' }, { token });
  const available = async () => (await stored(world, points.accounts, alice.userId)).available;
  /** Uses up the day's limit, and asks for more, which makes a proposal. */
  const givenProposal = async () => {
    await add(give(LIMIT));
    const asked = give(5);
    const answer = await add(asked);
    expect(answer).toMatchObject({ status: 409, code: 'staff.second_person_needed' });
    return { asked, proposalId: answer.error.params.proposalId };
  };

  async function begin() {
    alice = await world.login('alice');
    support = await givenStaff(world, 'support');
    finance = await givenStaff(world, 'finance');
  }
  beforeEach(async () => {
    world = await createWorld();
    await begin();
  });
  afterEach(() => world.close());

  test('above the day’s limit a second person agrees, and the same request goes through once', async () => {
    const { asked, proposalId } = await givenProposal();
    expect(await available()).toBe(LIMIT);
    expect((await add(asked)).error.params).toMatchObject({
      proposalId,
      kind: 'points',
      value: 5,
      limit: LIMIT,
    });
    const { data } = await approve(proposalId);
    expect(data.proposal).toMatchObject({
      state: 'approved',
      userId: support.userId,
      approvedBy: finance.userId,
    });
    expect(await available()).toBe(LIMIT);
    expect([(await add(asked)).status, (await add(asked)).status]).toEqual([200, 200]);
    expect(await available()).toBe(LIMIT + 5);
    expect((await add(give(5))).code).toBe('staff.second_person_needed');
    const steps = (await storedIn(world, 'audit')).map((entry) => Reflect.get(Object(entry), 'action'));
    expect(steps.filter((step) => String(step).startsWith('proposal.')).sort()).toEqual([
      'proposal.approve',
      'proposal.create',
      'proposal.create',
      'proposal.use',
    ]);
  });

  test('an approval covers one request: another amount or reason, or another person, needs a new approval', async () => {
    const { asked, proposalId } = await givenProposal();
    await approve(proposalId);
    expect((await add({ ...asked, delta: 6 })).code).toBe('staff.second_person_needed');
    expect((await add({ ...asked, reason: '别的' })).code).toBe('staff.second_person_needed');
    expect(await available()).toBe(LIMIT);
  });

  test('the limit is per person and day, and points that are taken away are not counted', async () => {
    await add(give(LIMIT));
    expect((await add(give(-10))).status).toBe(200);
    expect((await add(give(1))).code).toBe('staff.second_person_needed');
    expect((await add(give(1), finance)).status).toBe(200);
    world.clock.advance(DAY_MS);
    expect((await add(give(1))).status).toBe(200);
  });

  test('of many concurrent calls exactly as many succeed as the limit allows', async () => {
    await add(give(LIMIT - 30));
    const answers = await Promise.all(Array.from({ length: 12 }, () => add(give(10))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(await available()).toBe(LIMIT);
  });

  test('staff.not_yourself, proposal.not_found, and auth.forbidden for who may not do it themselves', async () => {
    const { proposalId } = await givenProposal();
    expect((await approve(proposalId, support)).code).toBe('staff.not_yourself');
    expect((await approve(`prp_${'0'.repeat(32)}`)).code).toBe('proposal.not_found');
    expect((await approve(proposalId, await givenStaff(world, 'editor'))).code).toBe('auth.forbidden');
  });

  test('proposal.not_open: too late, or another one has agreed; who agreed already gets the same answer', async () => {
    const { proposalId } = await givenProposal();
    const first = await approve(proposalId);
    expect((await approve(proposalId)).data).toEqual(first.data);
    expect((await approve(proposalId, await givenStaff(world, 'admin'))).code).toBe('proposal.not_open');
    await add(give(LIMIT), await givenStaff(world, 'admin'));
    world.clock.advance(PROPOSAL_MS);
    const { proposalId: late } = await givenProposal();
    world.clock.advance(PROPOSAL_MS);
    expect((await approve(late)).code).toBe('proposal.not_open');
  });

  test('the request is carried out once although answers to commits are lost', async () => {
    await world.close();
    world = await badWorld(3, { conflict: 0.2, commitLost: 0.4 });
    await begin();
    const { asked, proposalId } = await givenProposal();
    expect((await approve(proposalId)).status).toBe(200);
    expect((await add(asked)).status).toBe(200);
    expect(await available()).toBe(LIMIT + 5);
  });
});
