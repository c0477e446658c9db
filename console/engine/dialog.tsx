/** A native dialog: it is named by its heading, holds the focus, and gives it back when it closes. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

/** A dialog that is open as long as it is there. `close` is called by Escape and by its own 取消. */
export function Dialog({
  title,
  close,
  isWide = false,
  children,
}: {
  readonly title: string;
  readonly close: () => void;
  readonly isWide?: boolean;
  readonly children: ComponentChildren;
}) {
  const box = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const before = document.activeElement;
    box.current?.showModal();
    return () => {
      // What opened it may be gone by now, such as a row that is done with.
      const back =
        before instanceof HTMLElement && before.isConnected
          ? before
          : document.querySelector<HTMLElement>('#main');
      back?.focus();
    };
  }, []);
  const refuse = (event: Event) => {
    event.preventDefault();
    close();
  };
  return (
    <dialog ref={box} class={isWide ? 'wide' : ''} aria-labelledby={heading} onCancel={refuse}>
      <h2 id={heading}>{title}</h2>
      {children}
    </dialog>
  );
}
