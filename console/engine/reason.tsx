/** Looking at one person's data is logged with a reason. It is asked once a person and tab. */
import { useState } from 'preact/hooks';
import { useDesk } from './hooks.ts';
import { Labelled } from './labelled.tsx';
import { shortId } from './meaning.ts';

/** The most characters of a reason. */
const REASON_MAX = 200;

/** Asks why. What follows is read once there is an answer. */
export function ReasonGate({ userId }: { readonly userId: string }) {
  const desk = useDesk();
  const [text, set] = useState('');
  const [fault, blame] = useState<string | null>(null);
  const give = (event: Event) => {
    event.preventDefault();
    if (text.trim() === '') return blame('请写明原因。');
    desk.giveReason(userId, text.trim());
  };
  return (
    <form class="gate" noValidate onSubmit={give}>
      <p>查看用户资料会连同原因记入审计日志。每位用户在本标签页内只问一次。</p>
      <Labelled label={`为什么查看用户 ${shortId(userId)}`} fault={fault}>
        {(ids) => (
          <input
            type="text"
            name="reason"
            maxLength={REASON_MAX}
            autocomplete="off"
            value={text}
            aria-invalid={fault !== null}
            onInput={(event) => set(event.currentTarget.value)}
            {...ids}
          />
        )}
      </Labelled>
      <button type="submit" class="main">
        查看
      </button>
    </form>
  );
}
