/** Pictures of products. */

/**
 * A picture's address at the width that is needed, in px of the screen. Only what the shop keeps can be made smaller.
 */
export function coverAt(url: string, widthPx: number): string {
  if (!/^https?:\/\//.test(url) || url.includes('?')) return url;
  return `${url}?imageMogr2/thumbnail/${Math.ceil(widthPx)}x`;
}

/** What stands in place of a picture that does not come: the beginning of the title. */
export function coverLetters(title: string): string {
  return [...title.replace(/[^\p{L}\p{N}]/gu, '')].slice(0, 2).join('');
}
