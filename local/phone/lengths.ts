/** Lengths in WXSS and in style attributes, which are those of the phone's screen. */

/** Lengths of the phone in place of those of the page that shows it. */
export function lengthsOf(declarations: string): string {
  return declarations
    .replace(/(-?\d*\.?\d+)rpx\b/g, 'calc(var(--rpx) * $1)')
    .replace(/(-?\d*\.?\d+)v([hw])\b/g, 'calc(var(--v$2) * $1)')
    .replace(/env\(safe-area-inset-(\w+)\)/g, 'var(--safe-$1, 0px)');
}
