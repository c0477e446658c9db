/**
 * What is aimed: an input that fits its schema becomes one that can go through, by what the world has at that moment.
 * An aim is of one operation. It may change who calls, and may first do what the operation builds on.
 */
import * as products from '../../../shared/data/catalogue/products.ts';
import { mayDo } from '../../../shared/domain/identity/permission.ts';
import type { Product } from '../../../shared/schemas/catalogue/product.ts';
import type { StaffAction } from '../../../shared/schemas/identity/permission.ts';
import { oneOf } from '../../support/seeded.ts';
import type { World } from '../../support/world.ts';
import type { Actor } from '../actors.ts';
import type { Input } from '../arbitrary.ts';
import type { Watched } from '../watched.ts';

/** A call as a platform sends it. */
export interface Sealed {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly rawBody: string;
}

/** What an aim is given. */
export interface Aiming {
  readonly world: World;
  readonly stored: Watched;
  /** Everybody who calls in this world. */
  readonly actors: readonly Actor[];
  /** Who is to call unless the aim says otherwise: somebody who may. */
  readonly actor: Actor;
  /** Fits the schema. */
  readonly input: Input;
  /** 0 ≤ x < 1, the same for the same seed. */
  readonly chance: () => number;
  /** Calls another operation, aimed as well: what it leaves can be built on. */
  readonly first: (operationId: string) => Promise<void>;
}

/** A call that can go through. */
export interface Aimed {
  readonly input: Input;
  readonly actor?: Actor;
  /** Of a platform's call: signs and seals its body, whatever has become of it by then. */
  readonly seal?: (words: unknown) => Sealed;
}

/** Null when nothing in the world would let it go through. */
export type Aim = (aiming: Aiming) => Promise<Aimed | null> | Aimed | null;

/** Aims by the operations that they are of. */
export type Aims = Readonly<Record<string, Aim>>;

/** One of them, by chance; null when there is none. */
export function some<T>({ chance }: Pick<Aiming, 'chance'>, items: readonly T[]): T | null {
  return items.length === 0 ? null : oneOf(chance, items);
}

/** One of what there is, or of what there is once the operation that makes such things was called. */
export async function someAfter<T>(
  aiming: Aiming,
  find: () => readonly T[],
  operationId: string,
): Promise<T | null> {
  if (find().length === 0) await aiming.first(operationId);
  return some(aiming, find());
}

type Fields = Readonly<Record<string, unknown>>;

/** The fields of a body; none of what is no object. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The input with other fields in its body. */
export function withBody(input: Input, changes: Fields): Input {
  return { ...input, body: { ...fieldsOf(input.body), ...changes } };
}

/** The input with other parameters in its path, and other fields in its body where any are given. */
export function withPath(input: Input, path: Readonly<Record<string, string>>, changes?: Fields): Input {
  const inPath = { ...input, path: { ...input.path, ...path } };
  return changes === undefined ? inPath : withBody(inPath, changes);
}

/** The input with other parameters in its query. */
export function withQuery(input: Input, changes: Fields): Input {
  return { ...input, query: { ...input.query, ...changes } };
}

/** The learners of a world, with who came later. */
export function learnersOf({ actors }: Pick<Aiming, 'actors'>): Actor[] {
  return actors.filter(({ role }) => role === 'learner');
}

/** Who of the cast may do this. */
export function staffWho({ actors }: Pick<Aiming, 'actors'>, action: StaffAction): Actor[] {
  return actors.filter(({ role }) => role !== null && mayDo(role, action));
}

/** The actor of that user; null for who does not call. */
export function actorOf({ actors }: Pick<Aiming, 'actors'>, userId: string | null): Actor | null {
  return actors.find((one) => one.userId === userId) ?? null;
}

/** The documents that belong to who calls in this world, each with its owner. */
export function owned<D extends { readonly userId: string | null }>(
  aiming: Pick<Aiming, 'actors'>,
  docs: readonly D[],
): { readonly doc: D; readonly owner: Actor }[] {
  return docs.flatMap((doc) => {
    const owner = actorOf(aiming, doc.userId);
    return owner === null || owner.token === null ? [] : [{ doc, owner }];
  });
}

/** Products in a state that fit. */
export function productsIn(
  { stored }: Pick<Aiming, 'stored'>,
  state: Product['state'],
  fits: (product: Product) => boolean = () => true,
): Product[] {
  return stored.all(products.collection).filter((one) => one.state === state && fits(one));
}

/** Somebody new, who came by WeChat. */
export async function newLearner({ world }: Pick<Aiming, 'world'>): Promise<Actor> {
  const name = world.ports.ids.make('guest');
  const { token, userId, openid } = await world.login(name);
  return { name, role: 'learner', token, userId, openid };
}

/** A name that nobody has. */
export function newUserName({ world }: Pick<Aiming, 'world'>): string {
  return world.ports.ids.make('n').slice(-20);
}
