/** The platform's question whether personal data may be used. It has one listener, which `app.ts` sets. */
import type { PrivacyDecision } from '../../local/phone/platform.ts';

type Answer = (decision: PrivacyDecision) => void;

const waiting: Answer[] = [];
const sheets: (() => void)[] = [];

/** Opens the sheet of the page in front, and tells the platform that it is seen. */
function showSheet(): void {
  const show = sheets[sheets.length - 1];
  if (show === undefined) return;
  show();
  for (const resolve of waiting) resolve({ event: 'exposureAuthorization' });
}

/** Listens to the platform. What asks while a sheet is open waits for its answer. */
export function watchPrivacy(): void {
  wx.onNeedPrivacyAuthorization((resolve) => {
    waiting.push(resolve);
    showSheet();
  });
}

/** Whether something waits for an answer. */
export function isPrivacyAsked(): boolean {
  return waiting.length > 0;
}

/** The sheet of the page in front. `show` is called when something asks, until the returned function is called. */
export function onPrivacyAsked(show: () => void): () => void {
  sheets.push(show);
  if (isPrivacyAsked()) showSheet();
  return () => {
    const at = sheets.lastIndexOf(show);
    if (at >= 0) sheets.splice(at, 1);
  };
}

/** Answers everything that waits. */
export function answerPrivacy(decision: PrivacyDecision): void {
  for (const resolve of waiting.splice(0)) resolve(decision);
}
