/** The editor of a flash sale: its time, its products with prices and seats, tried on an example cart. */
import type { FlashSaleDraft, StaffFlashSaleView } from '../../client/types.ts';
import { flashSaleActions } from '../catalogueActions.ts';
import type { Action } from '../engine/view.ts';
import { editedFields } from './editedFields.ts';
import { Part, Some } from './editor.tsx';
import { FlashItems } from './promotion.tsx';
import { flashSaleFaults } from './promotionDraft.ts';
import { promotionScreen } from './promotionEditor.tsx';

/** The flash sale of the address, or a new one. */
export const Screen = promotionScreen<StaffFlashSaleView, Omit<FlashSaleDraft, 'id'>>({
  ...{ title: '限时秒杀', path: '/flash-sales', prefix: 'fls', type: 'StaffFlashSaleView' },
  facts: ['items', 'perUserMax', 'fromAtMs', 'untilAtMs', 'version', 'createdAtMs', 'updatedAtMs'],
  actions: flashSaleActions as readonly Action[],
  fields: editedFields('FlashSaleDraft', ['id']),
  ...{ list: 'listAllFlashSales', creates: 'createFlashSale', publishes: 'publishFlashSale' },
  over: '优惠金额超出个人当日额度时',
  empty: { perUserMax: 1, items: [{}] },
  writtenOf: ({ title, fromAtMs, untilAtMs, perUserMax, items }) => ({
    ...{ title, fromAtMs, untilAtMs, perUserMax, items },
  }),
  faults: flashSaleFaults,
  triedOf: (flashSale) => ({ flashSale }),
  create: (desk, draft) => desk.change('createFlashSale', draft),
  update: async (desk, draft) => (await desk.change('updateFlashSale', draft)).sale.version,
  parts: (form) => (
    <Part title="商品" hint="最多 12 件。名额抢完后恢复原价；没付款的订单关闭后，名额退回。">
      <FlashItems form={form} />
      <Some form={form} names={['perUserMax']} labels={{ perUserMax: '每件商品每人限购' }} />
    </Part>
  ),
});
