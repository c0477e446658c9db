/**
 * An aim turns an input that only matches its schema into one that can succeed, using what the world contains at that
 * moment. Each aim belongs to one operation. It may change the caller, and may first call other operations that this
 * one depends on.
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

/** A platform's call with its signature. */
export interface Sealed {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly rawBody: string;
}

/** The input of an aim. */
export interface Aiming {
  readonly world: World;
  readonly stored: Watched;
  /** All callers of this world. */
  readonly actors: readonly Actor[];
  /** The caller, unless the aim chooses another. It has the needed permission. */
  readonly actor: Actor;
  /** An input that matches the schema. */
  readonly input: Input;
  /** A random number, 0 ≤ x < 1, reproducible by the seed. */
  readonly chance: () => number;
  /** Calls another operation, aimed as well, so that this one can use its result. */
  readonly first: (operationId: string) => Promise<void>;
}

/** A call that can succeed. */
export interface Aimed {
  readonly input: Input;
  readonly actor?: Actor;
  /** For a platform's call: signs and seals the body, even after it was changed. */
  readonly seal?: (words: unknown) => Sealed;
}

/** Null when the call cannot succeed in the present world. */
export type Aim = (aiming: Aiming) => Promise<Aimed | null> | Aimed | null;

/** Aims by operation. */
export type Aims = Readonly<Record<string, Aim>>;

/** A random item; null when there is none. */
export function some<T>({ chance }: Pick<Aiming, 'chance'>, items: readonly T[]): T | null {
  return items.length === 0 ? null : oneOf(chance, items);
}

/** A random item of `find`. When there is none, the operation that makes such items is called first. */
export async function someAfter<T>(
  aiming: Aiming,
  find: () => readonly T[],
  operationId: string,
): Promise<T | null> {
  if (find().length === 0) await aiming.first(operationId);
  return some(aiming, find());
}

type Fields = Readonly<Record<string, unknown>>;

/** The fields of a body; empty when the body is not an object. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The input with these fields changed in its body. */
export function withBody(input: Input, changes: Fields): Input {
  return { ...input, body: { ...fieldsOf(input.body), ...changes } };
}

/** The input with these parameters in its path, and these fields changed in its body, if any are given. */
export function withPath(input: Input, path: Readonly<Record<string, string>>, changes?: Fields): Input {
  const inPath = { ...input, path: { ...input.path, ...path } };
  return changes === undefined ? inPath : withBody(inPath, changes);
}

/** The input with these parameters in its query. */
export function withQuery(input: Input, changes: Fields): Input {
  return { ...input, query: { ...input.query, ...changes } };
}

/** The learners of a world, including those who came later. */
export function learnersOf({ actors }: Pick<Aiming, 'actors'>): Actor[] {
  return actors.filter(({ role }) => role === 'learner');
}

/** The callers with this permission. */
export function staffWho({ actors }: Pick<Aiming, 'actors'>, action: StaffAction): Actor[] {
  return actors.filter(({ role }) => role !== null && mayDo(role, action));
}

/** The caller with this user id; null for a user who is not a caller. */
export function actorOf({ actors }: Pick<Aiming, 'actors'>, userId: string | null): Actor | null {
  return actors.find((one) => one.userId === userId) ?? null;
}

/** The documents that belong to the callers of this world, each with its owner. */
export function owned<D extends { readonly userId: string | null }>(
  aiming: Pick<Aiming, 'actors'>,
  docs: readonly D[],
): { readonly doc: D; readonly owner: Actor }[] {
  return docs.flatMap((doc) => {
    const owner = actorOf(aiming, doc.userId);
    return owner === null || owner.token === null ? [] : [{ doc, owner }];
  });
}

/** The products in this state that fit. */
export function productsIn(
  { stored }: Pick<Aiming, 'stored'>,
  state: Product['state'],
  fits: (product: Product) => boolean = () => true,
): Product[] {
  return stored.all(products.collection).filter((one) => one.state === state && fits(one));
}

/** A new user who came by WeChat. */
export async function newLearner({ world }: Pick<Aiming, 'world'>): Promise<Actor> {
  const name = world.ports.ids.make('guest');
  const { token, userId, openid } = await world.login(name);
  return { name, role: 'learner', token, userId, openid };
}

/** A user name that is not taken. */
export function newUserName({ world }: Pick<Aiming, 'world'>): string {
  return world.ports.ids.make('n').slice(-20);
}
