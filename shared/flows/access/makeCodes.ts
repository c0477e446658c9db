/** Making the codes of a batch. They are derived from the batch's sealed seed, so they are always the same. */
import * as codeBatches from '../../data/access/codeBatches.ts';
import * as redeemCodes from '../../data/access/redeemCodes.ts';
import { codeOf, withBatchState } from '../../domain/access/redeemCode.ts';
import type { Ports } from '../../ports/ports.ts';
import type { CodeBatch } from '../../schemas/access/redeemCode.ts';
import type { TimeMs } from '../../schemas/base.ts';

/** How many codes are stored in one transaction. */
const CHUNK = 50;

/** The id under which a code is stored. The code cannot be derived from it. */
export function codeDigest(secrets: Ports['secrets'], code: string): string {
  return secrets.digest('redeem.code', code);
}

/** A new sealed seed for a batch. */
export function newSeed(ports: Pick<Ports, 'ids' | 'secrets'>): string {
  return ports.secrets.seal('redeem.seed', ports.ids.secret(32));
}

/**
 * Every code of the batch, in the order of their numbers. Codes that are missing in the store are stored, and then
 * the batch becomes active. After a crash, a repeat completes the batch.
 */
export async function makeCodes(
  ports: Pick<Ports, 'database' | 'secrets'>,
  batch: CodeBatch,
  now: TimeMs,
): Promise<{ readonly batch: CodeBatch; readonly codes: readonly string[] }> {
  const { database, secrets } = ports;
  const seed = secrets.open('redeem.seed', batch.seedSealed);
  const codes = Array.from({ length: batch.count }, (_, index) =>
    codeOf(secrets.digest('redeem.derive', `${seed}:${index + 1}`)),
  );
  if (batch.state !== 'making') return { batch, codes };
  for (let from = 0; from < codes.length; from += CHUNK) {
    await database.tx(async (tx) => {
      for (const [offset, code] of codes.slice(from, from + CHUNK).entries()) {
        const stored = { batchId: batch.id, number: from + offset + 1, userId: null, redeemedAtMs: null };
        const id = codeDigest(secrets, code);
        if ((await redeemCodes.find(tx, id)) === null) await redeemCodes.insert(tx, { id, ...stored });
      }
    });
  }
  const active = await database.tx(async (tx) => {
    const before = await codeBatches.get(tx, batch.id);
    const after = withBatchState(before, 'active', now);
    await codeBatches.save(tx, before, after);
    return after;
  });
  return { batch: active, codes };
}
