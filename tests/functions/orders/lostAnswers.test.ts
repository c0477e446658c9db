import { createCourse } from '../../../functions/admin/catalogue/createCourse.ts';
import { publishCourse } from '../../../functions/admin/catalogue/publishCourse.ts';
import { getMe } from '../../../functions/identity/getMe.ts';
import { logout } from '../../../functions/identity/logout.ts';
import { register } from '../../../functions/identity/register.ts';
import { updateProfile } from '../../../functions/identity/updateProfile.ts';
import { getCart } from '../../../functions/orders/getCart.ts';
import { putCartItem } from '../../../functions/orders/putCartItem.ts';
import { removeCartItem } from '../../../functions/orders/removeCartItem.ts';
import { chaosDatabase } from '../../../local/database.chaos.ts';
import { createStaff, setRole } from '../../../shared/flows/identity/appointStaff.ts';
import { aCourseDraft } from '../../support/given/course.ts';
import { exported } from '../../support/given/export.ts';
import { givenStaff } from '../../support/given/staff.ts';
import { createWorld, type World } from '../../support/world.ts';

const password = 'three grey herons at dusk';
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

/** A world in which a third of the commits fail with a conflict, and a third succeed although their answer is lost. */
function chaosWorld(seed: number): Promise<World> {
  return createWorld({
    seed,
    database: (inner, { clock, ids }) =>
      chaosDatabase(inner, {
        conflict: 0.3,
        commitLost: 0.3,
        random: () => ids.random(),
        clock,
        pause: async () => undefined,
      }),
  });
}

describe('commits that conflict, or lose their answers', () => {
  test.each(SEEDS)('people, courses and carts are as if nothing had happened (seed %d)', async (seed) => {
    const world = await chaosWorld(seed);
    const boss = await createStaff(world.ports, { userName: 'boss', password, role: 'admin' });
    expect(await setRole(world.ports, { userId: boss.id, role: 'editor' })).toMatchObject({ role: 'editor' });
    const me = await world.call(register, { userName: 'xiaoming', password });
    expect(me).toMatchObject({ status: 200, body: { data: { isNew: true } } });
    const { token } = me.data;
    const editor = await world.call(updateProfile, { nickname: '小明' }, { token });
    expect(editor.data.profile.nickname).toBe('小明');
    const staff = await givenStaff(world, 'editor');

    const draft = aCourseDraft(world);
    expect((await world.call(createCourse, { course: draft }, staff)).data.course.state).toBe('draft');
    expect(
      (await world.call(publishCourse, { id: draft.id, expectedVersion: 1, reason: '上架' }, staff)).data
        .course.version,
    ).toBe(2);
    for (const own of [putCartItem, removeCartItem, putCartItem]) {
      expect((await world.call(own, { productId: draft.id }, { token })).status).toBe(200);
    }
    expect((await world.call(getCart, {}, { token })).data.items).toHaveLength(1);
    expect((await world.call(logout, {}, { token })).status).toBe(200);
    expect(await world.call(getMe, {}, { token })).toMatchObject({ status: 401 });

    const count = async (name: string) =>
      (await exported(world)).filter(({ collection }) => collection === name).length;
    expect(await count('users')).toBe(3);
    expect(await count('sessions')).toBe(2);
    expect(await count('tasks')).toBe(3);
    expect(await count('lessons')).toBe(3);
    expect(await count('audit')).toBe(4);
    await world.close();
  });
});
