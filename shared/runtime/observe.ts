/** The outermost step: it writes one log line for each call, and rings the broker for the appended facts. */
import { AppError, errors } from '../errors.ts';
import type { Exchange, ExchangeRequest, Failure, Step } from './exchange.ts';

/** A caught error as the log shows it: the detail of an expected error, the stack of a bug, and the causes. */
export function describeCaught(caught: unknown): Readonly<Record<string, unknown>> {
  if (!(caught instanceof Error)) return { detail: String(caught) };
  const cause = caught.cause === undefined ? {} : { cause: describeCaught(caught.cause) };
  if (!(caught instanceof AppError)) return { stack: caught.stack, ...cause };
  return { thrown: caught.code, ...(caught.detail === null ? {} : { detail: caught.detail }), ...cause };
}

function outcomeOf(status: number): 'ok' | 'refused' | 'failed' {
  if (status < 400) return 'ok';
  return status < 500 ? 'refused' : 'failed';
}

function levelOf(failure: Failure | null): 'info' | 'warn' | 'error' {
  if (failure === null || errors[failure.code].status < 500) return 'info';
  return failure.code === 'internal' ? 'error' : 'warn';
}

async function finish(exchange: Exchange): Promise<void> {
  const { ports, failure } = exchange;
  const rings = exchange.doorbell.rings;
  if (rings.length > 0) await ports.bus.ring(rings);
  const status = exchange.response?.status ?? 500;
  ports.log.write(levelOf(failure), {
    requestId: exchange.requestId,
    function: exchange.name,
    kind: exchange.kind,
    ms: ports.clock.now() - exchange.now,
    outcome: outcomeOf(status),
    status,
    userId: exchange.caller?.id ?? null,
    ...(failure === null ? {} : { code: failure.code, ...describeCaught(failure.caught) }),
  });
}

/** Writes the call's log line after everything else, whether the call succeeded or failed. */
export const observe: Step = {
  after: ({ event }: ExchangeRequest) => finish(event),
  onError: ({ event }: ExchangeRequest) => finish(event),
};
