/** What is done with products, coupons, campaigns and flash sales that are there. */
import type {
  CountedTemplateView,
  StaffCampaignView,
  StaffDropView,
  StaffFlashSaleView,
  StaffGroupView,
} from '../client/types.ts';
import type { Output } from './engine/desk.ts';
import { action } from './engine/view.ts';
import * as when from './when.ts';

type Product = Output<'listAllProducts'>['items'][number];

/** What is done with a product. */
export const productActions = [
  action('publishProduct', {
    title: '上架',
    tone: 'main',
    when: (product: Product) => product.kind !== 'course' && when.maySell(product),
    given: ({ id, version }) => ({ id, expectedVersion: version }),
  }),
  action('publishCourse', {
    title: '上架课程',
    tone: 'main',
    when: (product: Product) => product.kind === 'course' && when.maySell(product),
    given: ({ id, version }) => ({ id, expectedVersion: version }),
  }),
  action('withdrawProduct', {
    title: '下架',
    when: (product: Product) => when.mayWithdraw(product),
    given: ({ id }) => ({ id }),
    note: '下架后不能再买，已购买的人不受影响。包含它的套餐会去掉它。',
  }),
  action('removeProductDraft', {
    title: '删除草稿',
    tone: 'bad',
    when: (product: Product) => when.mayRemove(product),
    given: ({ id, version }) => ({ id, expectedVersion: version }),
    note: '删除后不能恢复。',
  }),
] as const;

/** What is done with a coupon. */
export const templateActions = [
  action('publishCouponTemplate', {
    title: '发布',
    tone: 'main',
    when: (one: CountedTemplateView) => when.isDraft(one),
    given: ({ id }) => ({ templateId: id }),
    note: '发布后规则不能再改，只能延长或增加数量。',
  }),
  action('grantCouponTo', {
    title: '发给用户',
    when: (one: CountedTemplateView) => when.isPublished(one),
    given: ({ id }) => ({ templateId: id }),
  }),
  action('extendCouponTemplate', {
    title: '延长或加量',
    when: (one: CountedTemplateView) => when.isPublished(one),
    given: ({ id, version }) => ({ templateId: id, expectedVersion: version }),
    first: ({ stock, claimUntilAtMs }) => ({ stock, claimUntilAtMs }),
    note: '只能更晚、更多。不填的不变。',
  }),
  action('endCouponTemplate', {
    title: '提前结束',
    tone: 'bad',
    when: (one: CountedTemplateView) => when.mayEnd(one),
    given: ({ id }) => ({ templateId: id }),
    note: '结束后不能再领取，已领的券仍可使用。不能恢复。',
  }),
  action('removeCouponTemplateDraft', {
    title: '删除草稿',
    tone: 'bad',
    when: (one: CountedTemplateView) => when.isDraft(one),
    given: ({ id, version }) => ({ templateId: id, expectedVersion: version }),
    note: '删除后不能恢复。',
  }),
] as const;

/** What is done with a campaign. */
export const campaignActions = [
  action('publishCampaign', {
    title: '发布',
    tone: 'main',
    when: (one: StaffCampaignView) => when.isDraft(one),
    given: ({ id, version }) => ({ id, expectedVersion: version }),
    note: '发布后规则不能再改，只能延长。',
  }),
  action('extendCampaign', {
    title: '延长',
    when: (one: StaffCampaignView) => when.isPublished(one),
    given: ({ id, version }) => ({ id, expectedVersion: version }),
    first: ({ untilAtMs }) => ({ untilAtMs }),
  }),
  action('endCampaign', {
    title: '提前结束',
    tone: 'bad',
    when: (one: StaffCampaignView) => when.mayEnd(one),
    given: ({ id }) => ({ id }),
    note: '已下的订单价格不变。不能恢复。',
  }),
  action('removeCampaignDraft', {
    title: '删除草稿',
    tone: 'bad',
    when: (one: StaffCampaignView) => when.isDraft(one),
    given: ({ id, version }) => ({ id, expectedVersion: version }),
    note: '删除后不能恢复。',
  }),
] as const;

/** What is done with a flash sale. */
export const flashSaleActions = [
  action('publishFlashSale', {
    title: '发布',
    tone: 'main',
    when: (one: StaffFlashSaleView) => when.isDraft(one),
    given: ({ id, version }) => ({ id, expectedVersion: version }),
    note: '发布后只能延长或增加名额。',
  }),
  action('extendFlashSale', {
    title: '延长或加名额',
    when: (one: StaffFlashSaleView) => when.isPublished(one),
    given: ({ id, version }) => ({ id, expectedVersion: version }),
    first: ({ untilAtMs }) => ({ untilAtMs }),
  }),
  action('endFlashSale', {
    title: '提前结束',
    tone: 'bad',
    when: (one: StaffFlashSaleView) => when.mayEnd(one),
    given: ({ id }) => ({ id }),
    note: '已下的订单价格不变。不能恢复。',
  }),
  action('removeFlashSaleDraft', {
    title: '删除草稿',
    tone: 'bad',
    when: (one: StaffFlashSaleView) => when.isDraft(one),
    given: ({ id, version }) => ({ id, expectedVersion: version }),
    note: '删除后不能恢复。',
  }),
] as const;

/** What is done with a group of learners. */
export const groupActions = [
  action('publishGroup', {
    title: '发布',
    tone: 'main',
    when: (one: StaffGroupView) => when.isDraft(one),
    given: ({ id, version }) => ({ id, expectedVersion: version }),
    note: '发布后成员就能看到。',
  }),
  action('updateGroup', {
    title: '修改',
    when: (one: StaffGroupView) => when.mayEnd(one),
    given: ({ id, version }) => ({ id, expectedVersion: version }),
    first: ({ title, intro, coverUrl, teachers, assistants }) => ({
      ...{ title, intro, coverUrl, teachers, assistants },
    }),
    note: '已发布的小组也会立即改变。',
  }),
  action('endGroup', {
    title: '结束',
    tone: 'bad',
    when: (one: StaffGroupView) => when.mayEnd(one),
    given: ({ id }) => ({ id }),
    note: '结束后成员看不到小组和话题。不能恢复。',
  }),
] as const;

/** What is done with a drop. */
export const dropActions = [
  action('publishDrop', {
    title: '开始发放',
    tone: 'main',
    when: (one: StaffDropView) => when.isDraft(one),
    given: ({ id }) => ({ id }),
    note: '份数会从优惠券的库存中留出，到时没有领完的会退回。',
  }),
  action('endDrop', {
    title: '提前结束',
    tone: 'bad',
    when: (one: StaffDropView) => when.mayEnd(one),
    given: ({ id }) => ({ id }),
    note: '没有领完的退回库存，已领的券仍可使用。不能恢复。',
  }),
] as const;

/** An article in the list: without its text. */
export type ArticleRow = Output<'listAllArticles'>['items'][number];

/** What is done with an article. */
export const articleActions = [
  action('publishArticle', {
    title: '发布',
    tone: 'main',
    when: (one: ArticleRow) => one.state !== 'published',
    given: ({ id, version }) => ({ id, expectedVersion: version }),
    note: '发布后所有人可见。',
  }),
  action('withdrawArticle', {
    title: '撤下',
    tone: 'bad',
    when: (one: ArticleRow) => one.state === 'published',
    given: ({ id }) => ({ id }),
    note: '撤下后读者看不到，可以再次发布。',
  }),
] as const;
