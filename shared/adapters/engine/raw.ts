/** Copying documents as they are stored, whichever build has written them. */
import { type Collection, type Doc, DuplicateId, type RawDocument } from '../../ports/database.ts';
import { isScalar } from './query.ts';
import { decoded, indexedValues, type Layout, type Row, type Write } from './row.ts';
import type { Seen, Touched } from './transaction.ts';

/** A row as it is copied. */
export function rawOf({ schemaVersion, body }: Row): RawDocument {
  return { id: JSON.parse(body).id, schemaVersion, body };
}

/**
 * Those documents that are not stored yet. `rows` are the stored ones with their ids.
 * @throws DuplicateId when a stored one differs
 */
export function missingAmong(
  collection: Collection,
  docs: readonly RawDocument[],
  rows: readonly Row[],
): readonly RawDocument[] {
  const stored = new Map(rows.map((row) => [rawOf(row).id, row]));
  return docs.filter(({ id, schemaVersion, body }) => {
    const row = stored.get(id);
    if (row === undefined) return true;
    if (row.body === body && row.schemaVersion === schemaVersion) return false;
    throw new DuplicateId(collection.name, id);
  });
}

/** The part of a commit that stores a document. */
export function insertionOf<T extends Layout, S extends Seen>(
  table: T,
  raw: RawDocument,
  seen: S,
): Touched<T, S> {
  const { id } = raw;
  const write = written(table, raw);
  return { key: `${table.collection.name}/${id}`, table, id, seen, isRelied: true, write };
}

/**
 * The document, and its indexed values as this build reads them. So their layout is this build's, and a build of
 * another layout will fill its own.
 */
function written({ collection, fields, layout }: Layout, raw: RawDocument): Write {
  const { id, schemaVersion, body } = raw;
  const values = indexedValues({ collection, fields }, readable(collection, fields, raw));
  return { id, schemaVersion, layout, body, bytes: Buffer.byteLength(body), fields: values, changed: null };
}

/** The document in the present shape. One of a newer version that does not fit has its own fields, if scalar. */
function readable(collection: Collection, fields: readonly string[], raw: RawDocument): Doc {
  try {
    return decoded(collection, raw);
  } catch (error) {
    if (raw.schemaVersion <= collection.version) {
      throw new Error(`${collection.name}/${raw.id} cannot be read`, { cause: error });
    }
    const doc = JSON.parse(raw.body);
    const scalars = fields.filter((field) => isScalar(doc[field]));
    return Object.fromEntries([['id', raw.id], ...scalars.map((field) => [field, doc[field]])]);
  }
}
