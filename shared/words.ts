/**
 * What is on the wire, in words for people: each value of each enumeration, in Chinese, once. A value without words
 * does not compile, and an enumeration without words fails a test. The words of errors are in `errors.ts`.
 */
import type { GrantCause } from './schemas/access/entitlement.ts';
import type { Gift } from './schemas/access/gift.ts';
import type { MembershipLength, MembershipScope } from './schemas/access/membership.ts';
import type { CodeBatch } from './schemas/access/redeemCode.ts';
import type { ArticleId, ProductId } from './schemas/base.ts';
import type { BillRail, DifferenceKind, StoredDifference } from './schemas/books/reconciliation.ts';
import type {
  AccessRule,
  CourseSort,
  MembershipPlan,
  PriceSource,
  Product,
  StaffOutline,
} from './schemas/catalogue/product.ts';
import type { ProductKind } from './schemas/catalogue/productKind.ts';
import type { UploadAsked } from './schemas/catalogue/upload.ts';
import type {
  CouponRule,
  CouponScope,
  CouponState,
  CouponTemplate,
  CouponValidity,
  NotClaimable,
  TemplateState,
} from './schemas/coupons/coupon.ts';
import type { FeedbackKind, FeedbackState, FeedbackTurn } from './schemas/feedback/feedback.ts';
import type { ValueKind } from './schemas/identity/dailyValue.ts';
import type { LegalKind } from './schemas/identity/legal.ts';
import type { StaffAction } from './schemas/identity/permission.ts';
import type { ProposalView } from './schemas/identity/proposal.ts';
import type { Role, User } from './schemas/identity/user.ts';
import type { MessageKind, MessageState } from './schemas/inbox/message.ts';
import type { TemplateKind } from './schemas/inbox/template.ts';
import type { Certificate } from './schemas/learning/certificate.ts';
import type { QuestionKind } from './schemas/learning/quiz.ts';
import type { Case, CaseKind } from './schemas/operations/case.ts';
import type { ExportKind } from './schemas/operations/export.ts';
import type { Applied, Order, OrderState, Platform, Rail, RejectionCode } from './schemas/orders/order.ts';
import type { ExceptionKind, PaymentStatus, Receipt, TrackedException } from './schemas/payments/payment.ts';
import type { PointsCause } from './schemas/points/points.ts';
import type { NotRefundable, RefundQuote, RefundReason, RefundState } from './schemas/refunds/refund.ts';
import type { FlagReason } from './schemas/review/flag.ts';
import type { MarkKind } from './schemas/review/mark.ts';
import type { ReviewDecision, ReviewState } from './schemas/review/review.ts';
import type { WritingKind } from './schemas/review/writer.ts';
import type { ShareTarget } from './schemas/shares/share.ts';
import type { ArticleState, Block } from './schemas/talk/article.ts';
import type { CommentSort } from './schemas/talk/comment.ts';
import type { DropAudience, NotClaimableDrop } from './schemas/talk/drop.ts';
import type { GroupKind, GroupState } from './schemas/talk/group.ts';
import type { Switch } from './schemas/talk/talk.ts';
import type { ThreadKind } from './schemas/talk/thread.ts';
import type { TopicKind, TopicSort } from './schemas/talk/topic.ts';
import type { TaskState } from './schemas/task.ts';

type Words<V extends string> = Readonly<Record<V, string>>;

/** The words by enumeration, and in it by value. */
export const words = {
  accessKind: {
    forever: '永久有效',
    days: '购买后若干天',
    until: '到指定日期',
  } satisfies Words<AccessRule['kind']>,
  audience: {
    all: '所有人',
    new_users: '新用户',
    members: '会员',
    buyers: '买过指定商品的人',
    welcome: '注册即送',
    drop: '只用于群福利',
  } satisfies Words<CouponTemplate['audience']>,
  billRail: { wxpay: '微信支付', xpay: '虚拟支付' } satisfies Words<BillRail>,
  caseKind: {
    complaint: '用户投诉',
    refund_closed: '退款已关闭',
    refund_abnormal: '退款异常',
    refund_unfunded: '商户余额不足',
    task_dead: '任务失败',
    refund_dead: '退款申请失败',
    second_payment: '重复支付',
    late_honoured: '迟到款项已发货',
    bought_twice: '重复购买',
    refunded_at_rail: '款项已在渠道退回',
    order_lost: '订单缺失',
    platform_refund: '渠道自行退款',
    reconciliation: '对账差异',
    invariant: '数据不一致',
    goods_refused: '道具审核未通过',
    shipping_failed: '发货上报失败',
    waiting: '等待过久',
    platform_refused: '平台拒绝请求',
    message_template: '消息模板异常',
    wechat_taken: '微信账号已被占用',
    content_review: '内容待审',
    content_flagged: '内容被举报',
    appeal: '申诉',
    feedback_urgent: '侵权反馈',
  } satisfies Words<CaseKind>,
  caseState: { open: '待处理', closed: '已关闭' } satisfies Words<Case['state']>,
  certificateState: { issued: '有效', revoked: '已撤销' } satisfies Words<Certificate['state']>,
  closeReason: { expired: '超时未付', cancelled: '买家取消' } satisfies Words<
    NonNullable<Order['closeReason']>
  >,
  codeBatchState: { making: '生成中', active: '可使用', disabled: '已停用' } satisfies Words<
    CodeBatch['state']
  >,
  couponRule: { full_reduction: '满减', discount: '折扣', fixed: '立减' } satisfies Words<CouponRule['kind']>,
  couponScope: { all: '全部商品', kinds: '指定类型', products: '指定商品' } satisfies Words<
    CouponScope['kind']
  >,
  couponState: {
    available: '可使用',
    locked: '使用中',
    used: '已使用',
    expired: '已过期',
  } satisfies Words<CouponState>,
  couponValidity: { window: '固定日期', days: '领取后若干天' } satisfies Words<CouponValidity['kind']>,
  commentSort: { newest: '最新', hot: '最热' } satisfies Words<CommentSort>,
  courseSort: {
    newest: '最新',
    price_asc: '价格从低到高',
    price_desc: '价格从高到低',
  } satisfies Words<CourseSort>,
  difference: { payment: '支付', refund: '退款', fees: '手续费', line: '账单行' } satisfies Words<
    StoredDifference['of']
  >,
  differenceKind: {
    missing_local: '账单有，我方没有',
    missing_remote: '我方有，账单没有',
    amount_diff: '金额不同',
    state_diff: '状态不同',
    fee_diff: '手续费不同',
    unreadable: '无法读取',
  } satisfies Words<DifferenceKind>,
  differenceState: { open: '待处理', healed: '已补齐' } satisfies Words<StoredDifference['state']>,
  discount: {
    flash: '秒杀',
    limited: '限时价',
    member: '会员价',
    owned: '已拥有部分',
    campaign: '满减活动',
    coupon: '优惠券',
    points: '积分',
  } satisfies Words<Applied['kind']>,
  exceptionKind: {
    unknown_order: '找不到订单',
    amount_mismatch: '金额不符',
    currency_mismatch: '币种不符',
    merchant_mismatch: '商户不符',
    rail_mismatch: '支付方式不符',
    payer_mismatch: '付款人不符',
    refunded_at_rail: '款项已在渠道退回',
    order_lost: '订单缺失',
    late_payment: '订单关闭后到账',
    late_reopened: '到账后订单恢复',
    late_honoured: '到账后照常发货',
    second_payment: '重复支付',
    already_owned: '付款前已拥有',
    transaction_taken: '流水号重复',
  } satisfies Words<ExceptionKind>,
  exceptionState: { open: '待处理', resolved: '已处理' } satisfies Words<TrackedException['state']>,
  exportKind: {
    orders: '订单',
    order_lines: '订单明细',
    payments: '支付',
    refunds: '退款',
    points: '积分流水',
    users: '用户',
    journal: '总账',
    cases: '工单',
  } satisfies Words<ExportKind>,
  flagReason: {
    illegal: '违法违规',
    sexual: '色情低俗',
    abusive: '辱骂攻击',
    advertising: '广告引流',
    false: '不实信息',
    infringing: '侵犯权益',
    private: '泄露隐私',
    harms_minors: '危害未成年人',
    other: '其他',
  } satisfies Words<FlagReason>,
  giftState: { open: '可领取', revoked: '已收回' } satisfies Words<Gift['state']>,
  groupKind: { course: '课程小组', paid: '会员小组', open: '公开小组' } satisfies Words<GroupKind>,
  articleState: { draft: '草稿', published: '已发布', withdrawn: '已撤下' } satisfies Words<ArticleState>,
  blockKind: {
    paragraph: '段落',
    heading: '小标题',
    quote: '引用',
    list: '列表',
    image: '图片',
    product: '商品',
  } satisfies Words<Block['kind']>,
  dropAudience: { group: '小组成员', wechat_group: '来自微信群的人', link: '有链接的人' } satisfies Words<
    DropAudience['kind']
  >,
  notClaimableDrop: {
    ended: '已结束',
    empty: '已领完',
    login_first: '请先登录',
    not_in_group: '您不在这个小组',
  } satisfies Words<NotClaimableDrop>,
  groupState: { draft: '草稿', published: '开放中', ended: '已结束' } satisfies Words<GroupState>,
  grantCause: {
    order: '购买',
    gift: '受赠',
    code: '兑换码',
    points: '积分兑换',
    staff: '客服赠予',
    trial: '试学',
  } satisfies Words<GrantCause>,
  grantState: { active: '有效', revoked: '已收回' } satisfies Words<'active' | 'revoked'>,
  legalKind: {
    terms: '用户协议',
    privacy: '隐私政策',
    analytics: '使用情况统计',
    personalisation: '个性化推荐',
    marketing: '营销消息',
    sharing: '向第三方共享',
    community: '社区规则',
    questions: '付费问答规则',
    expert: '专家入驻协议',
    partner: '推广合作协议',
  } satisfies Words<LegalKind>,
  markKind: { like: '点赞' } satisfies Words<MarkKind>,
  membershipLength: { months: '若干个月', days: '若干天' } satisfies Words<MembershipLength['kind']>,
  membershipPeriod: { month: '月卡', quarter: '季卡', year: '年卡' } satisfies Words<
    MembershipPlan['period']
  >,
  membershipScope: { platform: '全站会员', product: '单个商品会员' } satisfies Words<MembershipScope['kind']>,
  notClaimable: {
    not_started: '尚未开始',
    ended: '已结束',
    sold_out: '已领完',
    limit_reached: '已达领取上限',
    not_for_you: '不符合领取条件',
    for_points: '需用积分兑换',
    login_first: '登录后领取',
  } satisfies Words<NotClaimable>,
  notRefundable: {
    nothing_left: '已全部退回',
    window_over: '已过退款期限',
    progress_too_far: '学习进度已超过可退范围',
    downloaded: '已下载',
    gift_claimed: '礼物已被领取',
    ask_apple: '请向苹果公司申请退款',
  } satisfies Words<NotRefundable>,
  orderState: {
    pending: '待支付',
    closing: '关闭中',
    closed: '已关闭',
    paid: '已支付',
  } satisfies Words<OrderState>,
  outlineState: { published: '已发布', changed: '有改动', new: '新增' } satisfies Words<
    StaffOutline['chapters'][number]['lessons'][number]['state']
  >,
  paymentState: {
    created: '已创建',
    prepaid: '待付款',
    success: '已支付',
    closed: '已关闭',
    late: '关闭后到账',
  } satisfies Words<PaymentStatus>,
  platform: {
    ios: 'iOS',
    android: '安卓',
    harmony: '鸿蒙',
    windows: 'Windows',
    web: '网页',
  } satisfies Words<Platform>,
  pointsCause: {
    order_paid: '购物奖励',
    check_in: '签到',
    friend_bought: '好友购买奖励',
    course_finished: '完成课程奖励',
    comment_approved: '评论奖励',
    hold: '下单占用',
    release: '占用退回',
    spend: '抵扣',
    redeem: '兑换',
    refund_return: '退款退回',
    refund_claw_back: '退款扣回',
    reward_claw_back: '奖励扣回',
    content_removed: '内容下架扣回',
    content_restored: '内容恢复返还',
    reward_due: '待发奖励',
    reward_dropped: '奖励取消',
    expire: '过期',
    adjustment: '客服调整',
  } satisfies Words<PointsCause>,
  priceSource: {
    list: '原价',
    flash: '秒杀价',
    limited: '限时价',
    member: '会员价',
  } satisfies Words<PriceSource>,
  productKind: {
    course: '课程',
    membership: '会员',
    content: '电子书',
    media: '音视频',
    bundle: '套餐',
    column: '专栏',
  } satisfies Words<ProductKind>,
  productState: { draft: '草稿', published: '在售', withdrawn: '已下架' } satisfies Words<Product['state']>,
  promotionState: { draft: '草稿', published: '已发布', ended: '已结束' } satisfies Words<TemplateState>,
  proposalState: { waiting: '待同意', approved: '已同意', used: '已执行' } satisfies Words<
    ProposalView['state']
  >,
  questionKind: { one: '单选', several: '多选', true_false: '判断' } satisfies Words<QuestionKind>,
  rail: { wxpay: '微信支付', xpay: '虚拟支付', zero: '无需支付' } satisfies Words<Rail>,
  receiptKind: { settled: '正常', late: '迟到', second: '重复', lost: '订单缺失' } satisfies Words<
    Receipt['kind']
  >,
  refundBy: {
    automatic: '按规则自动退款',
    staff: '客服审核',
    apple: '苹果公司受理',
    none: '无可退金额',
  } satisfies Words<RefundQuote['by']>,
  refundReason: {
    late_payment: '迟到款项',
    second_payment: '重复支付',
    buyer: '买家申请',
    staff: '客服发起',
    platform: '渠道发起',
  } satisfies Words<RefundReason>,
  refundState: {
    requested: '待审核',
    rejected: '已拒绝',
    approved: '待提交',
    processing: '退款中',
    success: '已退款',
    closed: '已关闭',
    abnormal: '退款异常',
  } satisfies Words<RefundState>,
  shareTarget: { shop: '店铺' } satisfies Words<Exclude<ShareTarget, ProductId | ArticleId>>,
  featureSwitch: { off: '关闭', read: '只读', on: '开放' } satisfies Words<Switch>,
  rejection: {
    'coupon.not_yours': '这张优惠券不属于你',
    'coupon.not_available': '优惠券已使用或已锁定',
    'coupon.not_started': '优惠券尚未生效',
    'coupon.expired': '优惠券已过期',
    'coupon.no_eligible_line': '没有适用该券的商品',
    'coupon.threshold_not_met': '未达到优惠券的使用门槛',
    'coupon.takes_nothing': '优惠券对本单没有优惠',
    'coupon.not_combinable': '不能与当前活动同时使用优惠券',
    'coupon.below_rail_floor': '用券后低于支付渠道的最低金额',
    'campaign.below_rail_floor': '满减后低于支付渠道的最低金额',
    'campaign.threshold_not_met': '未达到满减门槛',
    'offer.below_rail_floor': '优惠价低于支付渠道的最低金额',
    'owned.below_rail_floor': '扣除已拥有部分后低于支付渠道的最低金额',
    'flash.sold_out': '秒杀名额已抢完',
    'flash.limit_reached': '已达秒杀限购数量',
    'flash.cart_too_long': '商品过多，不能享受秒杀价',
    'points.not_enough': '积分不足',
    'points.above_share': '超过积分可抵扣的比例',
    'points.below_rail_floor': '抵扣后低于支付渠道的最低金额',
    'points.not_combinable': '不能与当前活动同时使用积分',
  } satisfies Words<RejectionCode>,
  reviewDecision: {
    approve: '通过',
    reject: '拒绝',
    keep: '保留',
    remove: '下架',
  } satisfies Words<ReviewDecision>,
  reviewState: {
    checking: '审核中',
    queued: '人工审核中',
    public: '已公开',
    rejected: '未通过',
    removed: '已移除',
    deleted: '已删除',
  } satisfies Words<ReviewState>,
  role: {
    learner: '学员',
    editor: '内容编辑',
    support: '客服',
    finance: '财务',
    admin: '管理员',
  } satisfies Words<Role>,
  staffAction: {
    'course.create': '创建课程',
    'upload.create': '上传文件',
    'course.update': '修改课程',
    'course.publish': '发布课程',
    'product.view': '查看商品',
    'product.create': '创建商品',
    'product.update': '修改商品',
    'product.publish': '发布商品',
    'product.withdraw': '下架商品',
    'category.manage': '管理分类',
    'membership.view': '查看会员',
    'membership.grant': '赠送会员',
    'access.grant': '赠予权益',
    'code_batch.view': '查看兑换码',
    'code_batch.create': '生成兑换码',
    'code_batch.disable': '停用兑换码',
    'coupon.view': '查看优惠券',
    'coupon.create': '创建优惠券',
    'coupon.publish': '发布优惠券',
    'coupon.end': '结束优惠券',
    'coupon.extend': '延长优惠券',
    'coupon.grant': '发放优惠券',
    'promotion.view': '查看活动',
    'promotion.create': '创建活动',
    'promotion.publish': '发布活动',
    'promotion.end': '结束活动',
    'promotion.extend': '延长活动',
    'points.adjust': '调整积分',
    'points.adjust_large': '大额调整积分',
    'audit.view': '查看审计日志',
    'staff.view': '查看员工',
    'staff.manage': '管理员工',
    'proposal.view': '查看待同意的操作',
    'proposal.approve': '同意他人的操作',
    'second_factor.own': '管理自己的双重验证',
    'user.view': '查看用户',
    'user.ban': '封禁用户',
    'order.view': '查看订单',
    'refund.view': '查看退款',
    'refund.create': '发起退款',
    'refund.approve': '审核退款',
    'exception.resolve': '处理支付异常',
    'case.view': '查看工单',
    'case.close': '关闭工单',
    'task.view': '查看任务',
    'task.manage': '处理任务',
    'export.create': '导出数据',
    'reconciliation.view': '查看对账',
    'reconciliation.run': '执行对账',
    'export.personal': '导出个人信息',
    'compliance.manage': '管理协议与合规',
    'group.manage': '管理小组',
    'learner.view': '查看学员进度',
    'content.review': '审核内容',
    'certificate.revoke': '撤销证书',
    'article.manage': '撰写和发布文章',
    'drop.view': '查看群福利',
    'drop.create': '创建群福利',
    'drop.publish': '发放群福利',
    'drop.end': '结束群福利',
    'feedback.answer': '回复用户反馈',
  } satisfies Words<StaffAction>,
  templateKind: {
    order: '订单',
    refund: '退款',
    learning: '学习',
    coupon: '优惠券',
    points: '积分',
    promotion: '活动',
    reply: '回复',
    review: '审核',
  } satisfies Words<TemplateKind>,
  feedbackKind: {
    bug: '功能故障',
    content: '内容问题',
    refund: '退款问题',
    complaint: '投诉',
    infringement: '侵权举报',
    privacy: '隐私问题',
    idea: '建议',
  } satisfies Words<FeedbackKind>,
  feedbackState: { open: '待答复', answered: '已答复', closed: '已结束' } satisfies Words<FeedbackState>,
  feedbackFrom: { user: '用户', staff: '客服' } satisfies Words<FeedbackTurn['from']>,
  messageKind: {
    order_paid: '支付成功',
    refund_succeeded: '退款到账',
    course_finished: '课程学完',
    certificate_issued: '证书生成',
    coupon_given: '优惠券到账',
    coupon_ending: '优惠券将到期',
    points_gained: '积分到账',
    points_ending: '积分将到期',
    promotion_started: '活动开始',
    comment_replied: '收到回复',
    content_removed: '内容被移除',
    feedback_answered: '反馈已答复',
  } satisfies Words<MessageKind>,
  messageState: {
    inside: '仅站内',
    waiting: '等待发送',
    due: '即将发送',
    sending: '发送中',
    sent: '已发送',
    unknown: '结果不明',
    refused: '用户未允许',
    failed: '发送失败',
    skipped: '未发送',
  } satisfies Words<MessageState>,
  taskState: {
    pending: '待执行',
    done: '已完成',
    dead: '已失败',
    buried: '已放弃',
  } satisfies Words<TaskState>,
  threadKind: { lesson: '课时', product: '商品', article: '文章', topic: '话题' } satisfies Words<ThreadKind>,
  topicKind: { talk: '交流', ask: '提问', digest: '精华' } satisfies Words<TopicKind>,
  topicSort: { last: '最新回复', hot: '最热' } satisfies Words<TopicSort>,
  uploadKind: { cover: '封面', media: '正文文件' } satisfies Words<UploadAsked['kind']>,
  userState: { active: '正常', banned: '已封禁' } satisfies Words<User['state']>,
  valueKind: {
    points: '积分',
    accessFen: '权益价值',
    membershipDays: '会员天数',
    discountFen: '优惠金额',
    priceCut: '降价',
  } satisfies Words<ValueKind>,
  writingKind: { comment: '评论', topic: '话题', flag: '举报' } satisfies Words<WritingKind>,
} as const;
