/** Redeems a code. */
import type { RedeemCodeOutput } from '../../../client/client.ts';
import { words } from '../../../client/words.ts';
import type { InputEvent } from '../../../local/phone/platform.ts';
import type { Failure } from '../../model/failure.ts';
import { routes } from '../../model/routes.ts';
import { failureLine, type StateLine } from '../../model/stateLine.ts';
import { groupedCode, isWholeCode } from '../../model/typedCode.ts';
import { client } from '../../wx/client.ts';
import { failureOf } from '../../wx/failure.ts';
import { go } from '../../wx/go.ts';
import { page, type Self } from '../../wx/page.ts';

interface Model {
  readonly code: string;
  readonly isBusy: boolean;
  readonly failure: Failure | null;
  readonly redeemed: RedeemCodeOutput | null;
}

/** What the template reads. */
export interface View {
  readonly code: string;
  readonly mayRedeem: boolean;
  readonly isBusy: boolean;
  readonly failure: StateLine | null;
  /** What the code gave; empty before. */
  readonly title: string;
  readonly kind: string;
}

type Own = Self<Model>;

function view({ code, isBusy, failure, redeemed }: Model): View {
  return {
    code,
    mayRedeem: isWholeCode(code),
    isBusy,
    failure: failure === null ? null : failureLine(failure),
    title: redeemed?.title ?? '',
    kind: redeemed === null ? '' : words.productKind[redeemed.kind],
  };
}

async function redeem(self: Own): Promise<void> {
  const { code, isBusy } = self.model;
  if (isBusy || !isWholeCode(code)) return;
  self.set({ isBusy: true, failure: null });
  try {
    self.set({ redeemed: await client.redeemCode({ code }), code: '' });
  } catch (caught) {
    self.set({ failure: failureOf(caught) });
  } finally {
    self.set({ isBusy: false });
  }
}

const own = page({
  model: (): Model => ({ code: '', isBusy: false, failure: null, redeemed: null }),
  view,
  on: {
    type(self: Own, { detail }: InputEvent) {
      self.set({ code: groupedCode(detail.value), failure: null });
    },
    redeem,
    open({ model }: Own) {
      const { redeemed } = model;
      return redeemed === null ? undefined : go(routes.detail(redeemed.productId, redeemed.kind));
    },
    another(self: Own) {
      self.set({ redeemed: null });
    },
  },
});

/** What the template may name. */
export type Handlers = typeof own;

Page(own);
