/** Agreeing to texts. */
import type { LegalKind, UserView } from '../../client/types.ts';
import { client } from '../wx/client.ts';
import { failureOf } from '../wx/failure.ts';

/** Agrees to the version of a text that holds now. `page` is where the person did so. @throws ZhikeError, LostAnswer */
export async function agreeTo(kind: LegalKind, page: string): Promise<UserView> {
  const { version } = await client.getLegalText({ kind });
  return client.giveConsent({ kind, version, page, appVersion: APP_VERSION });
}

/**
 * Records that the person agreed to the terms and the privacy policy when they logged in. They are logged in even if
 * this fails, and are asked again on their own page.
 */
export async function agreeToTerms(page: string): Promise<void> {
  try {
    await agreeTo('terms', page);
    await agreeTo('privacy', page);
  } catch (caught) {
    failureOf(caught);
  }
}
