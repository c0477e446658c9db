import * as identities from '../../data/identity/identities.ts';
import * as nameWords from '../../data/identity/nameWords.ts';
import * as users from '../../data/identity/users.ts';
import { askedNames, foldedName, isCalled, isFirstWord, shortened } from '../../domain/identity/nameWords.ts';
import { wholePhone } from '../../domain/identity/user.ts';
import { fail } from '../../errors.ts';
import type { Page, Reader } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import { UserId } from '../../schemas/base.ts';
import { type User, UserName } from '../../schemas/identity/user.ts';
import { simplified, writingsOf } from '../catalogue/simplified.ts';

/** How many pages without anybody to show are read on for one with somebody. */
const EMPTY_PAGES_MAX = 20;

interface PageAsked {
  readonly limit: number;
  readonly cursor: string | null;
}

/** Who is searched. */
interface Sought {
  readonly words: string;
  /** Whether only what everybody sees of people counts: their nicknames, and whole ids. */
  readonly isNarrow: boolean;
}

/** One way to find people: who is found by it, page by page. */
type Source = (page: PageAsked) => Promise<Page<User>>;

const isPresent = ({ takenOverBy }: User) => takenOverBy === null;

/** People who are found at once, on one page. */
const known =
  (find: () => Promise<readonly (User | null)[]>): Source =>
  async () => ({ items: (await find()).filter((user) => user !== null).filter(isPresent), nextCursor: null });

/** Whose user name begins so. */
function byUserName(reader: Pick<Reader, 'list' | 'findMany'>, start: string): Source {
  return async (page) => {
    const found = await identities.namedFrom(reader, start, page);
    const ids = found.items.map(({ userId }) => userId);
    return { items: (await users.among(reader, ids)).filter(isPresent), nextCursor: found.nextCursor };
  };
}

/** Whose nickname has a word that begins so, and all the words that were asked for. */
function byNickname(
  reader: Pick<Reader, 'list' | 'findMany'>,
  { start, isSought }: { readonly start: string; readonly isSought: (user: User) => boolean },
): Source {
  return async (page) => {
    const words = await nameWords.beginning(reader, start, page);
    const found = await users.among(
      reader,
      words.items.map(({ userId }) => userId),
    );
    const byId = new Map(found.map((user) => [user.id, user]));
    const items = words.items.flatMap(({ id, userId }) => {
      const user = byId.get(userId);
      const isShown = user !== undefined && isPresent(user) && isFirstWord(user, start, id) && isSought(user);
      return isShown ? [user] : [];
    });
    return { items, nextCursor: words.nextCursor };
  };
}

/** The beginnings of stored words for a word: its first two characters, each as it may have been written. */
function startsOf(word: string): string[] {
  const [first = '', second = ''] = [...simplified(word)];
  if (!/^\p{Script=Han}/u.test(first)) return [shortened(/^\P{Script=Han}+/u.exec(word)?.[0] ?? word)];
  const seconds = second === '' ? [''] : writingsOf(second);
  return writingsOf(first).flatMap((one) => seconds.map((other) => one + other));
}

function sourcesOf(
  { database, secrets }: Pick<Ports, 'database' | 'secrets'>,
  { words, isNarrow }: Sought,
): Source[] {
  const [id, name] = [UserId.safeParse(words), UserName.safeParse(words)];
  if (id.success) return [known(async () => [await users.find(database, id.data)])];
  const phone =
    !isNarrow && /^1[0-9]{10}$/.test(words) ? secrets.digest('phone', wholePhone('86', words)) : null;
  const asked = askedNames(simplified(words));
  const [longest = ''] = asked.toSorted((one, other) => other.length - one.length);
  const isSought = (user: User) => isCalled(simplified(foldedName(user.nickname)), asked);
  const starts = longest === '' ? [] : startsOf(longest);
  return [
    ...(phone === null ? [] : [known(() => users.ofPhone(database, phone))]),
    ...(name.success && !isNarrow ? [byUserName(database, name.data)] : []),
    ...starts.map((start) => byNickname(database, { start, isSought })),
  ];
}

/** Which source a page is of, and where in it. @throws request.invalid for what is no cursor */
function placeOf(cursor: string | null): { readonly at: number; readonly within: string | null } {
  const read = /^([0-9]{1,3})_(.*)$/.exec(cursor ?? '0_');
  if (read === null) throw fail('request.invalid', { params: { field: 'cursor' } });
  return { at: Number(read[1]), within: read[2] || null };
}

/**
 * One page of the users with this name, in alphabetical order: a user is found by the beginnings of the words of the
 * nickname (all that were typed must be there), by the beginning of the user name, or by the whole id or phone number.
 * A user who is found in two ways may come twice, on two pages. A page may be shorter than the limit.
 * @throws request.invalid for a cursor of another search
 */
export async function usersCalled(
  ports: Pick<Ports, 'database' | 'secrets'>,
  { limit, cursor, ...sought }: PageAsked & Sought,
): Promise<Page<User>> {
  const sources = sourcesOf(ports, sought);
  let { at, within } = placeOf(cursor);
  for (let empty = 0; ; empty += 1) {
    const source = sources[at];
    if (source === undefined) return { items: [], nextCursor: null };
    const page = await source({ limit, cursor: within });
    at = page.nextCursor === null ? at + 1 : at;
    within = page.nextCursor;
    const nextCursor = at >= sources.length ? null : `${at}_${within ?? ''}`;
    if (page.items.length > 0 || nextCursor === null || empty === EMPTY_PAGES_MAX) {
      return { items: [...new Map(page.items.map((user) => [user.id, user])).values()], nextCursor };
    }
  }
}
