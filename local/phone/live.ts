/** What is alive on a phone: pages and components at work, and the parts on the screen. Each names the other. */
import type { Drawn } from './drawing.ts';
import type { PackedTemplate } from './package.ts';

/** Options as `Page` and `Component` got them. */
export type Given = Readonly<Record<string, unknown>>;

/** The fields of a page or component by name. */
export type Data = Record<string, unknown>;

/** A page or component at work. */
export interface Instance {
  readonly template: PackedTemplate;
  readonly options: Given;
  /** What its functions have as `this`. */
  readonly self: Record<string, unknown>;
  data: Data;
  /** Where a component is on the screen; null for a page. */
  part: Part | null;
  readonly page: Instance | null;
  /** Classes of the sheets that count for what it draws. */
  readonly scopes: readonly string[];
  isGone: boolean;
  /** To call when what was set is on the screen. */
  readonly waiting: (() => void)[];
}

/** What a part keeps that its template does not say: what was typed, ticked or chosen. */
export interface PartState {
  value?: string;
  checked?: boolean;
}

/** One thing on the screen. */
export interface Part {
  readonly tag: string;
  readonly key: string;
  /** Whose template it stands in. Its handlers are there. */
  readonly owner: Instance;
  readonly parent: Part | null;
  drawn: Drawn;
  children: Part[];
  /** The component that this part is; null for parts of the platform. */
  component: Instance | null;
  readonly state: PartState;
}
