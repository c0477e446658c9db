import * as z from 'zod';
import { StaffAction } from '../../shared/schemas/identity/permission.ts';
import { readManifest } from '../../tools/manifest.ts';

/** Actions that need a reason: they change somebody's money, access or rights, or show personal data in bulk. */
const ASKED: readonly StaffAction[] = [
  ...(['access.grant', 'membership.grant', 'points.adjust', 'refund.approve', 'refund.create'] as const),
  ...(['code_batch.create', 'code_batch.disable', 'user.ban', 'export.create'] as const),
  ...(['coupon.publish', 'coupon.end', 'coupon.extend', 'coupon.grant'] as const),
  ...(['promotion.publish', 'promotion.end', 'promotion.extend'] as const),
  ...(['staff.manage', 'proposal.approve', 'certificate.revoke', 'drop.publish', 'drop.end'] as const),
];

/** Actions that need no reason: they stock the shelves, or only look. The audit log still records who did it. */
const NOT_ASKED: readonly StaffAction[] = [
  ...(['product.create', 'product.update', 'product.publish', 'product.withdraw'] as const),
  ...(['course.create', 'course.update', 'course.publish', 'upload.create', 'category.manage'] as const),
  ...(['coupon.create', 'promotion.create', 'reconciliation.run'] as const),
  ...(['code_batch.view', 'proposal.view', 'reconciliation.view', 'second_factor.own'] as const),
  ...(['user.view', 'order.view', 'membership.view', 'product.view', 'coupon.view'] as const),
  ...(['promotion.view', 'refund.view', 'case.view', 'task.view', 'audit.view', 'staff.view'] as const),
  ...(['learner.view', 'drop.view', 'drop.create', 'article.manage'] as const),
];

/** The exceptions: where something other than the action decides, and why. */
const OTHERWISE: Readonly<Partial<Record<StaffAction, string>>> = {
  'points.adjust_large': 'a right that `points.adjust` asks for',
  'export.personal': 'a right that `export.create` asks for',
  'exception.resolve': 'what was done about it is told instead',
  'compliance.manage': 'to publish a text changes what everybody is asked, to look does not',
  'case.close': 'what was done about it is told instead',
  'content.review': 'a decision needs one, to look at the queue does not',
  'feedback.answer': 'the answer says it',
  'expert.approve': 'a decision needs one, to look at the list does not',
  'question.judge': 'a judgement needs one, to look at a question does not',
  'group.manage': 'to end a group takes it from its members, the rest only puts it there',
  'task.manage': 'to bury a task loses an effect, to replay it does not',
};

async function staffRoutes() {
  const { functions } = await readManifest();
  return functions.flatMap(({ name, own }) => {
    if (own.kind !== 'http' || typeof own.contract.auth !== 'object') return [];
    const schema: unknown = z.toJSONSchema(own.contract.input, { io: 'input', unrepresentable: 'any' });
    const required: unknown = Object(schema).required ?? [];
    const isAsked = Array.isArray(required) && required.includes('reason');
    return [{ name, action: own.contract.auth.may, isAsked }];
  });
}

test.each([
  ['asked where somebody’s money, access or rights change, or personal data are shown in bulk', ASKED, true],
  ['not asked where things are put on the shelves, or only looked at', NOT_ASKED, false],
] as const)('why staff do something is %s', async (_, actions, isAsked) => {
  const routes = (await staffRoutes()).filter(({ action }) => actions.includes(action));
  expect(routes.length).toBeGreaterThanOrEqual(actions.length);
  expect(routes.filter((route) => route.isAsked !== isAsked).map(({ name }) => name)).toEqual([]);
});

test('every action of the staff is on one of the lists', () => {
  const known = [...ASKED, ...NOT_ASKED, ...Object.keys(OTHERWISE)];
  expect(known.toSorted()).toEqual(StaffAction.options.toSorted());
});
