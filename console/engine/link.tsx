/** Links within the console: native ones, so that they open in a new tab as well. */
import type { ComponentChildren } from 'preact';
import { hrefOf, type Place } from './address.ts';
import { go, isOwnClick } from './hooks.ts';

/** A link to a place of the console. */
export function Link({
  to,
  query = {},
  children,
  ...rest
}: {
  readonly to: string;
  readonly query?: Place['query'];
  readonly class?: string;
  readonly title?: string;
  readonly 'aria-current'?: 'page';
  readonly children: ComponentChildren;
}) {
  const href = hrefOf(to, query);
  const follow = (event: MouseEvent) => {
    if (!isOwnClick(event, href)) return;
    event.preventDefault();
    go(to, query);
  };
  return (
    <a href={href} onClick={follow} {...rest}>
      {children}
    </a>
  );
}
