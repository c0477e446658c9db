import { AuditedStore } from '../../shared/commands/auditedStore.ts';
import { auditStore } from '../../shared/commands/auditStore.ts';
import type { Database } from '../../shared/ports/database.ts';

/** Audits everything that a database holds: the findings, and the balances of the accounts. */
export async function audited(database: Pick<Database, 'exportAll'>): Promise<ReturnType<typeof auditStore>> {
  const store = new AuditedStore();
  for await (const document of database.exportAll()) store.add(document);
  return auditStore(store);
}
