import * as messages from '../../shared/data/inbox/messages.ts';
import * as tasks from '../../shared/data/tasks.ts';
import { comeDue } from '../../shared/domain/inbox/delivery.ts';
import { eachDue } from '../../shared/flows/eachDue.ts';
import { dueFact } from '../../shared/flows/inbox/leaveMessage.ts';
import { timer } from '../../shared/function.ts';

/**
 * Has those messages sent whose time has come: after the night, or after WeChat was busy. Each is read again in its own
 * transaction, so it is handed on once.
 */
export const sendWaitingMessages = timer(
  { cron: '30 0,15,30,45 * * * * *', budgetMs: 50_000 },
  ({ now, ports, requestId, hasTime }) =>
    eachDue(
      messages.due(ports.database, now),
      ({ id }) =>
        ports.database.tx(async (tx) => {
          const before = await messages.find(tx, id);
          const after = before === null ? null : comeDue(before, now);
          if (before === null || after === null || after === before) return 'kept';
          await messages.save(tx, before, after);
          await tasks.append(tx, [dueFact(after)], { now, requestId });
          return 'due';
        }),
      { noun: 'message', hasTime, log: ports.log },
    ),
);
