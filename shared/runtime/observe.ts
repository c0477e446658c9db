/** The outermost step: it writes one log line for each call, and rings the broker for the appended facts. */
import { errors } from '../errors.ts';
import { describeCaught } from './caught.ts';
import type { Exchange, ExchangeRequest, Failure, Step } from './exchange.ts';

function outcomeOf(status: number): 'ok' | 'refused' | 'failed' {
  if (status < 400) return 'ok';
  return status < 500 ? 'refused' : 'failed';
}

function levelOf(failure: Failure | null): 'info' | 'warn' | 'error' {
  if (failure === null || errors[failure.code].status < 500) return 'info';
  return failure.code === 'internal' ? 'error' : 'warn';
}

async function finish(exchange: Exchange): Promise<void> {
  const { watched, failure } = exchange;
  await watched.ring();
  const status = exchange.response?.status ?? 500;
  watched.tell(levelOf(failure), {
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
