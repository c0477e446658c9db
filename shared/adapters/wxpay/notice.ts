/** A callback of WeChat Pay: verified over its raw bytes, then decrypted, then parsed. */
import * as z from 'zod';
import { fail } from '../../errors.ts';
import type { PayNotice } from '../../ports/wxpay.ts';
import { openSealed } from './crypto.ts';
import type { Verifier } from './keys.ts';
import { paymentNewsOf, refundNewsOf } from './words.ts';

/** The field that every notice has, of whatever kind. New kinds may have another structure. */
const Named = z.object({ event_type: z.string().transform((type) => type.slice(0, 64)) });

const Envelope = z.object({
  id: z.string().max(64),
  resource_type: z.literal('encrypt-resource'),
  resource: z.object({
    algorithm: z.literal('AEAD_AES_256_GCM'),
    original_type: z.string().max(32).optional(),
    ciphertext: z.string().max(65_536),
    associated_data: z
      .string()
      .max(64)
      .nullish()
      .transform((text) => text ?? ''),
    nonce: z.string().length(12),
  }),
});

const Traded = z.object({ trade_state: z.string() });
const REFUNDS: readonly string[] = ['REFUND.SUCCESS', 'REFUND.ABNORMAL', 'REFUND.CLOSED'];

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw fail('notice.malformed', { detail: 'no JSON', cause });
  }
}

/** Reads a notice. @throws notice.signature_invalid, notice.malformed */
export async function readNotice(
  { verifier, apiV3Keys }: { readonly verifier: Verifier; readonly apiV3Keys: readonly Uint8Array[] },
  headers: Readonly<Record<string, string>>,
  rawBody: Uint8Array,
): Promise<PayNotice> {
  await verifier.verify(headers, rawBody);
  const notice = parsed(rawBody);
  const named = Named.safeParse(notice);
  if (!named.success) throw fail('notice.malformed', { cause: named.error });
  const { event_type: eventType } = named.data;
  const isPayment = eventType === 'TRANSACTION.SUCCESS';
  if (!isPayment && !REFUNDS.includes(eventType)) return { kind: 'other', eventType };
  const envelope = Envelope.safeParse(notice);
  if (!envelope.success) throw fail('notice.malformed', { cause: envelope.error });
  const { resource } = envelope.data;
  let opened: Buffer;
  try {
    opened = openSealed(resource, apiV3Keys);
  } catch (cause) {
    throw fail('notice.malformed', { detail: 'not sealed under our key', cause });
  }
  const json = parsed(opened);
  if (!isPayment) return { kind: 'refund', news: refundNewsOf(json) };
  const traded = Traded.safeParse(json);
  if (traded.success && traded.data.trade_state !== 'SUCCESS') return { kind: 'other', eventType };
  return { kind: 'payment', news: paymentNewsOf(json) };
}
