/** The conversion between documents and the rows of an engine's tables. */
import { type AppError, fail } from '../../errors.ts';
import {
  type Collection,
  DOCUMENT_BYTES_MAX,
  type Doc,
  ID_BYTES_MAX,
  INDEXED_TEXT_BYTES_MAX,
  type Scalar,
} from '../../ports/database.ts';
import { parseKnown } from '../../schemas/parseKnown.ts';
import { isWellFormed, scalarOf } from './query.ts';
import { withUnknownFields } from './unknownFields.ts';

/** A stored document before parsing. `version` rises with every write. */
export interface Row {
  readonly version: number;
  readonly schemaVersion: number;
  /** The layout that its indexed columns are of; null when no build has said so. */
  readonly layout: number | null;
  readonly body: string;
}

/** The parts of a row that its document is made from. */
export type Read = Pick<Row, 'schemaVersion' | 'body'>;

/** How an engine stores the documents of a collection: which indexed values stand beside them. */
export interface Layout<D extends Doc = Doc> {
  readonly collection: Collection<D>;
  readonly fields: readonly string[];
  /** The number of the layout (`layoutOf`). */
  readonly layout: number;
}

/** A document ready to be stored. */
export interface Write {
  readonly id: string;
  readonly schemaVersion: number;
  /** The layout that `fields` belong to. */
  readonly layout: number;
  readonly body: string;
  /** The size of the body. */
  readonly bytes: number;
  readonly fields: readonly Scalar[];
  /** Which of the fields differ from the row's indexed columns, by their places; null when all have to be written. */
  readonly changed: readonly number[] | null;
}

/** A row's content in the present shape, unknown fields included. */
function inPresentShape(collection: Collection, { body, schemaVersion }: Read): unknown {
  const doc = JSON.parse(body);
  const isOlder = schemaVersion < collection.version && collection.upgrade !== null;
  return isOlder ? collection.upgrade(doc, schemaVersion) : doc;
}

/**
 * A row's document in the present shape. A document of a newer version is read if it fits the present schema.
 * @throws database.newer_version when it does not
 */
export function decoded<D extends Doc>(collection: Collection<D>, row: Read): D {
  const doc = inPresentShape(collection, row);
  // Documents of this version were checked when they were written.
  if (row.schemaVersion === collection.version) return doc as D;
  const read = parseKnown(collection.schema, doc);
  if (read.success) return read.data;
  throw row.schemaVersion > collection.version ? newerVersion(collection, read.error) : read.error;
}

function newerVersion(collection: Collection, cause?: unknown): AppError {
  const detail = `a document of ${collection.name} is of a build that knows more than this one`;
  return fail('database.newer_version', { detail, cause });
}

/**
 * Refuses to overwrite a row of a newer version.
 * @throws database.newer_version
 */
export function assertKnown(collection: Collection, row: Pick<Row, 'schemaVersion'>): void {
  if (row.schemaVersion > collection.version) throw newerVersion(collection);
}

/** Whether a text has more bytes than `max` in UTF-8. A UTF-16 unit has at most three. */
function isLonger(text: string, max: number): boolean {
  return text.length > max || (text.length * 3 > max && Buffer.byteLength(text) > max);
}

/**
 * Whether a row with this id can exist. An unpaired surrogate would be stored as U+FFFD, which is another id.
 * @throws a plain Error when the id is no text
 */
export function mayExist({ name }: Collection, id: unknown): boolean {
  if (typeof id !== 'string') throw new Error(`an id of ${name} is a text`);
  return isWellFormed(id);
}

/** @throws a plain Error when the id is no text, is empty or too long, or cannot be kept as it is */
function assertId(collection: Collection, id: unknown): void {
  if (typeof id !== 'string' || id === '' || !isWellFormed(id)) {
    throw new Error(`broken id for ${collection.name}`);
  }
  if (isLonger(id, ID_BYTES_MAX)) {
    throw new Error(`broken id for ${collection.name}: it is longer than ${ID_BYTES_MAX} bytes`);
  }
}

/** The indexed values of a document. @throws a plain Error when one is no scalar, or too long */
export function indexedValues(
  { collection, fields }: Pick<Layout, 'collection' | 'fields'>,
  doc: Doc,
): readonly Scalar[] {
  return fields.map((field) => {
    const value = scalarOf(collection, doc, field);
    if (typeof value === 'string' && isLonger(value, INDEXED_TEXT_BYTES_MAX)) {
      throw new Error(
        `${collection.name}.${field} is indexed and must not be longer than ${INDEXED_TEXT_BYTES_MAX} bytes`,
      );
    }
    return value;
  });
}

/**
 * Checks a document and makes it ready to be stored. `before` is the stored row of an update; its fields that this
 * build does not know are kept.
 * @throws database.newer_version when `before` is of a newer build and does not fit
 * @throws a plain Error when the document is invalid or too large, which is a bug and not bad input
 */
export function encoded<D extends Doc>(
  { collection, fields, layout }: Layout<D>,
  doc: D,
  before: Row | Write | null,
): Write {
  const checked = parseKnown(collection.schema, doc);
  if (!checked.success) {
    throw new Error(`broken document for ${collection.name}: ${checked.error.message}`, {
      cause: checked.error,
    });
  }
  const { data } = checked;
  assertId(collection, data.id);
  const present = before === null ? null : inPresentShape(collection, before);
  const whole = before === null ? data : withUnknownFields(collection.schema, present, data);
  if (whole === null) throw newerVersion(collection);
  const values = indexedValues({ collection, fields }, data);
  const body = JSON.stringify(whole);
  const bytes = Buffer.byteLength(body);
  if (bytes > DOCUMENT_BYTES_MAX) {
    throw new Error(
      `${collection.name}/${data.id} has ${bytes} bytes, and ${DOCUMENT_BYTES_MAX} are the most`,
    );
  }
  // Only a row that was read says what is in its columns; and only of a layout like ours.
  const isLikeOurs = before !== null && 'version' in before && before.layout === layout;
  return {
    id: data.id,
    schemaVersion: collection.version,
    layout,
    body,
    bytes,
    fields: values,
    changed: isLikeOurs ? changedOf(collection, fields, present as Doc, values) : null,
  };
}

/** The places of the values that differ from those of the stored document. */
function changedOf(
  collection: Collection,
  fields: readonly string[],
  before: Doc,
  values: readonly Scalar[],
): readonly number[] {
  return fields.flatMap((field, place) =>
    scalarOf(collection, before, field) === values[place] ? [] : [place],
  );
}
