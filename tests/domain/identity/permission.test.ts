import { mayDo } from '../../../shared/domain/identity/permission.ts';
import { StaffAction } from '../../../shared/schemas/identity/permission.ts';
import { Role } from '../../../shared/schemas/identity/user.ts';

/** Which roles may do what, besides the administrator, who may do everything. A learner may do nothing. */
const matrix: Readonly<Record<StaffAction, readonly Role[]>> = {
  'course.create': ['editor'],
  'upload.create': ['editor'],
  'course.update': ['editor'],
  'course.publish': ['editor'],
  'product.view': ['editor', 'support', 'finance'],
  'product.create': ['editor'],
  'product.update': ['editor'],
  'product.publish': ['editor'],
  'product.withdraw': ['editor'],
  'category.manage': ['editor'],
  'group.manage': ['editor'],
  'membership.view': ['support', 'finance'],
  'membership.grant': ['support'],
  'access.grant': ['support'],
  'code_batch.view': ['editor', 'support', 'finance'],
  'code_batch.create': ['finance'],
  'code_batch.disable': ['finance'],
  'coupon.view': ['editor', 'support', 'finance'],
  'coupon.create': ['editor', 'finance'],
  'coupon.publish': ['finance'],
  'coupon.end': ['editor', 'finance'],
  'coupon.extend': ['finance'],
  'coupon.grant': ['support', 'finance'],
  'promotion.view': ['editor', 'support', 'finance'],
  'promotion.create': ['editor', 'finance'],
  'promotion.publish': ['finance'],
  'promotion.end': ['editor', 'finance'],
  'promotion.extend': ['finance'],
  'points.adjust': ['support', 'finance'],
  'points.adjust_large': [],
  'audit.view': ['finance'],
  'staff.view': [],
  'staff.manage': [],
  'proposal.view': ['editor', 'support', 'finance'],
  'proposal.approve': ['editor', 'support', 'finance'],
  'second_factor.own': ['editor', 'support', 'finance'],
  'user.view': ['support', 'finance'],
  'user.ban': ['support'],
  'order.view': ['support', 'finance'],
  'refund.view': ['support', 'finance'],
  'refund.create': ['support', 'finance'],
  'refund.approve': ['finance'],
  'exception.resolve': ['finance'],
  'case.view': ['support', 'finance'],
  'case.close': ['support', 'finance'],
  'task.view': ['support', 'finance'],
  'task.manage': [],
  'export.create': ['finance'],
  'reconciliation.view': ['finance'],
  'reconciliation.run': ['finance'],
  'export.personal': [],
  'compliance.manage': [],
  'learner.view': ['support'],
  'content.review': ['support'],
  'certificate.revoke': [],
  'article.manage': ['editor'],
  'drop.view': ['editor', 'support', 'finance'],
  'drop.create': ['editor', 'finance'],
  'drop.publish': ['editor', 'finance'],
  'drop.end': ['editor', 'finance'],
};

describe('who may do what', () => {
  test.each(StaffAction.options)('%s: exactly those of the matrix, and the admin', (action) => {
    const may = Role.options.filter((role) => mayDo(role, action));
    expect(may).toEqual([...matrix[action], 'admin']);
  });
});
