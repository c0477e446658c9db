/** The actions that several screens offer. */
import type {
  Case,
  ProposalView,
  StaffFeedbackView,
  StaffRefundView,
  TaskView,
  TrackedException,
} from '../client/types.ts';
import { action } from './engine/view.ts';
import * as when from './when.ts';

/** What is done with a refund that is there. */
export const refundActions = {
  approve: action('approveRefund', {
    title: '同意退款',
    tone: 'main',
    when: (refund: StaffRefundView, me) => when.mayApprove(refund, me),
    given: ({ id }) => ({ refundId: id }),
    sumFen: ({ refundFen }) => refundFen,
    note: ({ approvals, approvalsNeeded }) => {
      const missing = approvalsNeeded - approvals.length;
      return missing > 1
        ? `这笔退款要 ${approvalsNeeded} 人同意，您同意后还差 ${missing - 1} 人。`
        : '您同意后就会退款。';
    },
  }),
  reject: action('rejectRefund', {
    title: '拒绝',
    when: (refund: StaffRefundView) => when.mayReject(refund),
    given: ({ id }) => ({ refundId: id }),
    note: '买家会看到拒绝的原因。',
  }),
  resume: action('resumeRefund', {
    title: '继续退款',
    when: (refund: StaffRefundView) => when.mayResume(refund),
    given: ({ id }) => ({ refundId: id }),
    sumFen: ({ refundFen }) => refundFen,
    note: '用于因渠道金额不符而暂停的退款。请先在商户平台确认款项没有退出去。',
  }),
  retry: action('retryRefund', {
    title: '重新退款',
    when: (refund: StaffRefundView) => when.mayRetry(refund),
    given: ({ id }) => ({ refundId: id }),
    sumFen: ({ refundFen }) => refundFen,
  }),
  close: action('closeRefund', {
    title: '关闭退款',
    tone: 'bad',
    when: (refund: StaffRefundView) => when.mayClose(refund),
    given: ({ id }) => ({ refundId: id }),
    note: '关闭后买家恢复权益，这笔款不再退。',
  }),
} as const;

/** Closes a case. */
export const closeCase = action('closeCase', {
  title: '关闭工单',
  when: (one: Case) => when.isOpen(one),
  given: ({ id }) => ({ caseId: id }),
});

/** Answers what somebody told the shop. */
export const answerFeedback = action('answerFeedback', {
  title: '答复',
  tone: 'main',
  when: ({ state }: StaffFeedbackView) => state === 'open',
  given: ({ id, turns }) => ({ id, seenTurns: turns.length }),
  note: '用户会在消息中看到答复，14 天内可以继续补充。',
});

/** Says that a matter of money is done with. */
export const resolveException = action('resolveException', {
  title: '处理完毕',
  when: (one: TrackedException) => when.isOpen(one),
  given: ({ id }) => ({ exceptionId: id }),
});

/** What is done with a task. */
export const taskActions = [
  action('replayTask', {
    title: '重试',
    when: (task: TaskView) => when.mayReplay(task),
    given: ({ id }) => ({ taskId: id }),
  }),
  action('buryTask', {
    title: '放弃',
    when: (task: TaskView) => when.mayBury(task),
    given: ({ id }) => ({ taskId: id }),
    note: '放弃后不再自动重试。请确认已用其他方式处理。',
  }),
] as const;

/** Agrees to what somebody else may not do alone. */
export const agree = action('approveProposal', {
  title: '同意',
  tone: 'main',
  when: (proposal: ProposalView, me) => when.mayAgree(proposal, me),
  given: ({ id }) => ({ proposalId: id }),
  note: '同意后由申请人在 24 小时内再次提交，才会执行。',
});
