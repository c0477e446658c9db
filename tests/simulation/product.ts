/** The functions that the simulation runs, by name: those that buyers, staff, WeChat, the broker and the clock call. */

import { accruePoints } from '../../functions/accruePoints.ts';
import { approveRefund } from '../../functions/admin/approveRefund.ts';
import { createRefund } from '../../functions/admin/createRefund.ts';
import { getAnyOrder } from '../../functions/admin/getAnyOrder.ts';
import { listRefundsByState } from '../../functions/admin/listRefundsByState.ts';
import { rejectRefund } from '../../functions/admin/rejectRefund.ts';
import { retryRefund } from '../../functions/admin/retryRefund.ts';
import { cancelOrder } from '../../functions/cancelOrder.ts';
import { checkIn } from '../../functions/checkIn.ts';
import { claimGift } from '../../functions/claimGift.ts';
import { closeExpiredOrders } from '../../functions/closeExpiredOrders.ts';
import { createOrder } from '../../functions/createOrder.ts';
import { expireCoupons } from '../../functions/expireCoupons.ts';
import { expirePoints } from '../../functions/expirePoints.ts';
import { getLesson } from '../../functions/getLesson.ts';
import { getOrder } from '../../functions/getOrder.ts';
import { getPoints } from '../../functions/getPoints.ts';
import { grantCoupon } from '../../functions/grantCoupon.ts';
import { grantEntitlement } from '../../functions/grantEntitlement.ts';
import { issueGifts } from '../../functions/issueGifts.ts';
import { listGifts } from '../../functions/listGifts.ts';
import { listMyCoupons } from '../../functions/listMyCoupons.ts';
import { login } from '../../functions/login.ts';
import { payNotify } from '../../functions/payNotify.ts';
import { payOrder } from '../../functions/payOrder.ts';
import { prepareEvidence } from '../../functions/prepareEvidence.ts';
import { putCartItem } from '../../functions/putCartItem.ts';
import { quoteOrder } from '../../functions/quoteOrder.ts';
import { quoteRefund } from '../../functions/quoteRefund.ts';
import { receiveCoupon } from '../../functions/receiveCoupon.ts';
import { reconcile } from '../../functions/reconcile.ts';
import { requestRefund } from '../../functions/requestRefund.ts';
import { rewardInviter } from '../../functions/rewardInviter.ts';
import { submitRefund } from '../../functions/submitRefund.ts';
import { sweepTasks } from '../../functions/sweepTasks.ts';
import { syncPayments } from '../../functions/syncPayments.ts';
import { uploadShipping } from '../../functions/uploadShipping.ts';
import { useCoupon } from '../../functions/useCoupon.ts';
import { wechatPush } from '../../functions/wechatPush.ts';
import { welcomeNewUser } from '../../functions/welcomeNewUser.ts';
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
  getAnyOrder,
  getLesson,
  getOrder,
  getPoints,
  grantCoupon,
  grantEntitlement,
  issueGifts,
  listGifts,
  listMyCoupons,
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
  retryRefund,
  rewardInviter,
  submitRefund,
  sweepTasks,
  syncPayments,
  uploadShipping,
  useCoupon,
  wechatPush,
  welcomeNewUser,
};
