/** The functions that the simulation runs, by name: those that buyers, staff, WeChat, the broker and the clock call. */

import { claimGift } from '../../functions/access/claimGift.ts';
import { getLesson } from '../../functions/access/getLesson.ts';
import { grantEntitlement } from '../../functions/access/grantEntitlement.ts';
import { issueGifts } from '../../functions/access/issueGifts.ts';
import { listGifts } from '../../functions/access/listGifts.ts';
import { startTrial } from '../../functions/access/startTrial.ts';
import { listCases } from '../../functions/admin/operations/listCases.ts';
import { getAnyOrder } from '../../functions/admin/orders/getAnyOrder.ts';
import { approveRefund } from '../../functions/admin/refunds/approveRefund.ts';
import { createRefund } from '../../functions/admin/refunds/createRefund.ts';
import { listRefundsByState } from '../../functions/admin/refunds/listRefundsByState.ts';
import { rejectRefund } from '../../functions/admin/refunds/rejectRefund.ts';
import { resumeRefund } from '../../functions/admin/refunds/resumeRefund.ts';
import { retryRefund } from '../../functions/admin/refunds/retryRefund.ts';
import { decideReview } from '../../functions/admin/review/decideReview.ts';
import { listReviews } from '../../functions/admin/review/listReviews.ts';
import { reconcile } from '../../functions/books/reconcile.ts';
import { expireCoupons } from '../../functions/coupons/expireCoupons.ts';
import { grantCoupon } from '../../functions/coupons/grantCoupon.ts';
import { listMyCoupons } from '../../functions/coupons/listMyCoupons.ts';
import { receiveCoupon } from '../../functions/coupons/receiveCoupon.ts';
import { useCoupon } from '../../functions/coupons/useCoupon.ts';
import { welcomeNewUser } from '../../functions/coupons/welcomeNewUser.ts';
import { bindPhone } from '../../functions/identity/bindPhone.ts';
import { giveConsent } from '../../functions/identity/giveConsent.ts';
import { login } from '../../functions/identity/login.ts';
import { sendMessage } from '../../functions/inbox/sendMessage.ts';
import { sendWaitingMessages } from '../../functions/inbox/sendWaitingMessages.ts';
import { tellCertificate } from '../../functions/inbox/tellCertificate.ts';
import { tellFinishedCourse } from '../../functions/inbox/tellFinishedCourse.ts';
import { tellGainedPoints } from '../../functions/inbox/tellGainedPoints.ts';
import { tellGivenCoupon } from '../../functions/inbox/tellGivenCoupon.ts';
import { tellPaidOrder } from '../../functions/inbox/tellPaidOrder.ts';
import { tellRefund } from '../../functions/inbox/tellRefund.ts';
import { tellRemovedContent } from '../../functions/inbox/tellRemovedContent.ts';
import { tellReply } from '../../functions/inbox/tellReply.ts';
import { checkRefundedCourses } from '../../functions/learning/checkRefundedCourses.ts';
import { undoFinishedCourse } from '../../functions/learning/undoFinishedCourse.ts';
import { sweepTasks } from '../../functions/operations/sweepTasks.ts';
import { watchWaiting } from '../../functions/operations/watchWaiting.ts';
import { wechatPush } from '../../functions/operations/wechatPush.ts';
import { cancelOrder } from '../../functions/orders/cancelOrder.ts';
import { closeExpiredOrders } from '../../functions/orders/closeExpiredOrders.ts';
import { createOrder } from '../../functions/orders/createOrder.ts';
import { getOrder } from '../../functions/orders/getOrder.ts';
import { putCartItem } from '../../functions/orders/putCartItem.ts';
import { payNotify } from '../../functions/payments/payNotify.ts';
import { payOrder } from '../../functions/payments/payOrder.ts';
import { syncPayments } from '../../functions/payments/syncPayments.ts';
import { uploadShipping } from '../../functions/payments/uploadShipping.ts';
import { accruePoints } from '../../functions/points/accruePoints.ts';
import { checkIn } from '../../functions/points/checkIn.ts';
import { expirePoints } from '../../functions/points/expirePoints.ts';
import { getPoints } from '../../functions/points/getPoints.ts';
import { payRewards } from '../../functions/points/payRewards.ts';
import { rewardComment } from '../../functions/points/rewardComment.ts';
import { rewardInviter } from '../../functions/points/rewardInviter.ts';
import { rewardRestoredComment } from '../../functions/points/rewardRestoredComment.ts';
import { undoCommentReward } from '../../functions/points/undoCommentReward.ts';
import { quoteOrder } from '../../functions/pricing/quoteOrder.ts';
import { prepareEvidence } from '../../functions/refunds/prepareEvidence.ts';
import { quoteRefund } from '../../functions/refunds/quoteRefund.ts';
import { requestRefund } from '../../functions/refunds/requestRefund.ts';
import { submitRefund } from '../../functions/refunds/submitRefund.ts';
import { appealReview } from '../../functions/review/appealReview.ts';
import { checkMedia } from '../../functions/review/checkMedia.ts';
import { checkText } from '../../functions/review/checkText.ts';
import { checkVerdict } from '../../functions/review/checkVerdict.ts';
import { flagContent } from '../../functions/review/flagContent.ts';
import { foldMarks } from '../../functions/review/foldMarks.ts';
import { requestUpload } from '../../functions/review/requestUpload.ts';
import { serveCheckedMedia } from '../../functions/review/serveCheckedMedia.ts';
import { setMark } from '../../functions/review/setMark.ts';
import { sweepChecks } from '../../functions/review/sweepChecks.ts';
import { unsetMark } from '../../functions/review/unsetMark.ts';
import { claimDrop } from '../../functions/talk/claimDrop.ts';
import { createComment } from '../../functions/talk/createComment.ts';
import { createTopic } from '../../functions/talk/createTopic.ts';
import { expireDrops } from '../../functions/talk/expireDrops.ts';
import { foldComments } from '../../functions/talk/foldComments.ts';
import { joinGroup } from '../../functions/talk/joinGroup.ts';
import { listComments } from '../../functions/talk/listComments.ts';
import { listTopics } from '../../functions/talk/listTopics.ts';
import { rankHot } from '../../functions/talk/rankHot.ts';
import { removeComment } from '../../functions/talk/removeComment.ts';
import { removeTopic } from '../../functions/talk/removeTopic.ts';
import { updateComment } from '../../functions/talk/updateComment.ts';
import { updateTopic } from '../../functions/talk/updateTopic.ts';
import type { AnyFunction } from '../../shared/function.ts';

export const functions: Readonly<Record<string, AnyFunction>> = {
  accruePoints,
  approveRefund,
  cancelOrder,
  checkIn,
  claimGift,
  closeExpiredOrders,
  createOrder,
  createRefund,
  expireCoupons,
  expirePoints,
  payRewards,
  getAnyOrder,
  getLesson,
  getOrder,
  getPoints,
  grantCoupon,
  grantEntitlement,
  issueGifts,
  checkRefundedCourses,
  sendMessage,
  sendWaitingMessages,
  tellCertificate,
  tellFinishedCourse,
  tellGivenCoupon,
  tellPaidOrder,
  tellRefund,
  undoFinishedCourse,
  listGifts,
  listMyCoupons,
  listCases,
  listRefundsByState,
  login,
  payNotify,
  payOrder,
  prepareEvidence,
  putCartItem,
  quoteOrder,
  quoteRefund,
  receiveCoupon,
  reconcile,
  rejectRefund,
  requestRefund,
  resumeRefund,
  retryRefund,
  rewardInviter,
  submitRefund,
  sweepTasks,
  syncPayments,
  uploadShipping,
  useCoupon,
  watchWaiting,
  wechatPush,
  welcomeNewUser,
  startTrial,
  decideReview,
  listReviews,
  giveConsent,
  bindPhone,
  tellReply,
  tellRemovedContent,
  tellGainedPoints,
  rewardComment,
  rewardRestoredComment,
  undoCommentReward,
  appealReview,
  checkMedia,
  checkText,
  checkVerdict,
  flagContent,
  foldMarks,
  requestUpload,
  serveCheckedMedia,
  setMark,
  sweepChecks,
  unsetMark,
  claimDrop,
  createComment,
  createTopic,
  expireDrops,
  foldComments,
  joinGroup,
  listComments,
  listTopics,
  rankHot,
  removeComment,
  removeTopic,
  updateComment,
  updateTopic,
};
