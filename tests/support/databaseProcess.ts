/**
 * A process that pays between two accounts for ever. Several writers commit, and the number of each payment is printed
 * once it is acknowledged. It is made to be killed.
 */
import { sqliteDatabase } from '../../shared/adapters/sqlite/database.ts';
import { codeOf } from '../../shared/errors.ts';
import { accounts, collections, once } from './collections.ts';

const WRITERS = 8;
const [path = ''] = process.argv.slice(2);
const database = sqliteDatabase({ path, collections, random: Math.random });
let payments = 0;

async function payForEver(): Promise<never> {
  for (;;) {
    payments += 1;
    const payment = payments;
    const paid = once(database, `payment ${payment}`, async (tx) => {
      for (const [id, amount] of [
        ['a', -1],
        ['b', 1],
      ] as const) {
        const account = await tx.find(accounts, id);
        if (account === null) throw new Error(`no account ${id}`);
        await tx.update(accounts, { ...account, balance: account.balance + amount });
      }
    });
    // A writer that loses every race on a slow machine continues with the next payment.
    const isPaid = await paid.then(
      () => true,
      (caught: unknown) => {
        if (codeOf(caught) !== 'database.conflict') throw caught;
        return false;
      },
    );
    if (isPaid) process.stdout.write(`${payment}\n`);
  }
}

for (let i = 0; i < WRITERS; i += 1) void payForEver();
