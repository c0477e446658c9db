/** Restores a backup into an empty store. */
import type { Collection, Engine } from '../ports/database.ts';
import type { Backup, BackupHead } from './backup.ts';
import { type Copied, copyStore } from './copyStore.ts';
import { verifyAudit } from './verifyAudit.ts';

/** What is restored, and where to. `tell` gets a line for each collection. */
export interface RestoreAsked {
  readonly backup: Backup;
  readonly target: Engine;
  readonly collections: readonly Collection[];
  readonly tell: (line: string) => void;
}

/** What was restored. */
export interface Restored extends Copied {
  readonly head: BackupHead;
}

const WORDS = {
  source: 'the backup',
  again: 'Let nothing write to the target, and restore into an empty one.',
};

/**
 * Stores the documents of a backup, byte for byte. The whole backup is read and found right before anything is written.
 * When a run is stopped, the next one with the same backup continues.
 * @throws a plain Error when the backup is not whole, when the target holds anything else, or when the target does not
 * hold the same at the end: documents, counts, hashes and the chains of the audit log
 */
export async function restore({ backup, target, collections, tell }: RestoreAsked): Promise<Restored> {
  const head = await backup.head();
  const copied = await copyStore({ source: backup, target, collections, tell, words: WORDS });
  const { problems } = await verifyAudit(target, head.audit.heads);
  const added = problems.filter((problem) => !head.audit.problems.includes(problem));
  if (added.length > 0) throw new Error(`the audit log is not as it was backed up: ${added.join('; ')}`);
  return { ...copied, head };
}
