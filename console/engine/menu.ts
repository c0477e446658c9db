/** Which view an address leads to, and what stands in the menu of a role. */
import { matched } from './address.ts';
import { mayCall, type RoleName } from './may.ts';
import { GROUPS, needsOf, type View } from './view.ts';

/** Where an address leads: a view with the parameters of its path; null for an address of nothing. */
export interface Found {
  readonly view: View;
  readonly params: Readonly<Record<string, string>>;
}

/** The view of a path. */
export function viewAt(views: readonly View[], path: string): Found | null {
  for (const view of views) {
    const params = view.kind === 'list' && view.path === null ? null : matched(view.path ?? '', path);
    if (params !== null) return { view, params };
  }
  return null;
}

/** Whether a role may open a view. */
export const isOffered = (role: RoleName, view: View) => {
  const needs = needsOf(view);
  return needs === null || mayCall(role, needs);
};

const isInMenu = (view: View) =>
  view.kind === 'list' || view.kind === 'form'
    ? view.path?.includes(':') === false
    : view.kind === 'screen' && view.isInMenu;

/** The menu of a role: its groups in order, each with what may be opened there. */
export function menuOf(views: readonly View[], role: RoleName) {
  return GROUPS.map((group) => ({
    group,
    views: views.filter((view) => view.group === group && isInMenu(view) && isOffered(role, view)),
  })).filter((entry) => entry.views.length > 0);
}
