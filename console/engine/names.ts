/** What ids and codes are called. Each kind of name is read once, when the first of its kind is shown. */

/** Whose names: of staff by their ids, of categories by their slugs, and of what the code calls its doings. */
export type NameKind = 'staff' | 'category' | 'code';

/** Names by what they stand for. */
export type NameMap = ReadonlyMap<string, string>;

/** Reads all names of a kind. */
export type ReadNames = (kind: NameKind) => Promise<NameMap>;

/** The names that a tab knows. One that cannot be read is no trouble: what it stands for is shown instead. */
export class Names {
  readonly #read: ReadNames;
  /** Null while they are read. */
  readonly #known = new Map<NameKind, { names: NameMap | null }>();
  readonly #watchers = new Set<() => void>();

  constructor(read: ReadNames) {
    this.#read = read;
  }

  /** The name of something; null until it is known, and for something without a name. */
  of(kind: NameKind, value: string): string | null {
    return this.#known.get(kind)?.names?.get(value) ?? null;
  }

  /** Reads the names of a kind, unless they are there or under way. */
  async want(kind: NameKind): Promise<void> {
    if (this.#known.has(kind)) return;
    const own: { names: NameMap | null } = { names: null };
    this.#known.set(kind, own);
    // What was forgotten meanwhile is no longer in the map, so nobody sees it.
    own.names = await this.#read(kind).catch((): NameMap => new Map());
    for (const told of this.#watchers) told();
  }

  /** Calls `told` whenever names have come. Answers what ends that. */
  watch(told: () => void): () => void {
    this.#watchers.add(told);
    return () => this.#watchers.delete(told);
  }

  forget(): void {
    this.#known.clear();
  }
}

/** Which names a text has: a person's among staff, a category's, or a doing's. Null for a text that is its own name. */
export function namesOf(typeName: string | null, field: string, value: string): NameKind | null {
  // Where a thing's own id stands, its name stands beside it.
  if (field === 'id') return null;
  if (value.startsWith('usr_')) return 'staff';
  if (typeName === 'Category') return 'category';
  return CODED.has(field) ? 'code' : null;
}

/** Fields that say what the code calls something. `name` is an event's. */
const CODED = new Set(['action', 'consumer', 'name']);
