import * as z from 'zod';
import * as experts from '../../shared/data/questions/experts.ts';
import { myExpertView, offerAnswers } from '../../shared/domain/questions/expert.ts';
import { needFeature } from '../../shared/domain/talk/talk.ts';
import { saveAsked } from '../../shared/flows/questions/saveExpert.ts';
import { agreedUser } from '../../shared/flows/review/mayWrite.ts';
import { http } from '../../shared/function.ts';
import { DAY_MS } from '../../shared/schemas/base.ts';
import { ExpertOffer, MyExpertView } from '../../shared/schemas/questions/expert.ts';

/**
 * Offers to answer paid questions, or changes the offer. Staff read it before anybody else does.
 *
 * What was approved before stays in force until then. The same offer again changes nothing. A price is from 5 to 500
 * yuan. Medicine, law and investment need a licence, which only staff see.
 */
export const applyAsExpert = http(
  {
    route: 'PUT /api/me/expert',
    auth: 'member',
    input: z.strictObject({ offer: ExpertOffer }),
    output: z.object({ expert: MyExpertView }),
    errors: [
      ...(['feature.off', 'consent.required', 'phone.required'] as const),
      ...(['expert.price_out_of_range', 'expert.licence_missing'] as const),
    ],
    limit: { max: 20, windowMs: DAY_MS },
  },
  async ({ input: { offer }, user, now, ports }) => {
    needFeature(ports.settings.talk, 'questions', 'write');
    const expert = await ports.database.tx(async (tx) => {
      await agreedUser(tx, user.id, 'expert', ports);
      const before = await experts.find(tx, user.id);
      const after = offerAnswers(before, user.id, offer, now);
      await saveAsked(tx, before, after, now);
      return after;
    });
    return { expert: myExpertView(expert, now) };
  },
);
