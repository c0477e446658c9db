import { coverKeyOf, fileProblem, isUploaded } from '../../domain/catalogue/upload.ts';
import { type ErrorCode, fail } from '../../errors.ts';
import type { Ports } from '../../ports/ports.ts';

/** How many files are checked at once. */
const AT_ONCE = 10;

/**
 * Refuses uploaded files that are missing or differ from what was announced. Only files with a key from
 * `createUpload` are checked. Files elsewhere, or put into the storage by other tools, are accepted as they are.
 * @throws storage.unavailable, or `code` with the `reason`: `file_missing`, `file_type`, `file_size`, and the `key`
 */
export async function refuseWrongFiles(
  { files }: Pick<Ports, 'files'>,
  asked: {
    readonly code: ErrorCode;
    readonly coverUrl: string | null;
    readonly mediaKeys: readonly (string | null)[];
  },
): Promise<void> {
  const coverKey = asked.coverUrl === null ? null : coverKeyOf(asked.coverUrl, files.publicUrl);
  const covers = coverKey === null ? [] : [{ kind: 'cover', key: coverKey } as const];
  const keys = [...new Set(asked.mediaKeys)].filter((key) => key !== null && isUploaded(key));
  const all = [...covers, ...keys.map((key) => ({ kind: 'media', key: key ?? '' }) as const)];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const some = all.slice(from, from + AT_ONCE);
    const found = await Promise.all(some.map(({ key }) => files.find(key)));
    for (const [index, { kind, key }] of some.entries()) {
      const reason = fileProblem(kind, found[index] ?? null);
      if (reason !== null) throw fail(asked.code, { params: { reason, key } });
    }
  }
}
