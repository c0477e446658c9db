import { mayDo } from '../../shared/domain/permission.ts';
import { StaffAction } from '../../shared/schemas/permission.ts';
import { Role } from '../../shared/schemas/user.ts';

describe('who may do what', () => {
  test('the whole matrix is exactly this', () => {
    const matrix = Object.fromEntries(
      Role.options.map((role) => [role, StaffAction.options.filter((action) => mayDo(role, action))]),
    );
    expect(matrix).toEqual({
      learner: [],
      editor: ['course.create', 'course.publish', 'coupon.create'],
      support: ['points.adjust'],
      finance: ['coupon.create', 'coupon.publish', 'points.adjust'],
      admin: ['course.create', 'course.publish', 'coupon.create', 'coupon.publish', 'points.adjust'],
    });
  });
});
