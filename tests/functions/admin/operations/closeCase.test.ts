import { closeCase } from '../../../../functions/admin/operations/closeCase.ts';
import { decideReview } from '../../../../functions/admin/review/decideReview.ts';
import { describeFunction } from '../../../support/describeFunction.ts';
import { givenCase } from '../../../support/given/case.ts';
import { badWorld, storedIn } from '../../../support/given/order.ts';
import { askBack, givenPaid } from '../../../support/given/refund.ts';
import { checksText, givenWritten } from '../../../support/given/review.ts';
import { givenStaff, type Staff } from '../../../support/given/staff.ts';
import { createWorld, type World } from '../../../support/world.ts';

describeFunction(closeCase, () => {
  let world: World;
  let support: Staff;
  const close = (caseId: string, resolution = '已补发课程', { token } = support) =>
    world.call(closeCase, { caseId, resolution }, { token });

  beforeEach(async () => {
    world = await createWorld();
    support = await givenStaff(world, 'support');
  });
  afterEach(() => world.close());

  test('it says who closed it, when, and what was done, and so does the audit log', async () => {
    const id = await givenCase(world, 'complaint', 'one');
    const after = { state: 'closed', closedBy: support.userId, resolution: '已补发课程' };
    expect((await close(id)).data.case).toMatchObject({ id, ...after, closedAtMs: world.clock.now() });
    expect(await storedIn(world, 'audit')).toMatchObject([
      { action: 'case.close', target: id, reason: '已补发课程', before: { state: 'open' }, after },
    ]);
  });

  test('closed again, also at the same moment, the first words stay', async () => {
    const id = await givenCase(world, 'complaint', 'one');
    const answers = await Promise.all([close(id, '一'), close(id, '二'), close(id, '三')]);
    expect(new Set(answers.map(({ data }) => data.case.resolution)).size).toBe(1);
    expect(await storedIn(world, 'audit')).toHaveLength(1);
  });

  test('case.not_found, and request.invalid for what is no id or says nothing', async () => {
    expect((await close('complaint:none')).code).toBe('case.not_found');
    expect((await close('no id')).code).toBe('request.invalid');
    expect((await close(await givenCase(world, 'complaint', 'one'), ' ')).code).toBe('request.invalid');
  });

  test('case.holds_refund: money would follow; without a refund that waits it closes', async () => {
    const alice = await world.login('alice');
    const { data } = await askBack(world, alice, await givenPaid(world, alice), 9_900);
    const refundId = data.refund.id;
    const holding = await givenCase(world, 'platform_refund', `${refundId}:held`, { refundId });
    const other = await givenCase(world, 'platform_refund', refundId, { refundId });
    expect((await close(holding)).code).toBe('case.holds_refund');
    expect((await close(other)).status).toBe(200);
  });

  test('case.needs_decision: what somebody wrote still waits; after the decision nothing is left to close', async () => {
    const alice = await world.login('alice');
    const wrote = await givenWritten(world, alice, '这里存疑');
    await checksText(world, wrote);
    const id = `content_review:${wrote.target}:1`;
    expect((await close(id)).code).toBe('case.needs_decision');
    const decided = { target: wrote.target, version: 1, decision: 'approve', reason: '看过了' };
    await world.call(decideReview, decided, { token: support.token });
    expect((await close(id)).data.case).toMatchObject({ state: 'closed', resolution: '看过了' });
  });

  test('a case about something that nobody wrote closes', async () => {
    expect((await close(await givenCase(world, 'content_review', 'wish:one:1'))).status).toBe(200);
    const gone = `comment:${world.ports.ids.make('cmt')}:1`;
    expect((await close(await givenCase(world, 'appeal', gone))).status).toBe(200);
  });

  test('when the answer to its commit is lost it is closed and audited once', async () => {
    await world.close();
    world = await badWorld(3, { conflict: 0.2, commitLost: 0.5 });
    support = await givenStaff(world, 'support');
    const id = await givenCase(world, 'complaint', 'one');
    expect((await close(id)).data.case.state).toBe('closed');
    expect(await storedIn(world, 'audit')).toHaveLength(1);
  });
});
