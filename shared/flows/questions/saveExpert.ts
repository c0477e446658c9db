import * as products from '../../data/catalogue/products.ts';
import * as cases from '../../data/operations/cases.ts';
import * as experts from '../../data/questions/experts.ts';
import { questionProduct } from '../../domain/questions/expert.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TimeMs, UserId } from '../../schemas/base.ts';
import type { Expert } from '../../schemas/questions/expert.ts';
import { wantGoods } from '../operations/wantGoods.ts';

const causeOf = ({ id, version }: Expert) => ({ kind: 'expert_asked', cause: `${id}:${version}` }) as const;

/** Stores an expert, and opens a case for an offer that waits for staff from now on. */
export async function saveAsked(tx: Tx, before: Expert | null, after: Expert, now: TimeMs): Promise<void> {
  if (after === before) return;
  await experts.save(tx, before, after);
  if (before !== null && before.version === after.version) return;
  if (before?.asked != null) await closeCase(tx, before, { by: null, reason: '答主提交了新的资料', now });
  const story = `${after.asked?.name ?? ''} 申请成为答主或修改资料，请审核后批准或拒绝。`;
  await cases.open(tx, { ...causeOf(after), story, userId: after.id, productId: after.productId }, now);
}

async function closeCase(
  tx: Tx,
  expert: Expert,
  { by, reason, now }: { readonly by: UserId | null; readonly reason: string; readonly now: TimeMs },
): Promise<void> {
  const open = await cases.find(tx, causeOf(expert));
  if (open?.state !== 'open') return;
  const closed = { state: 'closed', closedAtMs: now, closedBy: by, resolution: reason } as const;
  await cases.save(tx, open, { ...open, ...closed });
}

/**
 * Stores what staff decided about an expert: the product that questions are sold as is put on sale, changed or taken
 * off sale with it, and the case is closed.
 */
export async function saveDecided(
  tx: Tx,
  before: Expert,
  after: Expert,
  by: {
    readonly ports: Pick<Ports, 'rails'>;
    readonly userId: UserId;
    readonly reason: string;
    readonly now: TimeMs;
  },
): Promise<void> {
  const { ports, userId, reason, now } = by;
  await experts.save(tx, before, after);
  await closeCase(tx, before, { by: userId, reason, now });
  const product = await products.find(tx, after.productId);
  const waitsForRail = ports.rails.xpay !== null;
  const sold = questionProduct(after, product, { waitsForRail, now });
  if (sold === null || sold === product) return;
  if (product === null) await products.insert(tx, sold);
  else await products.save(tx, product, sold);
  if (waitsForRail && sold.state === 'published') await wantGoods(tx, sold, now);
}
