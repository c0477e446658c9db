/** The certificate of a course: asked for with a name, drawn with its number, and shown to whoever has that. */
import type { CertificateView } from '../../../client/types.ts';
import type { InputEvent } from '../../../local/phone/platform.ts';
import { type CertificateModel, type CertificatePage, certificatePage } from '../../model/certificate.ts';
import { ready, unread } from '../../model/loaded.ts';
import { studyRoutes } from '../../model/routes.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { goInstead } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model extends CertificateModel {
  readonly number: string;
}

/** What the template reads. */
export type View = CertificatePage;

type Own = Self<Model>;

/** The certificate of a course among all of somebody's; null when there is none. */
async function find(courseId: string, cursor?: string): Promise<CertificateView | null> {
  const { items, nextCursor } = await client.listCertificates({ cursor });
  const found = items.find(({ productId }) => productId === courseId);
  if (found !== undefined || nextCursor === null) return found ?? null;
  return find(courseId, nextCursor);
}

async function load(self: Own): Promise<void> {
  const { courseId, number } = self.model;
  if (courseId === '') return self.read('verified', () => client.verifyCertificate({ number }));
  // One after the other, so that somebody who is not logged in yet is logged in once.
  await self.read('own', async () => ({ certificate: await find(courseId) }));
  if (self.model.own.value?.certificate === null) {
    await self.read('progress', () => client.getProgress({ id: courseId }));
  }
  return undefined;
}

const own = page({
  model: (): Model => ({
    ...{ courseId: '', number: '', own: unread, progress: unread, verified: unread },
    ...{ name: '', isAsking: false, failure: null },
  }),
  view: certificatePage,
  open: (self) => {
    const { course = '', number = '', scene = '' } = self.query;
    // A code holds `c=<number>`, and its query comes encoded.
    const [, coded = ''] = /^c=(.+)$/.exec(decodeURIComponent(scene)) ?? [];
    self.set({ courseId: course, number: number === '' ? coded : number });
  },
  load,
  share: ({
    model: {
      own: { value },
      number,
    },
  }) => ({
    title: `结业证书：${value?.certificate?.title ?? '知课'}`,
    path: studyRoutes.verified(value?.certificate?.number ?? number),
  }),
  on: {
    typeName: (self, { detail }: InputEvent) => self.set({ name: detail.value, failure: null }),
    claim: async (self) => {
      const { courseId, name, isAsking } = self.model;
      if (isAsking || name.trim() === '') return;
      self.set({ isAsking: true, failure: null });
      try {
        const { certificate } = await client.claimCertificate({ id: courseId, name: name.trim() });
        self.set({ own: ready({ certificate }), name: '', isAsking: false });
      } catch (caught) {
        self.set({ isAsking: false, failure: failureOf(caught) });
      }
    },
    appealed: load,
    copy: async ({
      model: {
        own: { value },
      },
    }) => {
      const number = value?.certificate?.number;
      if (number !== undefined) await wx.setClipboardData({ data: number });
    },
    study: ({ model: { courseId } }) => goInstead(studyRoutes.player(courseId)),
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
