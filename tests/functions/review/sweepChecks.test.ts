import { sweepChecks } from '../../../functions/review/sweepChecks.ts';
import { CHECK_MAX_MS } from '../../../shared/domain/review/review.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { storedIn } from '../../support/given/order.ts';
import { checksText, givenWritten, writtenNow } from '../../support/given/review.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

describeFunction(sweepChecks, () => {
  test('LK29: what WeChat has not answered about for two hours goes to staff, and stays unseen', async () => {
    const wrote = await givenWritten(world, await world.login('alice'));
    world.weixin.faults.shares.busy = 1;
    world.clock.advance(CHECK_MAX_MS - 1);
    expect(await world.run(sweepChecks)).toEqual({ 'comment.waiting': 1 });
    world.clock.advance(1);
    expect(await world.run(sweepChecks)).toEqual({ 'comment.queued': 1 });
    expect(await writtenNow(world, wrote)).toMatchObject({
      ...{ isShown: false, review: { state: 'queued', doubts: ['silent'], by: 'rule' } },
    });
    expect(await storedIn(world, 'cases')).toMatchObject([{ kind: 'content_review', state: 'open' }]);
    expect(await world.run(sweepChecks)).toEqual({});
  });

  test('an answer that comes after that changes nothing', async () => {
    const wrote = await givenWritten(world, await world.login('alice'), '违规');
    world.clock.advance(CHECK_MAX_MS);
    await world.run(sweepChecks);
    expect(await checksText(world, wrote)).toMatchObject({ state: 'queued' });
  });
});
