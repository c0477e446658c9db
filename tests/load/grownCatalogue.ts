/** A catalogue of any size: copies of the seeded one, with own titles that people would search for. */
import * as products from '../../shared/data/catalogue/products.ts';
import * as goods from '../../shared/data/operations/goods.ts';
import { DAY_MS, fen, timeMs } from '../../shared/schemas/base.ts';
import type { Product } from '../../shared/schemas/catalogue/product.ts';
import { seeded } from '../support/seeded.ts';
import { liveGoods, type Played } from './playedOrders.ts';
import { Renamer } from './renamed.ts';

/** A document and its collection. */
export interface Told {
  readonly collection: string;
  readonly doc: unknown;
}

const SUBJECTS = [
  '数据分析',
  '商务英语',
  '手机摄影',
  '家庭理财',
  '项目管理',
  '公众号写作',
  '短视频剪辑',
  '日语口语',
  '心理学',
  'Python 编程',
  'TypeScript 前端',
  '机器学习',
  '产品设计',
  '用户增长',
  '财务报表',
  '中医食养',
  '书法',
  '吉他弹唱',
  '水彩插画',
  '亲子沟通',
  '正念冥想',
  '瑜伽',
  '演讲与表达',
  '职场汇报',
  'Excel 表格',
  'SQL 查询',
  '微服务架构',
  '云原生部署',
  '网络安全',
  '小程序开发',
  '电商运营',
  '直播带货',
  '品牌策划',
  '法律常识',
  '古典诗词',
  '世界历史',
  '天文观星',
  '烘焙甜点',
  '咖啡拉花',
  '室内设计',
  '园艺种植',
  '宠物训练',
  '马拉松训练',
  '围棋',
  '数学思维',
  '物理实验',
  '化学趣谈',
  '考研政治',
  '公务员面试',
  '雅思写作',
];
const FORMS = [
  '从入门到精通',
  '实战二十讲',
  '零基础训练营',
  '案例精讲',
  '进阶提高班',
  '一学就会',
  '核心方法论',
  '高手之路',
  '避坑指南',
  '每日一练',
  '图解手册',
  '名师带练',
  '完全手册',
  '三十天计划',
  '项目实操',
  '底层逻辑',
  '常见误区',
  '思维导图',
  '真题详解',
  '精选问答',
];
const PEOPLE = [
  '给初学者',
  '给职场新人',
  '给自由职业者',
  '给小团队',
  '给管理者',
  '给大学生',
  '给新手父母',
  '给忙碌的人',
  '给工程师',
  '给老师',
];
const TEACHERS = [
  '周明远',
  '林若溪',
  '陈知行',
  '高建业',
  '苏晓棠',
  '何一鸣',
  '梁静秋',
  '沈听雨',
  '顾清和',
  '许乐言',
];
const SENTENCES = [
  '每一讲都从一个真实的问题开始',
  '配套练习可以当天完成',
  '讲清楚背后的原理',
  '附赠可以直接使用的模板',
  '学员作品逐一点评',
  '不需要任何基础',
  '反复练习直到变成习惯',
  '用生活里的例子来解释',
  '少讲术语，多讲做法',
  '最后完成一个自己的作品',
];

/** The copied collections. Products other than memberships are copied: 30 of the 33 seeded ones. */
const COPIED: readonly string[] = ['products', 'courses', 'lessons', 'contents'];

function chosen<T>(from: readonly T[], random: () => number): T {
  const one = from[Math.floor(random() * from.length)];
  if (one === undefined) throw new Error('there is nothing to choose from');
  return one;
}

/** The product with other texts, another price and another age. */
function retold(product: Product, random: () => number): Product {
  const [subject, form, people] = [chosen(SUBJECTS, random), chosen(FORMS, random), chosen(PEOPLE, random)];
  const share = 0.3 + 1.7 * random();
  const scaled = (price: number) => fen(Math.max(100, Math.round((price * share) / 100) * 100));
  const atMs = timeMs(product.createdAtMs + Math.floor(random() * 200 * DAY_MS));
  const sentences = Array.from({ length: 3 }, () => chosen(SENTENCES, random));
  return {
    ...product,
    title: `${subject}：${form}（${people}）`,
    subtitle: `${people}的${subject}课，${chosen(SENTENCES, random)}`,
    summary: `${product.summary}${sentences.join('。')}。`,
    tags: [subject, form],
    teacher: chosen(TEACHERS, random),
    listFen: product.listFen === 0 ? product.listFen : scaled(product.listFen),
    memberFen: product.memberFen === null ? null : scaled(product.memberFen),
    publishedAtMs: atMs,
    createdAtMs: atMs,
    updatedAtMs: atMs,
  };
}

/** The number of copies of the seeded catalogue that a shop with this many products needs. */
export function generationsFor({ seeded: base }: Played, count: number): number {
  const all = base.filter(({ collection }) => collection === 'products');
  const copied = all.filter(({ doc }) => products.collection.schema.parse(doc).kind !== 'membership');
  return Math.max(0, Math.ceil((count - all.length) / copied.length));
}

/** Every document of the catalogue: the seeded one, then each copy. */
export function* catalogue({ seeded: base }: Played, generations: number, seed: number): Generator<Told> {
  yield* base.filter(({ collection }) => collection !== goods.collection.name);
  const random = seeded(seed);
  const renamer = new Renamer();
  const patterns = base
    .filter(({ collection }) => COPIED.includes(collection))
    .map(({ collection, id, doc }) => ({
      ...{ collection, id, idOf: renamer.patternOf(id) },
      textOf: renamer.patternOf(JSON.stringify(doc)),
    }));
  for (let generation = 0; generation <= generations; generation += 1) {
    const names = renamer.namesOf({ copy: 0, shiftMs: 0, generation });
    for (const { collection, id, idOf, textOf } of patterns) {
      const isSeeded = idOf(names) === id;
      const doc: unknown = JSON.parse(textOf(names));
      if (collection === products.collection.name) {
        const own = products.collection.schema.parse(doc);
        if (isSeeded && generation > 0) continue;
        const product = generation === 0 ? own : retold(own, random);
        if (generation > 0) yield { collection, doc: product };
        for (const live of liveGoods(product)) yield { collection: goods.collection.name, doc: live };
      } else if (!isSeeded) yield { collection, doc };
    }
  }
}
