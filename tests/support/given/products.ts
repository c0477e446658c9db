/** Products of every kind for tests, made and published as staff do it. */
import { createProduct } from '../../../functions/admin/catalogue/createProduct.ts';
import { publishProduct } from '../../../functions/admin/catalogue/publishProduct.ts';
import { withdrawProduct } from '../../../functions/admin/catalogue/withdrawProduct.ts';
import { ProductId } from '../../../shared/schemas/base.ts';
import type { Product, StaffProductView } from '../../../shared/schemas/catalogue/product.ts';
import type { ShelfKind } from '../../../shared/schemas/catalogue/productKind.ts';
import type { World } from '../world.ts';
import { givenStaff } from './staff.ts';

/** The price fields of a product that costs 99 yuan. */
export const PLAIN_PRICES = {
  listFen: 9_900,
  limited: null,
  memberFen: null,
  isFreeForMembers: false,
  pointsPrice: null,
  price: { priceFen: 9_900, source: 'list', ownedFen: 0 },
} as const;

type Wishes = Readonly<Record<string, unknown>>;

/** The request of staff for a product other than a course, by default for 99 yuan. */
export function aProductDraft(world: World, kind: Exclude<ShelfKind, 'course'>, wishes: Wishes = {}) {
  const special = {
    membership: { plan: { period: 'month', scope: { kind: 'platform' } } },
    content: {
      access: { kind: 'forever' },
      content: { preview: '试读', body: '付费的正文', mediaKey: 'books/book.epub' },
    },
    media: {
      access: { kind: 'forever' },
      content: { preview: '简介', mediaKey: 'audio/talk.mp3', durationSeconds: 600 },
    },
    bundle: { access: { kind: 'forever' }, parts: [] },
    column: { access: { kind: 'forever' }, parts: [] },
  };
  return {
    id: ProductId.parse(world.ports.ids.make('prd')),
    kind,
    title: `一件商品 ${kind}`,
    subtitle: '',
    summary: '',
    category: 'programming',
    tags: [],
    teacher: '王老师',
    coverUrl: 'https://static.zhike.example/cover.jpg',
    listFen: 9_900,
    ...special[kind],
    ...wishes,
  };
}

/** A stored product of this kind, by default published. The clock moves on by a millisecond. */
export async function givenSold(
  world: World,
  kind: Exclude<ShelfKind, 'course'>,
  wishes: Wishes = {},
  state: Product['state'] = 'published',
): Promise<StaffProductView> {
  world.clock.advance(1);
  const admin = await givenStaff(world, 'admin');
  const draft = aProductDraft(world, kind, wishes);
  const made = await world.call(createProduct, { product: draft }, admin);
  const { id, version: expectedVersion } = made.data.product;
  if (state === 'draft') return made.data.product;
  const published = await world.call(publishProduct, { id, expectedVersion, reason: '上架' }, admin);
  if (state === 'published') return published.data.product;
  return (await world.call(withdrawProduct, { id, reason: '下架' }, admin)).data.product;
}
