/** What every doorbell in the cloud has in common: it is best effort, and never keeps a caller waiting for long. */
import type * as z from 'zod';
import type { Bus, Ring } from '../../ports/bus.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { SECOND_MS } from '../../schemas/base.ts';
import type { OutsideResponse } from '../http/request.ts';

/** How long one call may take. A longer one is not worth waiting for, because the sweep finds the task anyway. */
export const RING_TIMEOUT_MS = 2 * SECOND_MS;

/** How long nobody rings after a call without an answer. Otherwise each caller would wait for the next one. */
const REST_MS = 5 * SECOND_MS;

/** Reads an answer. @throws a plain Error, which names only its status, for anything but such an answer */
export function answerOf<S extends z.ZodType>(schema: S, { status, body }: OutsideResponse): z.output<S> {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    json = null;
  }
  const answer = schema.safeParse(json);
  if (status !== 200 || !answer.success) throw new Error(`an answer of another kind, with status ${status}`);
  return answer.data;
}

/** How a doorbell rings. `B` is what one call of it takes. */
export interface Ringing<B> {
  /** Its name in the log. */
  readonly bus: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly batchesOf: (rings: readonly Ring[]) => readonly B[];
  /** What a batch is in the log. */
  readonly wordsOf: (batch: B) => Readonly<Record<string, unknown>>;
  /**
   * Resolves to the code of a refusal, or to null. Rejects when there was no answer, or one that asks for fewer calls.
   * What it rejects with is logged, so its words hold no secret.
   */
  readonly publish: (batch: B) => Promise<string | null>;
}

/**
 * The bus over such a doorbell. A failure is logged and never thrown: the tasks remain in the database. After a call
 * without an answer, rings are left to the sweep for five seconds, and then one caller tries while the others go on.
 */
export function ringingBus<B>({ bus, clock, log, batchesOf, wordsOf, publish }: Ringing<B>): Bus {
  /** When it was without an answer, or was last tried after that; null while it answers. */
  let restsFromMs: number | null = null;

  async function tryToPublish(batch: B): Promise<void> {
    const failed = (reason: string) =>
      log.write('warn', { bus, ...wordsOf(batch), outcome: 'failed', reason });
    try {
      const refusal = await publish(batch);
      restsFromMs = null;
      if (refusal !== null) failed(refusal);
    } catch (caught) {
      restsFromMs = clock.now();
      failed(caught instanceof Error ? caught.message : String(caught));
    }
  }

  return {
    ring: async (rings) => {
      if (restsFromMs !== null) {
        // In both directions, so that setting back a clock that was ahead does not prolong it.
        if (Math.abs(clock.now() - restsFromMs) < REST_MS) return;
        restsFromMs = clock.now();
      }
      await Promise.all(batchesOf(rings).map(tryToPublish));
    },
  };
}
