/** Aims for shares: links, and who comes by them. */
import * as shares from '../../../shared/data/shares/shares.ts';
import { oneOf } from '../../support/seeded.ts';
import { type Aims, productsIn, some, withBody } from './aim.ts';

/** The aims by operation. */
export const shareAims: Aims = {
  createShare: (aiming) => {
    const products = productsIn(aiming, 'published').map(({ id }) => id);
    return { input: withBody(aiming.input, { target: oneOf(aiming.chance, ['shop', ...products]) }) };
  },

  recordVisit: async (aiming) => {
    const all = () =>
      aiming.stored.all(shares.collection).filter(({ userId }) => userId !== aiming.actor.userId);
    if (all().length === 0) await aiming.first('createShare');
    const share = some(aiming, all());
    return share && { input: withBody(aiming.input, { token: share.token, arrivedAgoMs: 0 }) };
  },
};
