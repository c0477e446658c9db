/** Goes to another page. */

/** The pages of the tab bar. They are switched to, and take no query. */
const TABS = ['/pages/home/home', '/pages/list/list', '/pages/learn/learn', '/pages/me/me'];

/** The platform opens at most ten pages, and does nothing about the next one. */
const DEPTH_MAX = 9;

/** Opens a page. When too many are open, it takes the place of the one in front. */
export async function go(url: string): Promise<void> {
  if (TABS.includes(url)) await wx.switchTab({ url });
  else if (getCurrentPages().length >= DEPTH_MAX) await wx.redirectTo({ url });
  else await wx.navigateTo({ url });
}

/** Opens a page in place of the one in front. */
export async function goInstead(url: string): Promise<void> {
  await wx.redirectTo({ url });
}

/** Goes back, or home when there is nothing behind, as after a share was opened. */
export async function back(): Promise<void> {
  if (getCurrentPages().length > 1) await wx.navigateBack({ delta: 1 });
  else await wx.switchTab({ url: '/pages/home/home' });
}
