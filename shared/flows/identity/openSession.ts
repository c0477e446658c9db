/** The last step of every way to log in. */
import * as sessions from '../../data/identity/sessions.ts';
import * as users from '../../data/identity/users.ts';
import { startSession } from '../../domain/identity/session.ts';
import { userView } from '../../domain/identity/user.ts';
import { fail } from '../../errors.ts';
import type { Tx } from '../../ports/database.ts';
import type { Ports } from '../../ports/ports.ts';
import { type TimeMs, UserId } from '../../schemas/base.ts';
import type { LoginView, User } from '../../schemas/identity/user.ts';

/** How many random bytes a token has. */
const TOKEN_BYTES = 32;

/**
 * Opens a session. In the transaction that stores it, `enter` finds the user or creates one with `newId`, and `show`
 * says whether they have shown a second factor. The token is only in the answer and is not stored.
 * @throws auth.user_banned, and what `enter` and `show` throw
 */
export async function openSession(
  ports: Pick<Ports, 'database' | 'ids'>,
  { now, device }: { readonly now: TimeMs; readonly device: string | null },
  enter: (tx: Tx, newId: UserId) => Promise<User>,
  show: (tx: Tx, user: User) => Promise<boolean> = async () => false,
): Promise<LoginView> {
  const token = ports.ids.secret(TOKEN_BYTES);
  const sessionId = sessions.idOf(token);
  const newId = UserId.parse(ports.ids.make('usr'));
  const { user, session } = await ports.database.tx(async (tx) => {
    // It can exist already only when this same transaction committed and its answer was lost.
    const before = await sessions.find(tx, sessionId);
    if (before !== null) return { user: await users.get(tx, before.userId), session: before };
    const entered = await enter(tx, newId);
    if (entered.state === 'banned') throw fail('auth.user_banned');
    const hasSecondFactor = await show(tx, entered);
    const started = startSession({ id: sessionId, user: entered, hasSecondFactor, device, now });
    await sessions.insert(tx, started);
    return { user: entered, session: started };
  });
  return { token, expiresAtMs: session.expiresAtMs, isNew: user.id === newId, user: userView(user) };
}
