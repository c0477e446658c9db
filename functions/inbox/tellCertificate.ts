import { certificateIssued } from '../../events/certificateIssued.ts';
import { leaveMessage } from '../../shared/flows/inbox/leaveMessage.ts';
import { consumer } from '../../shared/function.ts';

/** Tells a learner that they have a certificate. */
export const tellCertificate = consumer({ on: certificateIssued }, async (call) => {
  const { userId, productId, title } = call.data;
  await leaveMessage(call, {
    userId,
    cause: `certificate_issued:${productId}`,
    subject: { kind: 'certificate_issued', productId, title },
  });
});
