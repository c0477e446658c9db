/** The list of all collections, which a database engine needs to open. */
import type { Collection } from '../ports/database.ts';
import * as codeBatches from './access/codeBatches.ts';
import * as entitlements from './access/entitlements.ts';
import * as gifts from './access/gifts.ts';
import * as memberships from './access/memberships.ts';
import * as redeemCodes from './access/redeemCodes.ts';
import * as trials from './access/trials.ts';
import * as usages from './access/usages.ts';
import * as journal from './books/journal.ts';
import * as reconciliations from './books/reconciliations.ts';
import * as categories from './catalogue/categories.ts';
import * as contents from './catalogue/contents.ts';
import * as courses from './catalogue/courses.ts';
import * as lessons from './catalogue/lessons.ts';
import * as products from './catalogue/products.ts';
import * as couponGrants from './coupons/couponGrants.ts';
import * as couponStocks from './coupons/couponStocks.ts';
import * as coupons from './coupons/coupons.ts';
import * as couponTemplates from './coupons/couponTemplates.ts';
import * as feedbacks from './feedback/feedbacks.ts';
import * as attempts from './identity/attempts.ts';
import * as consentEntries from './identity/consentEntries.ts';
import * as identities from './identity/identities.ts';
import * as invitations from './identity/invitations.ts';
import * as legalTexts from './identity/legalTexts.ts';
import * as nameWords from './identity/nameWords.ts';
import * as profiles from './identity/profiles.ts';
import * as proposals from './identity/proposals.ts';
import * as secondFactors from './identity/secondFactors.ts';
import * as sessions from './identity/sessions.ts';
import * as usedCodes from './identity/usedCodes.ts';
import * as users from './identity/users.ts';
import * as inboxes from './inbox/inboxes.ts';
import * as messages from './inbox/messages.ts';
import * as subscriptions from './inbox/subscriptions.ts';
import * as certificates from './learning/certificates.ts';
import * as courseProgresses from './learning/courseProgresses.ts';
import * as learners from './learning/learners.ts';
import * as notes from './learning/notes.ts';
import * as progresses from './learning/progresses.ts';
import * as quizzes from './learning/quizzes.ts';
import * as audit from './operations/audit.ts';
import * as cases from './operations/cases.ts';
import * as goods from './operations/goods.ts';
import * as looks from './operations/looks.ts';
import * as platformRefusals from './operations/platformRefusals.ts';
import * as carts from './orders/carts.ts';
import * as openOrders from './orders/openOrders.ts';
import * as orders from './orders/orders.ts';
import * as paces from './payments/paces.ts';
import * as paymentExceptions from './payments/paymentExceptions.ts';
import * as payments from './payments/payments.ts';
import * as receipts from './payments/receipts.ts';
import * as points from './points/points.ts';
import * as pointsHolds from './points/pointsHolds.ts';
import * as redemptions from './points/redemptions.ts';
import * as campaigns from './pricing/campaigns.ts';
import * as flashSales from './pricing/flashSales.ts';
import * as answers from './questions/answers.ts';
import * as experts from './questions/experts.ts';
import * as questions from './questions/questions.ts';
import * as evidence from './refunds/evidence.ts';
import * as refunds from './refunds/refunds.ts';
import * as blocks from './review/blocks.ts';
import * as flags from './review/flags.ts';
import * as marks from './review/marks.ts';
import * as mediaChecks from './review/mediaChecks.ts';
import * as uploads from './review/uploads.ts';
import * as writers from './review/writers.ts';
import * as sales from './shares/sales.ts';
import * as shares from './shares/shares.ts';
import * as touches from './shares/touches.ts';
import * as visits from './shares/visits.ts';
import * as articles from './talk/articles.ts';
import * as comments from './talk/comments.ts';
import * as drops from './talk/drops.ts';
import * as groupNotes from './talk/groupNotes.ts';
import * as groups from './talk/groups.ts';
import * as threadCounts from './talk/threadCounts.ts';
import * as topics from './talk/topics.ts';
import * as tasks from './tasks.ts';

/** Every collection. */
export const collections: readonly Collection[] = [
  codeBatches.collection,
  redeemCodes.collection,
  audit.collection,
  audit.heads,
  attempts.collection,
  campaigns.collection,
  carts.collection,
  openOrders.collection,
  cases.collection,
  categories.collection,
  contents.collection,
  couponGrants.collection,
  couponStocks.collection,
  coupons.collection,
  couponTemplates.collection,
  courses.collection,
  entitlements.collection,
  flashSales.collection,
  flashSales.seats,
  flashSales.stocks,
  profiles.collection,
  proposals.collection,
  proposals.made,
  gifts.collection,
  evidence.collection,
  feedbacks.collection,
  goods.collection,
  identities.collection,
  inboxes.collection,
  messages.collection,
  subscriptions.collection,
  consentEntries.collection,
  legalTexts.collection,
  legalTexts.present,
  invitations.collection,
  journal.collection,
  lessons.collection,
  certificates.collection,
  certificates.numbers,
  courseProgresses.collection,
  learners.collection,
  notes.collection,
  progresses.collection,
  quizzes.collection,
  quizzes.attempts,
  sales.collection,
  shares.collection,
  shares.tokens,
  touches.collection,
  visits.collection,
  comments.collection,
  blocks.collection,
  mediaChecks.collection,
  mediaChecks.traces,
  uploads.collection,
  articles.collection,
  articles.tagged,
  drops.collection,
  drops.claims,
  flags.collection,
  marks.collection,
  writers.collection,
  groups.collection,
  groupNotes.collection,
  threadCounts.collection,
  threadCounts.ratings,
  topics.collection,
  questions.collection,
  answers.collection,
  experts.collection,
  looks.collection,
  memberships.collection,
  nameWords.collection,
  orders.collection,
  paces.collection,
  paymentExceptions.collection,
  payments.collection,
  platformRefusals.collection,
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
  trials.collection,
  usages.collection,
  usedCodes.collection,
  users.collection,
];
