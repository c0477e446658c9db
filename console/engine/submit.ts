/** Sends a form once at a time, and keeps what went wrong beside it. */
import { useRef, useState } from 'preact/hooks';
import { type Trouble, troubleOf } from './desk.ts';

/** A form's sending: what to do at `submit`, what went wrong, and whether it is under way. */
export interface Submit {
  readonly send: (event: Event) => Promise<void>;
  readonly trouble: Trouble | null;
  readonly isBusy: boolean;
}

/** Runs `work` for each sending, but never two at a time. What it throws is told; what was typed stays. */
export function useSubmit(work: (form: HTMLElement) => Promise<void> | void): Submit {
  const [trouble, tell] = useState<Trouble | null>(null);
  const [isBusy, setBusy] = useState(false);
  // Set at once, because a second tap may come before the button is drawn again.
  const isSending = useRef(false);
  const send = async (event: Event) => {
    event.preventDefault();
    if (isSending.current || !(event.currentTarget instanceof HTMLElement)) return;
    isSending.current = true;
    setBusy(true);
    tell(null);
    try {
      await work(event.currentTarget);
    } catch (thrown) {
      tell(troubleOf(thrown));
    }
    isSending.current = false;
    setBusy(false);
  };
  return { send, trouble, isBusy };
}
