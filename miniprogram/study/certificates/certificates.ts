/** The caller's certificates, the newest first. */
import type { CertificateView, ProductId } from '../../../client/types.ts';
import type { TapEvent } from '../../../local/phone/platform.ts';
import { type CertificateRow, certificateRow } from '../../model/certificate.ts';
import { type Loaded, type Paged, unread } from '../../model/loaded.ts';
import { routes, studyRoutes } from '../../model/routes.ts';
import { moreLineOf, type StateLine, stateLineOf } from '../../model/stateLine.ts';
import { client } from '../../wx/client.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

type Own = CertificateView & { readonly id: string };

interface Model {
  readonly certificates: Loaded<Paged<Own>>;
  readonly moreCertificates: Loaded<unknown>;
}

/** What the template reads. */
export interface View {
  readonly state: StateLine | null;
  readonly rows: readonly CertificateRow[];
  readonly more: StateLine | null;
}

function view({ certificates, moreCertificates }: Model): View {
  const { value } = certificates;
  const empty = { title: '学完一门课程后，可以领取结业证书', action: '去学习' };
  return {
    state: stateLineOf(certificates, empty, ({ items }) => items.length === 0),
    rows: (value?.items ?? []).map(certificateRow),
    more:
      value === null || value.items.length === 0
        ? null
        : moreLineOf(moreCertificates, value.nextCursor !== null, value.items.length),
  };
}

async function certificatesFrom(cursor?: string): Promise<Paged<Own>> {
  const found = await client.listCertificates({ cursor });
  return { ...found, items: found.items.map((one) => ({ ...one, id: one.number })) };
}

const load = (self: Self<Model>) => self.read('certificates', () => certificatesFrom());

const readMore = (self: Self<Model>) => self.readNext('certificates', 'moreCertificates', certificatesFrom);

const own = page({
  model: (): Model => ({ certificates: unread, moreCertificates: unread }),
  view,
  load,
  again: load,
  more: readMore,
  on: {
    readMore,
    open: (_, { currentTarget }: TapEvent<{ readonly id: ProductId }>) =>
      go(studyRoutes.certificate(currentTarget.dataset.id)),
    learn: () => go(routes.learn),
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
