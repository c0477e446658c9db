/**
 * Ids of what a client creates. An id is made once and kept until there is an answer, so that a retry cannot create
 * twice.
 */

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** `<prefix>_<ULID>`: ten characters of time and sixteen random ones. `random` answers numbers 0 ≤ x < 1. */
export function makeId(
  prefix:
    | 'ord'
    | 'rfd'
    | 'rdm'
    | 'prd'
    | 'les'
    | 'tpl'
    | 'adj'
    | 'bat'
    | 'mgr'
    | 'agr'
    | 'cgr'
    | 'fls'
    | 'cmp'
    | 'nte'
    | 'cmt'
    | 'grp'
    | 'top'
    | 'fbk'
    | 'art'
    | 'drp'
    | 'upl',
  nowMs: number,
  random: () => number,
): string {
  let time = '';
  for (let rest = nowMs, i = 0; i < 10; i++, rest = Math.floor(rest / 32))
    time = ALPHABET.charAt(rest % 32) + time;
  let chance = '';
  for (let i = 0; i < 16; i++) chance += ALPHABET.charAt(Math.floor(random() * 32));
  return `${prefix}_${time}${chance}`;
}
