/**
 * Reads what a doorbell delivers into event ids: an asynchronous call's payload, CMQ's trigger, its HTTP push in both
 * formats, and a plain message.
 */
import * as z from 'zod';
import { fail } from '../errors.ts';

const EventId = z.string().min(1).max(200);
/** What the doorbell of asynchronous calls sends. */
const Called = z.object({ eventIds: z.array(EventId).min(1).max(1000) });
/** The body that the CMQ adapter publishes. Nothing else in a message (times, tags, the broker's ids) is used. */
const Body = z.object({ eventId: EventId });
const Records = z.object({ Records: z.array(z.unknown()).min(1).max(1000) });
const CmqRecord = z.object({ CMQ: z.object({ msgBody: z.string().max(65_536) }) });
const Pushed = z.object({ msgBody: z.string().max(65_536) });

/** One message: an event's id, or why it cannot be read. */
export type Message = { readonly eventId: string } | { readonly unreadable: Error };

function unreadable(why: string): Message {
  return { unreadable: fail('notice.malformed', { detail: why }) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function ofBody(text: string): Message {
  const body = Body.safeParse(parse(text));
  return body.success ? { eventId: body.data.eventId } : unreadable('the message names no event');
}

/** The messages of a platform event, in its order; null when it contains none. */
export function messagesOf(event: unknown): readonly Message[] | null {
  const records = Records.safeParse(event);
  if (records.success) {
    return records.data.Records.map((record) => {
      const cmq = CmqRecord.safeParse(record);
      return cmq.success ? ofBody(cmq.data.CMQ.msgBody) : unreadable('the record is not of CMQ');
    });
  }
  const called = Called.safeParse(event);
  if (called.success) return called.data.eventIds.map((eventId) => ({ eventId }));
  const direct = Body.safeParse(event);
  return direct.success ? [{ eventId: direct.data.eventId }] : null;
}

/**
 * The message of an HTTP push. The format JSON wraps our text in an object of CMQ's; SIMPLIFIED is our text alone.
 */
export function messageOfPush(rawBody: Uint8Array): Message {
  const text = new TextDecoder().decode(rawBody);
  const wrapped = Pushed.safeParse(parse(text));
  return ofBody(wrapped.success ? wrapped.data.msgBody : text);
}
