import type { Database } from '../../shared/ports/database.ts';
import { AuditedStore } from '../../tools/auditedStore.ts';
import { auditStore } from '../../tools/auditStore.ts';

/** What the audit says of all that a database holds: findings, and the balances of the accounts. */
export async function audited(database: Pick<Database, 'exportAll'>): Promise<ReturnType<typeof auditStore>> {
  const store = new AuditedStore();
  for await (const document of database.exportAll()) store.add(document);
  return auditStore(store);
}
