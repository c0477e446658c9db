/** The one list of every collection: what a database engine needs to open. */
import type { Collection } from '../ports.ts';
import * as audit from './audit.ts';
import * as campaigns from './campaigns.ts';
import * as carts from './carts.ts';
import * as cases from './cases.ts';
import * as codeBatches from './codeBatches.ts';
import * as contents from './contents.ts';
import * as couponStocks from './couponStocks.ts';
import * as coupons from './coupons.ts';
import * as couponTemplates from './couponTemplates.ts';
import * as courses from './courses.ts';
import * as entitlements from './entitlements.ts';
import * as evidence from './evidence.ts';
import * as flashSales from './flashSales.ts';
import * as gifts from './gifts.ts';
import * as goods from './goods.ts';
import * as identities from './identities.ts';
import * as invitations from './invitations.ts';
import * as journal from './journal.ts';
import * as lessons from './lessons.ts';
import * as memberships from './memberships.ts';
import * as orders from './orders.ts';
import * as paymentExceptions from './paymentExceptions.ts';
import * as payments from './payments.ts';
import * as points from './points.ts';
import * as pointsHolds from './pointsHolds.ts';
import * as products from './products.ts';
import * as receipts from './receipts.ts';
import * as reconciliations from './reconciliations.ts';
import * as redeemCodes from './redeemCodes.ts';
import * as redemptions from './redemptions.ts';
import * as refunds from './refunds.ts';
import * as secondFactors from './secondFactors.ts';
import * as sessions from './sessions.ts';
import * as tasks from './tasks.ts';
import * as usages from './usages.ts';
import * as usedCodes from './usedCodes.ts';
import * as users from './users.ts';

/** Every collection, by name. */
export const collections: readonly Collection[] = [
  codeBatches.collection,
  redeemCodes.collection,
  audit.collection,
  audit.heads,
  campaigns.collection,
  carts.collection,
  cases.collection,
  contents.collection,
  couponStocks.collection,
  coupons.collection,
  couponTemplates.collection,
  courses.collection,
  entitlements.collection,
  flashSales.collection,
  flashSales.seats,
  flashSales.stocks,
  gifts.collection,
  evidence.collection,
  goods.collection,
  identities.collection,
  invitations.collection,
  journal.collection,
  lessons.collection,
  memberships.collection,
  orders.collection,
  paymentExceptions.collection,
  payments.collection,
  points.accounts,
  points.entries,
  pointsHolds.collection,
  products.collection,
  receipts.collection,
  redemptions.collection,
  reconciliations.collection,
  reconciliations.differences,
  refunds.collection,
  secondFactors.collection,
  sessions.collection,
  tasks.collection,
  usages.collection,
  usedCodes.collection,
  users.collection,
];
