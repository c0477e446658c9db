import type { Page } from 'playwright-core';

/** How small, in px, something to tap may be on a phone. Half a pixel is lost where rpx become px. */
const TARGET_PX = 43.5;

/** What on the page in front is too small to be tapped, a line each. */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    const wanted =
      'button, input:not([type=checkbox]), textarea, select, [role=button], [role=link], [role=radio], [role=checkbox]';
    return [...document.querySelectorAll<HTMLElement>('#pages *')]
      .filter((element) => element.matches(wanted) && element.checkVisibility())
      .flatMap((element) => {
        const { width, height } = element.getBoundingClientRect();
        const isSmall = width > 0 && (width < least || height < least);
        const name = element.getAttribute('aria-label') ?? element.textContent;
        return isSmall ? [`${name}: ${Math.round(width)} × ${Math.round(height)} px`] : [];
      });
  }, TARGET_PX);
}
