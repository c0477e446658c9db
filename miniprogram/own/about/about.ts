/** What this is, and by which texts it is bound. */
import { routes } from '../../model/routes.ts';
import { go } from '../../wx/go.ts';
import { page } from '../../wx/page.ts';

/** What the template reads. */
export interface View {
  readonly version: string;
}

const own = page({
  model: () => ({}),
  view: (): View => ({ version: APP_VERSION }),
  on: {
    toTerms: () => go(routes.terms('terms')),
    toPrivacy: () => go(routes.terms('privacy')),
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
