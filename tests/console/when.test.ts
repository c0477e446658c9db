import type { ProposalView, StaffRefundView, TaskView } from '../../client/types.ts';
import type { Me } from '../../console/engine/view.ts';
import * as when from '../../console/when.ts';
import { revokeByStaff } from '../../shared/domain/access/entitlement.ts';
import { withBatchState } from '../../shared/domain/access/redeemCode.ts';
import { refuseUnlessRemovable, withdrawProduct } from '../../shared/domain/catalogue/productDraft.ts';
import { endTemplate, extendTemplate, publishTemplate } from '../../shared/domain/coupons/couponTemplate.ts';
import { approve } from '../../shared/domain/identity/proposal.ts';
import { ban, closeCase, giveRole, resolve, unban } from '../../shared/domain/identity/staff.ts';
import {
  endPromotion,
  extendPromotion,
  publishPromotion,
  refuseUnlessDraft,
} from '../../shared/domain/pricing/promotion.ts';
import {
  approveRefund,
  nextTry,
  refuseUnlessStuck,
  rejectRefund,
} from '../../shared/domain/refunds/refund.ts';
import { pardon, suspensionOf } from '../../shared/domain/review/trust.ts';
import { buried, replayed } from '../../shared/domain/task.ts';
import { AppError } from '../../shared/errors.ts';
import { fen, timeMs } from '../../shared/schemas/base.ts';
import { StaffAction } from '../../shared/schemas/identity/permission.ts';
import { Role } from '../../shared/schemas/identity/user.ts';
import { RefundState } from '../../shared/schemas/refunds/refund.ts';
import { TaskState } from '../../shared/schemas/task.ts';

const NOW = timeMs(1_796_000_000_000);
const [ME, OTHER] = ['usr_01M8MACF36FDYJD0YY9RGF6P50', 'usr_01M8MACF36FDYJD0YY9RGF6P51'];

/** Whether the domain lets it be done, and whether it changes anything. */
function isLet(work: () => unknown): boolean {
  try {
    return work() !== false;
  } catch (thrown) {
    if (thrown instanceof AppError) return false;
    throw thrown;
  }
}

/** A document with only what the rules below read of it. */
const only = <T>(fields: object) => fields as T;

const me = (role: Role): Me => ({ id: ME, role });

/** trap 25: an action was offered that could not be, 重试 while 待审核. */
describe('trap 25: what is offered can be done, by the rules of the domain', () => {
  const states = RefundState.options;

  test.each(states)('refunds that are %s', (state) => {
    for (const by of [ME, OTHER]) {
      for (const asked of [ME, OTHER]) {
        const refund = only<StaffRefundView>({
          ...{
            id: 'rfd_1',
            state,
            userId: asked,
            lines: [],
            approvalsNeeded: 2,
            approvals: by === ME ? [{ by: ME }] : [],
          },
        });
        const order = {
          userId: asked,
          lineRefunds: [],
          refundingFen: 0,
          refundedFen: 0,
          revoked: [],
          lines: [],
        };
        const approval = { by: ME, reason: 'x' };
        const isApproved = isLet(() => approveRefund(only({ refund, order }), only(approval), NOW));
        expect(when.mayApprove(refund, me('finance'))).toBe(isApproved);
        expect(when.mayReject(refund)).toBe(isLet(() => rejectRefund(only(refund), only(approval), NOW)));
        expect(when.mayClose(refund)).toBe(isLet(() => refuseUnlessStuck(only(refund), [], NOW)));
      }
    }
  });

  test.each(states)('refunds of lost or second money that are %s', (state) => {
    for (const lines of [[], [{ productId: 'prd_1' }]]) {
      for (const id of ['rl_1', 'rs_1_2', 'rfd_1']) {
        const refund = only<StaffRefundView>({ id, state, lines, refundFen: 1 });
        // The contract of `retryRefund` takes only ids of money that came late or twice.
        const isTried = /^r[ls]_/.test(id) && isLet(() => nextTry(only(refund), fen(1), NOW));
        expect(when.mayRetry(refund)).toBe(isTried);
      }
    }
  });

  test.each(TaskState.options)('tasks that are %s', (state) => {
    for (const attempts of [0, 3]) {
      const task = only<TaskView>({ id: 't', state, attempts, deaths: [], updatedAtMs: NOW });
      expect(when.mayBury(task)).toBe(isLet(() => buried(only(task), 'x', NOW) !== only(task)));
      expect(when.mayReplay(task)).toBe(isLet(() => replayed(only(task), NOW) !== only(task)));
    }
  });

  test.each(['draft', 'published', 'ended'] as const)(
    'coupons, campaigns and flash sales that are %s',
    (state) => {
      const later = { claimUntilAtMs: NOW + 1000, untilAtMs: NOW + 1000 };
      const one = {
        state,
        version: 3,
        stock: 1,
        shardCount: 1,
        validity: { kind: 'days', days: 1 },
        ...later,
      };
      const longer = { expectedVersion: 3, longer: { untilAtMs: NOW + 2000 } };
      expect(when.isDraft(one)).toBe(isLet(() => publishPromotion(only(one), NOW) !== one));
      expect(when.isDraft(one)).toBe(isLet(() => refuseUnlessDraft(only(one), 3)));
      expect(when.isDraft(one)).toBe(isLet(() => publishTemplate(only(one), NOW).stocks !== null));
      expect(when.isPublished(one)).toBe(isLet(() => extendPromotion(only(one), only(longer), NOW)));
      expect(when.isPublished(one)).toBe(
        isLet(() => extendTemplate(only(one), only({ expectedVersion: 3 }), NOW)),
      );
      expect(when.mayEnd(one)).toBe(isLet(() => endPromotion(only(one), NOW) !== one));
      expect(when.mayEnd(one)).toBe(isLet(() => endTemplate(only(one), NOW) !== only(one)));
    },
  );

  test.each(['draft', 'published', 'withdrawn'] as const)('products that are %s', (state) => {
    for (const partOf of [[], ['prd_1']]) {
      const product = { state, partOf, version: 1, parts: [] };
      expect(when.mayRemove(only(product))).toBe(isLet(() => refuseUnlessRemovable(only(product), 1)));
      const isOut = isLet(() => withdrawProduct(only(product), [], NOW).product !== only(product));
      expect(when.mayWithdraw(only(product))).toBe(isOut);
    }
    // Publishing what is published changes nothing.
    expect(when.maySell(only({ state }))).toBe(state !== 'published');
  });

  test.each(['making', 'active', 'disabled'] as const)('batches of codes that are %s', (state) => {
    const batch = { state };
    expect(when.mayDisable(batch)).toBe(
      isLet(() => withBatchState(only(batch), 'disabled', NOW) !== only(batch)),
    );
  });

  test('cases and exceptions', () => {
    const by = { by: OTHER, resolution: 'x', note: 'x', atMs: NOW };
    for (const state of ['open', 'closed'] as const) {
      const one = only<Parameters<typeof closeCase>[0]>({ state });
      expect(when.isOpen({ state })).toBe(isLet(() => closeCase(one, only(by)) !== one));
    }
    for (const state of ['open', 'resolved'] as const) {
      const one = only<Parameters<typeof resolve>[0]>({ state, resolution: state === 'open' ? null : by });
      expect(when.isOpen({ state })).toBe(isLet(() => resolve(one, only(by)) !== one));
    }
  });

  test('people who are silent, but nobody themselves', () => {
    for (const userId of [ME, OTHER]) {
      for (const removals of [2, 3]) {
        const removed = Array.from({ length: removals }, (_, n) => ({ atMs: NOW + n }));
        const writer = only<Parameters<typeof pardon>[0]>({ removed, pardonedAtMs: null });
        const suspension = suspensionOf(writer, NOW);
        const mayBe = userId !== ME && isLet(() => pardon(writer, NOW) !== writer);
        expect(when.isSuspended(only({ userId, suspension }), me('support'))).toBe(mayBe);
      }
    }
  });

  test('people: nobody is offered themselves, nor staff to those who do not manage staff', () => {
    for (const role of Role.options) {
      for (const theirs of Role.options) {
        for (const id of [ME, OTHER]) {
          for (const state of ['active', 'banned'] as const) {
            const target = { id, role: theirs, state };
            const hand = only<Parameters<typeof ban>[0]>({
              actor: { id: ME, role, state: 'active' },
              hasFreshFactor: true,
            });
            const mayAsk = StaffAction.options.includes('user.ban') && ['support', 'admin'].includes(role);
            if (!mayAsk) continue;
            expect(when.mayBan(target, me(role))).toBe(
              isLet(() => ban(hand, only(target), NOW) !== only(target)),
            );
            expect(when.mayUnban(target, me(role))).toBe(
              isLet(() => unban(hand, only(target), NOW) !== only(target)),
            );
          }
        }
      }
    }
    const actor = only<Parameters<typeof giveRole>[0]>({ id: ME, role: 'admin', state: 'active' });
    for (const id of [ME, OTHER]) {
      const target = only<Parameters<typeof giveRole>[1]>({
        id,
        role: 'learner',
        state: 'active',
        sessionGeneration: 0,
      });
      expect(when.isSomebodyElse({ id }, me('admin'))).toBe(
        isLet(() => giveRole(actor, target, 'editor', NOW)),
      );
    }
  });

  test.each(['waiting', 'approved', 'used'] as const)('proposals that are %s', (state) => {
    for (const role of Role.options.filter((one) => one !== 'learner')) {
      for (const action of ['points.adjust', 'coupon.publish', 'product.update'] as const) {
        for (const userId of [ME, OTHER]) {
          const proposal = only<ProposalView>({ state, userId, action, endsAtMs: NOW + 1 });
          const by = only<Parameters<typeof approve>[1]>({ id: ME, role, state: 'active' });
          expect(when.mayAgree(proposal, me(role))).toBe(isLet(() => approve(only(proposal), by, NOW)));
        }
      }
    }
  });

  test.each(['order', 'gift', 'code', 'points', 'staff'] as const)('access that came from %s', (cause) => {
    for (const state of ['active', 'revoked'] as const) {
      const source = { sourceId: 's', cause, state, fromAtMs: NOW, untilAtMs: null, isDated: false };
      const before = only<NonNullable<Parameters<typeof revokeByStaff>[0]>>({
        productId: 'p',
        sources: [source],
      });
      expect(when.mayTakeBack({ state, cause })).toBe(
        isLet(() => revokeByStaff(before, only('s'), NOW) !== before),
      );
    }
  });
});
