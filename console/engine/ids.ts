/**
 * Ids in what is sent. A parameter of the path names what is there. An id in the body of something new is made here,
 * once, and kept until there is an answer, so that asking again does not do it twice.
 */
import { makeId } from '../../client/id.ts';
import type { Operation } from './operation.ts';
import { type Field, fieldsOf, pathNames } from './schema.ts';

type Prefix = Parameters<typeof makeId>[0];

/** Ids of what is made by asking, by the name of their schema. */
const ALWAYS: Readonly<Record<string, Prefix>> = {
  RefundRequestId: 'rfd',
  AdjustmentId: 'adj',
  CodeBatchId: 'bat',
  MembershipGrantId: 'mgr',
  AccessGrantId: 'agr',
  CouponGrantId: 'cgr',
};

/** Ids of things that others refer to as well. Only the `id` of the new thing itself is made. */
const AS_ID: Readonly<Record<string, Prefix>> = {
  ProductId: 'prd',
  LessonId: 'les',
  TemplateId: 'tpl',
  CampaignId: 'cmp',
  FlashSaleId: 'fls',
  GroupId: 'grp',
  ArticleId: 'art',
  DropId: 'drp',
};

/** What the id of a field begins with when it is made here; null when the field is no such id. */
export function prefixOf({ name, type }: Field): Prefix | null {
  return ALWAYS[type] ?? (name === 'id' ? (AS_ID[type] ?? null) : null);
}

/** The ids that are made for an operation, by field. */
export function madeFields(operation: Operation): Readonly<Record<string, Prefix>> {
  const inPath = pathNames(operation);
  const made = fieldsOf(operation.input).flatMap((field) => {
    const prefix = inPath.includes(field.name) ? null : prefixOf(field);
    return prefix === null ? [] : [[field.name, prefix] as const];
  });
  return Object.fromEntries(made);
}

/** Keeps each made id under what it is for, until that is answered. */
export class KeptIds {
  readonly #kept = new Map<string, string>();
  readonly #make: (prefix: Prefix) => string;

  constructor(outside: { readonly now: () => number; readonly random: () => number }) {
    this.#make = (prefix) => makeId(prefix, outside.now(), outside.random);
  }

  /** The id for this purpose: the same one until `drop`. */
  keep(purpose: string, prefix: Prefix): string {
    const kept = this.#kept.get(purpose) ?? this.#make(prefix);
    this.#kept.set(purpose, kept);
    return kept;
  }

  /** Forgets the ids of a purpose, because it was answered. */
  drop(purpose: string): void {
    for (const key of this.#kept.keys()) if (key.startsWith(purpose)) this.#kept.delete(key);
  }
}
