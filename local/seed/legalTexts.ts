/** The texts that a laptop's shop starts with. They are examples: a real shop publishes what its own counsel wrote. */
import * as legalTexts from '../../shared/data/identity/legalTexts.ts';
import { publishText } from '../../shared/domain/identity/legal.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { UserId } from '../../shared/schemas/base.ts';
import { LegalKind, LegalTextDraft } from '../../shared/schemas/identity/legal.ts';
import { seedUlid } from './seedUlid.ts';

const VERSION = '2026-03-01';

/** Who published them. There is no such member of staff. */
const SEEDER = UserId.parse(`usr_${seedUlid(1)}`);

const EXAMPLE = '> 本文为示例文本，仅供演示。正式上线前，请由你的法律顾问审定后在后台发布。';

const texts: Readonly<Record<LegalKind, { readonly title: string; readonly body: readonly string[] }>> = {
  terms: {
    title: '用户服务协议',
    body: [
      '## 一、我们提供什么\n知课为你提供课程、电子书、音频、会员等付费内容，以及与之有关的学习、答疑和交流服务。',
      '## 二、账号\n你可以用微信或用户名登录。账号仅供本人使用，不得出租、出借或转让。',
      '## 三、购买与学习权限\n价格以下单时显示的为准。付款成功后，你获得页面所写期限内的学习权限；内容仅供个人学习，不得录制、传播或转售。',
      '## 四、退款\n各商品的退款规则写在商品页，并以下单时的规则为准。在苹果设备上以虚拟支付购买的，由苹果公司受理退款。',
      '## 五、优惠券与积分\n优惠券和积分不能兑换现金。通过作弊取得的，我们可以收回。',
      '## 六、联系我们\n遇到问题，请在“我的—意见反馈”中告诉我们，我们会在一个工作日内回复。',
    ],
  },
  privacy: {
    title: '隐私政策',
    body: [
      '## 一、我们收集什么，为什么\n登录时我们取得微信为你生成的用户标识（openid），用于识别你的账号。你主动填写的昵称和头像用于展示。你绑定手机号时，我们加密保存它，用于找回账号和法律要求的身份核验。',
      '## 二、订单与支付\n我们保存你的订单、支付和退款记录，用于履行合同和记账。我们不保存你的银行卡信息。',
      '## 三、需要另行同意的用途\n使用情况统计、个性化推荐、营销消息、向第三方共享，均默认关闭，逐项征求你的同意，并可随时撤回。不同意不影响购买和学习。',
      '## 四、保存多久\n订单及支付记录自完成之日起保存三年；访问日志不少于六个月；其余信息在你撤回同意或注销账号后删除。',
      '## 五、你的权利\n你可以查阅、更正、撤回同意，也可以申请导出个人信息或注销账号。',
      '## 六、未成年人\n未满十四周岁的，请由监护人阅读并同意本政策后使用。',
    ],
  },
  analytics: {
    title: '使用情况统计',
    body: [
      '我们希望了解页面被怎样使用，以便改进。统计使用随机的化名，不含你的姓名和联系方式，保存十三个月。',
    ],
  },
  personalisation: {
    title: '个性化推荐',
    body: ['我们希望根据你学过和看过的内容为你推荐课程。关闭后，你看到的是对所有人相同的推荐。'],
  },
  marketing: {
    title: '营销消息',
    body: ['我们希望偶尔告诉你优惠和新课。学习提醒、订单通知不在其内。夜间不会打扰你。'],
  },
  sharing: {
    title: '向第三方共享',
    body: ['我们希望把化名后的使用数据交给数据分析服务商处理。接收方和字段列在隐私政策附件中。'],
  },
  community: {
    title: '社区规则',
    body: [
      '发言须真实、友善、与课程有关。不发布违法信息、广告和他人的个人信息。违规内容会被隐藏，多次违规将被禁言。',
    ],
  },
  questions: {
    title: '付费问答规则',
    body: ['提问前会核对内容与费用。专家未在期限内回答的，费用自动退回。对回答有异议的，可以申请平台处理。'],
  },
  expert: {
    title: '专家入驻协议',
    body: ['专家须具备所答领域的资质，按时作答，不得引导线下交易。收入在无法再退款后结算，并依法代扣税款。'],
  },
  partner: {
    title: '推广合作协议',
    body: ['推广者按实际成交的净额获得一级佣金，不发展下级。被退款的订单不计佣金。不得虚假宣传。'],
  },
};

/** Publishes the texts of the kinds that have none. A start that finds them changes nothing. */
export async function seedLegalTexts({ database, clock }: Pick<Ports, 'database' | 'clock'>): Promise<void> {
  for (const kind of LegalKind.options) {
    const { title, body } = texts[kind];
    const draft = { kind, version: VERSION, title, body: [EXAMPLE, ...body].join('\n\n'), asksAgain: true };
    const asked = LegalTextDraft.parse(draft);
    const digest = legalTexts.digestOf(asked);
    await database.tx(async (tx) => {
      const current = await legalTexts.findCurrent(tx, kind);
      if (current !== null) return;
      const given = { digest, current, replaces: null, by: SEEDER, now: clock.now() };
      const { text, next } = publishText(asked, given);
      await legalTexts.publish(tx, text, current, next);
    });
  }
}
