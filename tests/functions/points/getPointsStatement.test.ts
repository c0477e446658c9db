import { getPointsStatement } from '../../../functions/points/getPointsStatement.ts';
import * as points from '../../../shared/data/points/points.ts';
import { adjust, openBook } from '../../../shared/domain/points/points.ts';
import {
  clawBackPoints,
  holdPoints,
  releasePoints,
  returnPoints,
  spendHeldPoints,
} from '../../../shared/flows/points/pointsMoves.ts';
import { AdjustmentId, type UserId } from '../../../shared/schemas/base.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { newOrderId } from '../../support/given/order.ts';
import { givenPoints } from '../../support/given/points.ts';
import { createWorld, type World } from '../../support/world.ts';

describeFunction(getPointsStatement, () => {
  let world: World;
  let userId: UserId;
  const at = (moment: string) => world.clock.advance(Date.parse(`${moment}+08:00`) - world.clock.now());
  const call = async (month: unknown, name = 'alice') =>
    world.call(getPointsStatement, { month }, { token: (await world.login(name)).token });
  const statementOf = async (month: string, name = 'alice') => (await call(month, name)).data.statement;
  const nothing = { earned: 0, spent: 0, expired: 0, returned: 0, takenBack: 0, adjusted: 0 };

  beforeEach(async () => {
    world = await createWorld();
    at('2027-03-31T23:59:59.999');
    ({ userId } = await world.login('alice'));
  });
  afterEach(() => world.close());

  test('each kind has its column, their sum is the closing, and it is the opening of the month after', async () => {
    await givenPoints(world, userId, 100);
    world.clock.advance(1);
    const orderId = newOrderId(world);
    const of = { userId, orderId, now: world.clock.now() };
    await givenPoints(world, userId, 20);
    await world.ports.database.tx(async (tx) => {
      await holdPoints(tx, { ...of, count: 50 });
      await spendHeldPoints(tx, of);
      await returnPoints(tx, { ...of, refundId: 'refund-1', count: 10 });
      await clawBackPoints(tx, { ...of, refundId: 'refund-1', count: 7 });
      const account = await points.findAccount(tx, userId);
      const asked = {
        adjustmentId: AdjustmentId.parse(world.ports.ids.make('adj')),
        userId,
        delta: -3,
        reason: '更正',
      };
      await points.save(tx, account, adjust(openBook(account, userId, of.now), asked, of.now));
    });
    expect(await statementOf('2027-03')).toEqual({
      ...nothing,
      month: '2027-03',
      opening: 0,
      earned: 100,
      closing: 100,
    });
    expect(await statementOf('2027-04')).toEqual({
      month: '2027-04',
      opening: 100,
      earned: 20,
      spent: 50,
      expired: 0,
      returned: 10,
      takenBack: 7,
      adjusted: -3,
      closing: 70,
    });
    expect(await statementOf('2027-05')).toEqual({ ...nothing, month: '2027-05', opening: 70, closing: 70 });
    expect(await statementOf('2027-02')).toEqual({ ...nothing, month: '2027-02', opening: 0, closing: 0 });
  });

  test('holding points for an order, or giving them back, is no spending', async () => {
    await givenPoints(world, userId, 100);
    const of = { userId, orderId: newOrderId(world), now: world.clock.now() };
    await world.ports.database.tx((tx) => holdPoints(tx, { ...of, count: 50 }));
    expect(await statementOf('2027-03')).toMatchObject({ earned: 100, spent: 0, closing: 100 });
    await world.ports.database.tx((tx) => releasePoints(tx, of));
    expect(await statementOf('2027-03')).toMatchObject({ earned: 100, spent: 0, returned: 0, closing: 100 });
  });

  test('ended points are in the month in which they were written off, and a debt is negative', async () => {
    await givenPoints(world, userId, 100);
    at('2028-04-01T00:00:00.000');
    const of = { userId, orderId: newOrderId(world), refundId: 'refund-1', now: world.clock.now() };
    await world.ports.database.tx((tx) => clawBackPoints(tx, { ...of, count: 30 }));
    expect(await statementOf('2028-04')).toEqual({
      ...nothing,
      month: '2028-04',
      opening: 100,
      expired: 100,
      takenBack: 30,
      closing: -30,
    });
  });

  test('a month of a thousand entries adds up, and is its owner’s alone', async () => {
    for (let n = 0; n < 40; n += 1) {
      await world.ports.database.tx(async (tx) => {
        for (let m = 0; m < 25; m += 1) {
          const account = await points.findAccount(tx, userId);
          const asked = {
            adjustmentId: AdjustmentId.parse(world.ports.ids.make('adj')),
            userId,
            delta: 1,
            reason: '补发',
          };
          const now = world.clock.now();
          await points.save(tx, account, adjust(openBook(account, userId, now), asked, now));
        }
      });
    }
    expect(await statementOf('2027-03')).toMatchObject({ adjusted: 1_000, closing: 1_000 });
    expect(await statementOf('2027-03', 'bob')).toMatchObject({ adjusted: 0, closing: 0 });
  });

  test.each(['2027-13', '2027-00', '2027-3', '202703', '2027-03-01', '', '1999-01'])(
    'request.invalid for the month %j',
    async (month) => {
      expect((await call(month)).code).toBe('request.invalid');
    },
  );
});
