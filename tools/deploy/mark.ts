/**
 * What stands in the Description of an alias: the release that is served, and where to go back to. It is all that a
 * deployment remembers, and it is in the cloud.
 */

/** Why an alias stands where it does. */
export interface Mark {
  readonly release: string;
  readonly state:
    | { readonly kind: 'after'; readonly before: string | null; readonly isSettled: boolean }
    | { readonly kind: 'back'; readonly from: string }
    | { readonly kind: 'canary'; readonly of: string };
}

const TEXT = /^(\S+) (after|back from|canary) (\S+)( settled)?$/;
const NOTHING = 'nothing';

/** The mark in a description; null when nobody of us has written it. */
export function markOf(description: string): Mark | null {
  const [, release = '', word, other = '', settled] = TEXT.exec(description) ?? [];
  if (word === 'back from') return { release, state: { kind: 'back', from: other } };
  if (word === 'canary') return { release, state: { kind: 'canary', of: other } };
  if (word !== 'after') return null;
  const before = other === NOTHING ? null : other;
  return { release, state: { kind: 'after', before, isSettled: settled !== undefined } };
}

/** The description that `markOf` reads. */
export function describe({ release, state }: Mark): string {
  switch (state.kind) {
    case 'after':
      return `${release} after ${state.before ?? NOTHING}${state.isSettled ? ' settled' : ''}`;
    case 'back':
      return `${release} back from ${state.from}`;
    case 'canary':
      return `${release} canary ${state.of}`;
  }
}
