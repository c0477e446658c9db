/** What went wrong and what is being read, beside what it is about. */
import type { ComponentChildren } from 'preact';
import type { Trouble } from './desk.ts';

/** Why a call did not do what was asked, with the id to give to those who run the shop. */
export function TroubleNote({
  trouble,
  again,
}: {
  readonly trouble: Trouble;
  readonly again?: (() => void) | undefined;
}) {
  return (
    <div class="trouble" role="alert">
      <p>
        {trouble.says}
        {trouble.requestId !== null && <small> 请求编号 {trouble.requestId}</small>}
      </p>
      {again !== undefined && (
        <button type="button" onClick={again}>
          重试
        </button>
      )}
    </div>
  );
}

/** Lines where text will stand. */
export function Skeleton({ lines }: { readonly lines: number }) {
  return (
    <div class="skeleton" role="status" aria-label="正在读取">
      {Array.from({ length: lines }, (_, at) => (
        <span key={at} />
      ))}
    </div>
  );
}

/** What stands where there is nothing, with a way on. */
export function Empty({ says, children }: { readonly says: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p>{says}</p>
      {children}
    </div>
  );
}
