import * as z from 'zod';
import * as trials from '../../shared/data/access/trials.ts';
import * as products from '../../shared/data/catalogue/products.ts';
import { beginTrial } from '../../shared/domain/access/trial.ts';
import { isOnSale } from '../../shared/domain/catalogue/product.ts';
import { needFeature } from '../../shared/domain/talk/talk.ts';
import { fail } from '../../shared/errors.ts';
import { accessToOne } from '../../shared/flows/access/accessTo.ts';
import { grantAccess } from '../../shared/flows/access/grantAccess.ts';
import { isKnownUser } from '../../shared/flows/review/isKnownUser.ts';
import { http } from '../../shared/function.ts';
import { TrialView } from '../../shared/schemas/access/trial.ts';
import { ProductId } from '../../shared/schemas/base.ts';

/**
 * Starts a trial of a course: the caller may use all of it for some days, once for ever.
 *
 * It ends by itself. It never stands in the way of buying, and what is bought meanwhile begins at once. A repeat while
 * it runs answers the same trial. Only somebody with a bound phone number,
 * or of whom two texts were published, may start one.
 */
export const startTrial = http(
  {
    route: 'POST /api/products/{id}/trial',
    auth: 'member',
    input: z.strictObject({ id: ProductId }),
    output: z.object({ trial: TrialView }),
    errors: [
      ...(['feature.off', 'product.not_found', 'product.already_owned', 'phone.required'] as const),
      ...(['trial.not_offered', 'trial.used'] as const),
    ],
  },
  async ({ input: { id }, user: { id: userId }, now, ports: { database, settings } }) => {
    needFeature(settings.talk, 'trials', 'write');
    const trial = await database.tx(async (tx) => {
      const before = await trials.find(tx, userId, id);
      const [product] = await products.peekMany(tx, [id]);
      if (product === undefined || !isOnSale(product, now)) throw fail('product.not_found');
      const access = await accessToOne(tx, userId, product, now);
      const isKnown = await isKnownUser(tx, userId, now);
      const after = beginTrial(before, { userId, product, access, isKnown, now });
      if (after === before) return after;
      await trials.insert(tx, after);
      const lasts = { access: { kind: 'until', untilAtMs: after.endsAtMs }, plan: null } as const;
      const given = { userId, productId: id, kind: product.kind, ...lasts, fromAtMs: now, now } as const;
      await grantAccess(tx, { ...given, sourceId: after.id, cause: 'trial', state: 'active' });
      return after;
    });
    return { trial };
  },
);
