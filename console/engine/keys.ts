/** Single keys that the console listens to on a whole screen. */

/**
 * Whether a key is for the screen: not typed into a field, held down, part of a character that is being composed, or
 * for the browser.
 */
export function isForScreen(event: KeyboardEvent): boolean {
  const { target, ctrlKey, metaKey, altKey, repeat, isComposing } = event;
  if (ctrlKey || metaKey || altKey || repeat || isComposing) return false;
  return !(target instanceof HTMLElement && target.matches('input, select, textarea, audio, dialog *'));
}
