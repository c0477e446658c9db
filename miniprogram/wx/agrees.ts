/** Agreeing to the community's rules before something is written. */
import { client } from './client.ts';
import { failureOf } from './failure.ts';

/** Asks the person to agree to the rules, by their title; whether they did. `page` is recorded as where it was. */
async function agrees(page: string): Promise<boolean> {
  const { title, version } = await client.getLegalText({ kind: 'community' });
  const asked = { title: '发布前请阅读', content: `发布内容需要遵守《${title}》`, confirmText: '同意' };
  const { confirm } = await wx.showModal(asked);
  if (confirm) await client.giveConsent({ kind: 'community', version, page, appVersion: APP_VERSION });
  return confirm;
}

/** Writes something; who has not agreed to the community's rules is asked first, once. */
export async function writeAgreed<T>(page: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (caught) {
    if (failureOf(caught).code !== 'consent.required' || !(await agrees(page))) throw caught;
    return write();
  }
}
