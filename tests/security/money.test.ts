/** S14, S16, S46–S48: nobody sets a price, counts twice, or gets back more than was paid. */
import { Crowd, learner, type Person, staff } from './people.ts';
import { exampleOf, expectSane, expectUnchanged, findOperation, requestOf } from './routes.ts';
import { buy, courseOf, newId, order } from './shop.ts';
import { at, type Stack, startStack, textAt } from './stack.ts';

let stack: Stack;
let crowd: Crowd;
let alice: Person;
let bob: Person;

beforeAll(async () => {
  stack = await startStack();
  crowd = new Crowd(stack);
  alice = await learner(stack, 'alice');
  bob = await learner(stack, 'bob');
});
afterAll(() => stack.stop());
afterEach(() => expectSane(stack));

describe('S14: the price is ours', () => {
  test('a total that is not ours is refused, and so is every other way to name a price', async () => {
    const { productId, listFen } = await courseOf(stack);
    await expectUnchanged(stack, async () => {
      for (const shownFen of [0, 1, listFen - 1, listFen + 1, 1_000_000_000]) {
        const { status, code } = await order(stack, alice, { shownFen });
        expect([shownFen, status, code]).toEqual([shownFen, 409, 'order.price_changed']);
      }
      for (const line of [
        { productId, priceFen: 1 },
        { productId, listFen: 1 },
        { productId, discountFen: listFen - 1 },
        { productId, quantity: -1 },
        { productId, isFree: true },
        { productId, version: 0 },
      ]) {
        const { status, code } = await order(stack, alice, { lines: [line] });
        expect([line, status, code]).toEqual([line, 400, 'request.invalid']);
      }
      const twice = await order(stack, alice, {
        lines: [{ productId }, { productId }],
        shownFen: listFen * 2,
      });
      expect(twice.status).toBe(400);
    });
  });

  test('an unpublished product cannot be ordered and is answered as not found', async () => {
    const editor = await crowd.one('editor', 2);
    const create = findOperation('createCourse');
    if (create === null) throw new Error('no course can be made');
    const draft = exampleOf(create);
    Object(draft.body).course.category = 'programming';
    const made = await stack.send(requestOf(create, draft, editor.token));
    const productId = at(made.json, 'data', 'course', 'id');
    expect(typeof productId).toBe('string');
    await expectUnchanged(stack, async () => {
      const hidden = await order(stack, alice, { lines: [{ productId }], shownFen: 0 });
      const unknown = await order(stack, alice, { lines: [{ productId: newId('prd') }], shownFen: 0 });
      expect([hidden.status, hidden.code]).toEqual([404, 'product.not_found']);
      expect([unknown.status, unknown.code]).toEqual([404, 'product.not_found']);
      const seen = await stack.send({ method: 'GET', target: `/api/courses/${String(productId)}` });
      expect(seen.status).toBe(404);
    });
  });
});

describe('S16: sums stay within bounds', () => {
  test('a coupon larger than the price takes the price off, and no more', async () => {
    const admin = await crowd.one('admin', 3);
    const templateId = newId('tpl');
    const dayMs = 86_400_000;
    const create = findOperation('createCouponTemplate');
    if (create === null) throw new Error('no coupon can be made');
    const example = Object(exampleOf(create).body);
    const body = {
      ...example,
      id: templateId,
      rule: { kind: 'fixed', offFen: 1_000_000_000 },
      scope: { kind: 'all' },
      validity: { kind: 'days', days: 3 },
      claimFromAtMs: Date.now() - dayMs,
      claimUntilAtMs: Date.now() + dayMs,
      stock: 10,
      perUserMax: 1,
      audience: 'all',
      ...('pointsPrice' in example && { pointsPrice: null }),
    };
    const made = await stack.send({ method: 'POST', target: '/api/admin/coupons', token: admin.token, body });
    expect([made.status, made.code]).toEqual([200, null]);
    const publish = `/api/admin/coupons/${templateId}/publish`;
    const publishIt = () =>
      stack.send({ method: 'POST', target: publish, token: admin.token, body: { reason: '发放' } });
    // It is worth more than one member of staff may give away in a day.
    const refused = await publishIt();
    expect([refused.status, refused.code]).toEqual([409, 'staff.second_person_needed']);
    const second = await staff(stack, 'admin', 'second');
    const agreed = await stack.send({
      method: 'POST',
      target: `/api/admin/proposals/${textAt(refused.json, 'error', 'params', 'proposalId')}/approve`,
      token: second.token,
      body: { reason: '同意' },
    });
    expect([agreed.status, agreed.code]).toEqual([200, null]);
    const published = await publishIt();
    expect([published.status, published.code]).toEqual([200, null]);
    const { token } = alice;
    const taken = await stack.send({
      method: 'POST',
      target: '/api/coupons/receive',
      token,
      body: { templateId, number: 1 },
    });
    const couponId = textAt(taken.json, 'data', 'coupon', 'id');
    const lines = [{ productId: (await courseOf(stack)).productId }];
    const quoted = await stack.send({
      method: 'POST',
      target: '/api/orders/quote',
      token,
      body: { lines, couponId },
    });
    expect(quoted.status).toBe(200);
    const payable = Number(at(quoted.json, 'data', 'quote', 'payableFen'));
    expect(payable).toBeGreaterThanOrEqual(0);
    await expectUnchanged(stack, async () => {
      const stacked = await order(stack, alice, { couponId: [couponId, couponId] });
      expect([stacked.status, stacked.code]).toEqual([400, 'request.invalid']);
    });
    const placed = await order(stack, alice, { couponId, shownFen: payable });
    expect(at(placed.json, 'data', 'order', 'payableFen')).toBe(payable);
    // The order now holds the coupon, so no other order can have it.
    await expectUnchanged(stack, async () => {
      const again = await order(stack, alice, { couponId, shownFen: payable });
      expect(again.status).toBe(409);
    });
  });
});

describe('S46: an id made by the client does a thing once', () => {
  test('the same order twenty times at once is one; with other words it is refused', async () => {
    const carol = await learner(stack, 'carol');
    const orderId = newId('ord');
    const answers = await Promise.all(Array.from({ length: 20 }, () => order(stack, carol, { orderId })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ json }) => JSON.stringify(at(json, 'data', 'order')))).size).toBe(1);
    await stack.store.settled();
    expect(stack.store.bodies('orders').filter((body) => body.includes(carol.userId))).toHaveLength(1);
    await expectUnchanged(stack, async () => {
      const other = await order(stack, carol, { orderId, platform: 'ios' });
      expect([other.status, other.code]).toEqual([409, 'order.id_taken']);
      const stranger = await order(stack, bob, { orderId });
      expect([stranger.status, stranger.code]).toEqual([409, 'order.id_taken']);
    });
  });

  test('an id of a megabyte, with control characters, or of another kind is none', async () => {
    await expectUnchanged(stack, async () => {
      for (const orderId of [
        `ord_${'0'.repeat(1_000_000)}`,
        'ord_\u0000',
        `${newId('ord')}\n`,
        newId('prd'),
        '',
        'ord_',
      ]) {
        const { status } = await order(stack, alice, { orderId });
        expect([400, 413]).toContain(status);
      }
    });
  });
});

describe('S47: a refund gives back what was paid, once, to who paid', () => {
  test('more than was paid, less than nothing, of somebody else, or twice', async () => {
    const dave = await learner(stack, 'dave');
    const orderId = await buy(stack, dave);
    const target = `/api/orders/${orderId}/refunds`;
    const quoted = await stack.send({ method: 'GET', target: `${target}/quote`, token: dave.token });
    expect(quoted.status).toBe(200);
    const shownFen = Number(at(quoted.json, 'data', 'quote', 'refundFen'));
    const ask = (token: string, changes: Readonly<Record<string, unknown>>, refundId = newRefundId()) =>
      stack.send({
        method: 'POST',
        target,
        token,
        body: { refundId, productIds: null, words: '买错了', shownFen, ...changes },
      });
    await expectUnchanged(stack, async () => {
      for (const fen of [shownFen + 1, 1_000_000_000]) {
        const more = await ask(dave.token, { shownFen: fen });
        expect([fen, more.status, more.code]).toEqual([fen, 409, 'refund.amount_changed']);
      }
      for (const fen of [-1, 0.5, '1', null, 2 ** 53])
        expect((await ask(dave.token, { shownFen: fen })).status).toBe(400);
      expect((await ask(dave.token, { refundFen: 1 })).status).toBe(400);
      const bought = await stack.send({ method: 'GET', target: `/api/orders/${orderId}`, token: dave.token });
      const line = textAt(bought.json, 'data', 'order', 'lines', 0, 'productId');
      const twice = { productIds: [line, line], shownFen: 2 * shownFen };
      expect((await ask(dave.token, twice)).status).toBe(400);
      const theirs = await ask(bob.token, {});
      const nobodys = await stack.send({
        method: 'POST',
        target: `/api/orders/${newId('ord')}/refunds`,
        token: bob.token,
        body: { refundId: newRefundId(), productIds: null, words: '买错了', shownFen },
      });
      expect([theirs.status, at(theirs.json, 'error')]).toEqual([404, at(nobodys.json, 'error')]);
    });
    const refundId = newRefundId();
    const first = await ask(dave.token, {}, refundId);
    expect(first.status).toBe(200);
    await Promise.all(Array.from({ length: 8 }, () => ask(dave.token, {}, refundId)));
    const second = await ask(dave.token, {});
    expect(second.status).toBe(409);
    const refunds = () => stack.store.bodies('refunds').filter((body) => body.includes(orderId));
    // The rail's news comes later, and belongs to this test.
    await stack.store.until(() => refunds()[0]?.includes('"success"') === true);
    await stack.store.settled();
    expect(refunds()).toHaveLength(1);
    const given = stack.simulators.wechatPay
      .books()
      .refunds.filter(({ orderNumber }) => orderNumber === orderId);
    expect(given.length).toBeLessThanOrEqual(1);
  });

  test('money is let out only by who may, with a second factor, and never by who asked for it', async () => {
    const approve = findOperation('approveRefund');
    if (approve === null) throw new Error('nobody can approve');
    const support = await crowd.one('support', 1);
    const finance = await staff(stack, 'finance', 'bare-finance', { secondFactor: false });
    await expectUnchanged(stack, async () => {
      const input = exampleOf(approve);
      const refused = await stack.send(requestOf(approve, input, support.token));
      expect([refused.status, refused.code]).toEqual([403, 'auth.forbidden']);
      const unproved = await stack.send(requestOf(approve, input, finance.token));
      expect([unproved.status, unproved.code]).toEqual([403, 'auth.second_factor_required']);
    });
  });
});

describe('S48: a benefit is had once', () => {
  test('nobody invites themselves, nor who invited them, nor twice', async () => {
    const invite = (person: Person, inviterId: string) =>
      stack.send({ method: 'POST', target: '/api/me/inviter', token: person.token, body: { inviterId } });
    const frank = await learner(stack, 'frank');
    const erin = await learner(stack, 'erin');
    await expectUnchanged(stack, async () => {
      const self = await invite(erin, erin.userId);
      expect([self.status >= 400, self.status < 500]).toEqual([true, true]);
      expect((await invite(erin, newId('prd').replace('prd', 'usr'))).status).toBe(404);
    });
    expect((await invite(erin, frank.userId)).status).toBe(200);
    await expectUnchanged(stack, async () => {
      const cycle = await invite(frank, erin.userId);
      expect([cycle.status >= 400, cycle.status < 500]).toEqual([true, true]);
      const other = await invite(erin, bob.userId);
      expect([other.status >= 400, other.status < 500]).toEqual([true, true]);
    });
  });

  test('checking in again on the same day gives nothing more', async () => {
    const check = () =>
      stack.send({ method: 'POST', target: '/api/points/check-in', token: alice.token, body: {} });
    const answers = await Promise.all(Array.from({ length: 10 }, check));
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    await stack.store.settled();
    const entries = stack.store
      .collections()
      .filter((name) => /^points.*ntries$/.test(name))
      .flatMap((name) => stack.store.bodies(name))
      .filter((body) => body.includes(alice.userId) && /check.?in/i.test(body));
    expect(entries).toHaveLength(1);
  });
});

function newRefundId(): string {
  return newId('prd').replace('prd_', 'rfd_');
}
