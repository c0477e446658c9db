/**
 * Durable commits: 64 writers through the database port, compared with one writer on the bare driver, in alternation.
 */
import { join } from 'node:path';
import * as z from 'zod';
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import { defineCollection } from '../../shared/data/collection.ts';
import { load, quantile } from '../load/measure.ts';
import { bareCommitsPerSecond } from './bare.ts';

const WRITERS = 64;
const ROUNDS = 3;

const documents = defineCollection({
  name: 'documents',
  schema: z.object({ id: z.string(), text: z.string() }),
  version: 1,
  indexes: {},
});

async function oursPerSecond(folder: string, round: number, count: number): Promise<number> {
  const path = join(folder, `ours-${round}.db`);
  const database = sqliteDatabase({ path, collections: [documents], random: Math.random });
  const text = 'x'.repeat(400);
  const { wallMs } = await load(WRITERS, count, (piece) =>
    database.tx((tx) => tx.insert(documents, { id: `doc-${piece}`, text })),
  );
  await database.close();
  return (count * 1000) / wallMs;
}

/** Medians of the rounds. */
export async function benchCommits(folder: string, count: number): Promise<{ ours: number; bare: number }> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(bareCommitsPerSecond(folder, round, count));
    ours.push(await oursPerSecond(folder, round, count));
  }
  return { ours: quantile(ours, 0.5), bare: quantile(bare, 0.5) };
}
