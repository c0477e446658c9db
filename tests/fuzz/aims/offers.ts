/** Aims for drops and articles. */
import * as articles from '../../../shared/data/talk/articles.ts';
import * as drops from '../../../shared/data/talk/drops.ts';
import { HOUR_MS } from '../../../shared/schemas/base.ts';
import type { Article } from '../../../shared/schemas/talk/article.ts';
import type { Drop } from '../../../shared/schemas/talk/drop.ts';
import { anArticleDraft, givenArticle } from '../../support/given/article.ts';
import { givenTemplate } from '../../support/given/coupon.ts';
import { aDropDraft, givenDrop } from '../../support/given/drop.ts';
import { type Aim, type Aiming, type Aims, newLearner, some, withPath } from './aim.ts';

const dropsIn = ({ stored }: Aiming, state: Drop['state']) =>
  stored.all(drops.collection).filter((drop) => drop.state === state);

/** An open drop with some left; one is made when there is none. */
async function openDrop(aiming: Aiming): Promise<Pick<Drop, 'id'>> {
  const now = aiming.world.clock.now();
  const open = dropsIn(aiming, 'published').filter(
    ({ endsAtMs, audience }) => (endsAtMs ?? 0) > now + HOUR_MS / 2 && audience.kind === 'link',
  );
  return some(aiming, open) ?? givenDrop(aiming.world);
}

const createDrop: Aim = async ({ world, input }) => {
  const { id } = await givenTemplate(world, { audience: 'drop' });
  return { input: { ...input, body: aDropDraft(world, id) } };
};

const publishDrop: Aim = async ({ world, input }) => {
  const { id } = await givenDrop(world, {}, 'draft');
  return { input: withPath(input, { id }) };
};

const ofAny: Aim = async (aiming) => {
  const { id } = await openDrop(aiming);
  return { input: withPath(aiming.input, { id }) };
};

const claimDrop: Aim = async (aiming) => {
  const { id } = await givenDrop(aiming.world);
  return { actor: await newLearner(aiming), input: withPath(aiming.input, { id }, { proof: null }) };
};

/** An article that there is, or a new one. */
const someArticle = async (aiming: Aiming, state: Article['state']) =>
  some(
    aiming,
    aiming.stored.all(articles.collection).filter((article) => article.state === state),
  ) ?? givenArticle(aiming.world, {}, state === 'draft' ? 'draft' : 'published');

const ofPublished: Aim = async (aiming) => {
  const { id } = await someArticle(aiming, 'published');
  return { input: withPath(aiming.input, { id }) };
};

/** The aims by operation. */
export const offerAims: Aims = {
  createDrop,
  publishDrop,
  endDrop: ofAny,
  getAnyDrop: ofAny,
  getDrop: ofAny,
  claimDrop,
  createArticle: ({ world, input }) => ({ input: { ...input, body: anArticleDraft(world) } }),
  updateArticle: async (aiming) => {
    const { id, version: expectedVersion } = await someArticle(aiming, 'published');
    const { id: _, ...written } = anArticleDraft(aiming.world);
    return { input: { ...withPath(aiming.input, { id }), body: { ...written, expectedVersion } } };
  },
  publishArticle: async (aiming) => {
    const { id, version: expectedVersion } = await someArticle(aiming, 'draft');
    return { input: withPath(aiming.input, { id }, { expectedVersion }) };
  },
  withdrawArticle: ofPublished,
  getAnyArticle: ofPublished,
  getArticle: async (aiming) => {
    const { id } = await givenArticle(aiming.world);
    return { input: withPath(aiming.input, { id }) };
  },
};
