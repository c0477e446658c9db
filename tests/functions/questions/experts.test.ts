import { approveExpert } from '../../../functions/admin/questions/approveExpert.ts';
import { endExpert } from '../../../functions/admin/questions/endExpert.ts';
import { listAllExperts } from '../../../functions/admin/questions/listAllExperts.ts';
import { rejectExpert } from '../../../functions/admin/questions/rejectExpert.ts';
import { getProduct } from '../../../functions/catalogue/getProduct.ts';
import { listProducts } from '../../../functions/catalogue/listProducts.ts';
import { searchProducts } from '../../../functions/catalogue/searchProducts.ts';
import { applyAsExpert } from '../../../functions/questions/applyAsExpert.ts';
import { getExpert } from '../../../functions/questions/getExpert.ts';
import { getMyExpert } from '../../../functions/questions/getMyExpert.ts';
import { listExperts } from '../../../functions/questions/listExperts.ts';
import { updateExpert } from '../../../functions/questions/updateExpert.ts';
import * as products from '../../../shared/data/catalogue/products.ts';
import type { Case } from '../../../shared/schemas/operations/case.ts';
import type { Talk } from '../../../shared/schemas/talk/talk.ts';
import { describeFunction } from '../../support/describeFunction.ts';
import { type Buyer, stored, storedIn } from '../../support/given/order.ts';
import { anOffer, givenAgreed, givenExpert } from '../../support/given/question.ts';
import { givenStaff, givenStaffOf, type Staff } from '../../support/given/staff.ts';
import { defaultSettings } from '../../support/settings.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let lin: Buyer;
let editor: Staff;

async function begin(talk: Partial<Talk> = {}): Promise<void> {
  world = await createWorld({ settings: { talk: { ...defaultSettings.talk, ...talk } } });
  lin = await world.login('lin');
  editor = await givenStaff(world, 'editor');
}
beforeEach(() => begin());
afterEach(() => world.close());

const applies = (wishes: object = {}, who = lin) =>
  world.call(applyAsExpert, { offer: anOffer(wishes) }, who);
const said = (wishes: object = {}) => ({ id: lin.userId, version: 1, reason: '资料属实', ...wishes });
const COVER = { coverUrl: 'https://static.zhike.example/lin.jpg' };
const approves = (wishes: object = {}, by = editor) =>
  world.call(approveExpert, { ...said(wishes), ...COVER }, by);
const rejects = (wishes: object = {}, by = editor) => world.call(rejectExpert, said(wishes), by);
const ends = (wishes: object = {}, by = editor) => world.call(endExpert, said(wishes), by);
const shown = async (id: string = lin.userId) => world.call(getExpert, { id });
const cases = async () =>
  ((await storedIn(world, 'cases')) as Case[]).map(({ kind, state }) => [kind, state]);

describeFunction(applyAsExpert, () => {
  test('waits for staff, and nobody else sees it before', async () => {
    await givenAgreed(world, lin, 'expert');
    const answer = await applies();
    expect(answer.data.expert).toMatchObject({ version: 1, offer: null, asked: { name: '林老师' } });
    expect((await applies()).data.expert.version).toBe(1);
    expect((await shown()).code).toBe('expert.not_found');
    expect(await cases()).toEqual([['expert_asked', 'open']]);
  });

  test('another offer takes the place of the one that waits', async () => {
    await givenAgreed(world, lin, 'expert');
    await applies();
    expect((await applies({ about: '三十年' })).data.expert).toMatchObject({ version: 2 });
    expect(await cases()).toEqual([
      ['expert_asked', 'closed'],
      ['expert_asked', 'open'],
    ]);
  });

  test('feature.off where questions are off; consent.required, phone.required', async () => {
    expect((await applies()).code).toBe('consent.required');
    await world.close();
    await begin({ needsPhone: true });
    await givenAgreed(world, lin, 'expert');
    expect((await applies()).code).toBe('phone.required');
    await world.close();
    await begin({ questions: 'read' });
    expect((await applies()).code).toBe('feature.off');
  });

  test('expert.price_out_of_range, expert.licence_missing', async () => {
    await givenAgreed(world, lin, 'expert');
    const answer = await applies({ priceFen: 499 });
    expect([answer.code, answer.error.params]).toEqual([
      'expert.price_out_of_range',
      { minFen: 500, maxFen: 50_000 },
    ]);
    expect((await applies({ regulated: 'medicine' })).code).toBe('expert.licence_missing');
  });
});

describeFunction(approveExpert, () => {
  test('lists the expert, and sells questions that no list and no search finds', async () => {
    await givenExpert(world, 'lin');
    const { expert } = (await shown()).data;
    expect(expert).toMatchObject({ name: '林老师', priceFen: 9_900, isTaking: true, answered: 0 });
    expect(expert).not.toHaveProperty('licence');
    expect((await world.call(getProduct, { id: expert.productId })).code).toBe('product.not_found');
    expect((await world.call(listProducts, {})).data.items).toEqual([]);
    expect((await world.call(searchProducts, { q: '林老师' })).data.items).toEqual([]);
    expect(await cases()).toEqual([['expert_asked', 'closed']]);
  });

  test('has a new price wait until virtual payment knows it, and changes nothing the second time', async () => {
    await givenExpert(world, 'lin');
    await givenExpert(world, 'lin', { priceFen: 20_000 });
    const { expert } = (await shown()).data;
    const product = await stored(world, products.collection, expert.productId);
    expect([expert.priceFen, product.nextListFen]).toEqual([9_900, 20_000]);
    const same = { coverUrl: 'https://static.zhike.example/expert.jpg' };
    expect((await world.call(approveExpert, { ...said({ version: 2 }), ...same }, editor)).status).toBe(200);
  });

  test('expert.not_found, expert.version_changed, expert.not_waiting, staff.not_yourself', async () => {
    expect((await approves()).code).toBe('expert.not_found');
    await givenAgreed(world, lin, 'expert');
    await applies();
    expect((await approves({ version: 2 })).code).toBe('expert.version_changed');
    expect((await approves({}, await givenStaffOf(world, lin.userId, 'editor'))).code).toBe(
      'staff.not_yourself',
    );
    await rejects();
    expect((await approves()).code).toBe('expert.not_waiting');
  });
});

describeFunction(rejectExpert, () => {
  test('leaves what was approved before, and tells the expert why', async () => {
    await givenExpert(world, 'lin');
    await applies({ about: '三十年' });
    expect((await rejects({ version: 2 })).status).toBe(200);
    expect((await shown()).data.expert.about).toBe('画画二十年');
    const { expert } = (await world.call(getMyExpert, {}, lin)).data;
    expect([expert.asked, expert.refusal, expert.missedUntilMs]).toEqual([null, '资料属实', null]);
  });

  test('expert.not_found, expert.version_changed, expert.not_waiting, staff.not_yourself', async () => {
    expect((await rejects()).code).toBe('expert.not_found');
    await givenExpert(world, 'lin');
    expect((await rejects({ version: 2 })).code).toBe('expert.version_changed');
    expect((await rejects()).code).toBe('expert.not_waiting');
    expect((await rejects({}, await givenStaffOf(world, lin.userId, 'admin'))).code).toBe(
      'staff.not_yourself',
    );
  });
});

describeFunction(endExpert, () => {
  test('takes the expert off the list and the questions off sale, and may be followed by another offer', async () => {
    await givenExpert(world, 'lin');
    expect((await ends()).data.expert).toMatchObject({ offer: null, isListed: false });
    expect((await shown()).code).toBe('expert.not_found');
    expect((await ends()).status).toBe(200);
    await givenExpert(world, 'lin');
    expect((await shown()).data.expert.isTaking).toBe(true);
  });

  test('expert.not_found, expert.version_changed, staff.not_yourself', async () => {
    expect((await ends()).code).toBe('expert.not_found');
    await givenExpert(world, 'lin');
    expect((await ends({ version: 2 })).code).toBe('expert.version_changed');
    expect((await ends({}, await givenStaffOf(world, lin.userId, 'admin'))).code).toBe('staff.not_yourself');
  });
});

describeFunction(updateExpert, () => {
  test('a pause takes the expert off the list at once, and ends as soon', async () => {
    await givenExpert(world, 'lin');
    const pauses = (isPaused: boolean) => world.call(updateExpert, { isPaused }, lin);
    const listed = async () => (await world.call(listExperts, {})).data.items.length;
    expect((await pauses(true)).data.expert.isPaused).toBe(true);
    expect([await listed(), (await shown()).data.expert.isTaking]).toEqual([0, false]);
    await pauses(false);
    expect(await listed()).toBe(1);
  });

  test('expert.not_found', async () => {
    expect((await world.call(updateExpert, { isPaused: true }, lin)).code).toBe('expert.not_found');
  });
});

describeFunction(getMyExpert, () => {
  test('expert.not_found', async () => {
    expect((await world.call(getMyExpert, {}, lin)).code).toBe('expert.not_found');
  });
});

describeFunction(getExpert, () => {
  test('expert.not_found; feature.off where questions are off', async () => {
    expect((await shown()).code).toBe('expert.not_found');
    await world.close();
    await begin({ questions: 'off' });
    expect((await shown()).code).toBe('feature.off');
  });
});

describeFunction(listExperts, () => {
  test('the newest first', async () => {
    await givenExpert(world, 'lin');
    world.clock.advance(1);
    await givenExpert(world, 'zhou', { name: '周老师' });
    const { items } = (await world.call(listExperts, {})).data;
    expect(items.map(({ name }) => name)).toEqual(['周老师', '林老师']);
  });

  test('feature.off where questions are off', async () => {
    await world.close();
    await begin({ questions: 'off' });
    expect((await world.call(listExperts, {})).code).toBe('feature.off');
  });
});

describeFunction(listAllExperts, () => {
  test('has what waits, with the licence', async () => {
    await givenAgreed(world, lin, 'expert');
    await applies({ regulated: 'law', licence: '执业证 1' });
    const { items } = (await world.call(listAllExperts, {}, editor)).data;
    expect(items).toMatchObject([{ id: lin.userId, asked: { licence: '执业证 1' } }]);
  });
});
