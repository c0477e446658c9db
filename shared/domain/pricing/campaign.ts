/** Full-reduction campaigns: what a ladder takes off the lines it applies to. */
import { type Fen, fen } from '../../schemas/base.ts';
import type { PricedLine } from '../../schemas/orders/order.ts';
import type { Campaign } from '../../schemas/pricing/promotion.ts';
import type { Combinations } from '../../schemas/pricing/selling.ts';
import { isOnShelf } from '../catalogue/shelf.ts';
import { isEligible } from '../coupons/coupon.ts';
import { priceCut } from './priceCut.ts';

/** Whether a line at its present price may be combined with a campaign. A question never is. */
function mayMeetCampaign({ source, kind }: PricedLine, table: Combinations): boolean {
  if (!isOnShelf({ kind })) return false;
  if (source === 'flash') return table.flashWithCampaign;
  if (source === 'limited') return table.limitedWithCampaign;
  return source === 'member' ? table.memberWithCampaign : true;
}

/** The largest share that any step of a campaign takes off its threshold, in basis points, rounded up. */
export function steepestCut({ ladder }: Pick<Campaign, 'ladder'>): number {
  return Math.max(...ladder.map(({ thresholdFen, offFen }) => priceCut(thresholdFen, thresholdFen - offFen)));
}

/** What a campaign takes off some lines. */
export interface CampaignOff {
  readonly campaign: Campaign;
  /** Whether the campaign applies to a line. */
  readonly isFor: (line: PricedLine) => boolean;
  /** 0 below the first threshold. */
  readonly offFen: Fen;
  /** The total of the lines it applies to. */
  readonly eligibleFen: number;
  /** How much is missing to the first threshold; 0 when it is reached. */
  readonly missingFen: number;
}

/** What this campaign takes off: the highest step that its lines reach. */
export function campaignOff(
  campaign: Campaign,
  lines: readonly PricedLine[],
  table: Combinations,
): CampaignOff {
  const { scope, ladder } = campaign;
  const isFor = (line: PricedLine) => mayMeetCampaign(line, table) && isEligible(scope, line);
  const eligibleFen = lines.reduce<number>((sum, line) => sum + (isFor(line) ? line.paidFen : 0), 0);
  const step = ladder.findLast(({ thresholdFen }) => eligibleFen >= thresholdFen);
  const missingFen = Math.max(0, (ladder[0]?.thresholdFen ?? 0) - eligibleFen);
  return { campaign, isFor, offFen: fen(step?.offFen ?? 0), eligibleFen, missingFen };
}
