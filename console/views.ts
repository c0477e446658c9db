/**
 * What the console shows, as data: each list, detail and action of the staff's API. Names of fields, formats, links,
 * forms, rights and second factors come from the contract; a column that is not there does not compile.
 */
import type {
  CodeBatchView,
  LegalTextRow,
  PaymentRow,
  Reconciliation,
  StaffCategoryView,
  StaffDropView,
  StaffGroupView,
  StaffTopicView,
  StaffUserView,
  StaffView,
  WriterView,
} from '../client/types.ts';
import { agree, answerFeedback, closeCase, refundActions, resolveException, taskActions } from './actions.ts';
import {
  articleActions,
  campaignActions,
  dropActions,
  flashSaleActions,
  groupActions,
  productActions,
  templateActions,
} from './catalogueActions.ts';
import { lastWords, proposedValue } from './describe.ts';
import type { Output } from './engine/desk.ts';
import type { OperationName } from './engine/schema.ts';
import {
  action,
  type Beginning,
  detail,
  form,
  list,
  screen,
  search,
  table,
  type View,
  within,
} from './engine/view.ts';
import { enrolmentTold, writerActions } from './userActions.ts';
import * as when from './when.ts';

const openRefund = ({ orderId }: { readonly orderId: string }) => `/orders/${orderId}`;

const orders: readonly View[] = [
  list('listAllOrders', '/orders', '订单与退款', {
    title: '订单',
    columns: [
      'titles',
      'state',
      'payableFen',
      'refundedFen',
      'rail',
      'userId',
      'id',
      ['createdAtMs', '下单时间'],
    ],
    filters: ['state', 'fromAtMs', 'untilAtMs'],
    opens: ({ id }) => `/orders/${id}`,
    search: search(
      'searchOrders',
      '查找',
      { number: '订单号', buyer: '买家', title: '商品名称' },
      (by, words) => ({
        by: by === 'buyer' ? { buyer: words } : by === 'title' ? { title: words } : { number: words },
      }),
    ),
    empty: '还没有订单。有人下单后会出现在这里。',
  }),
  list('listRefundsByState', '/refunds', '订单与退款', {
    title: '退款',
    columns: ['refundFen', 'state', 'reason', 'rail', 'userId', 'orderId', 'requestedAtMs'],
    more: [
      'id',
      'words',
      'lines',
      'totalFen',
      'approvalsNeeded',
      'approvals',
      'rejected',
      'transactionId',
      'finishedAtMs',
    ],
    filters: ['state'],
    opens: openRefund,
    actions: Object.values(refundActions),
    empty: '没有等待审核的退款。',
  }),
  list('listPayments', '/payments', '订单与退款', {
    title: '支付',
    columns: [
      'amountFen',
      'state',
      'rail',
      'userId',
      ['id', '订单'],
      'transactionId',
      'paidAtMs',
      'createdAtMs',
    ],
    more: [['goods.id', '道具'], 'syncTries', 'syncNextAtMs', 'updatedAtMs'],
    filters: ['state'],
    opens: ({ id }) => `/orders/${id}`,
    search: search(
      'findPayment',
      '按流水号查找',
      { number: '流水号' },
      (_, words) => ({ transactionId: words }),
      ({ payment }: { readonly payment: PaymentRow }) => [payment],
    ),
  }),
  list('listExceptions', '/exceptions', '订单与退款', {
    title: '异常款项',
    columns: ['kind', 'state', 'expectedFen', 'receivedFen', 'orderNumber', 'transactionId', 'createdAtMs'],
    more: ['detail', 'currency', 'refundId', 'resolution'],
    filters: ['state'],
    actions: [resolveException],
    empty: '没有待处理的异常款项。',
  }),
  screen('/orders/:key', {
    title: '订单',
    group: '订单与退款',
    needs: 'getAnyOrder',
    names: ['getAnyOrder', 'createRefund'],
    load: () => import('./screens/order.tsx'),
  }),
];

const isCourse = ({ product }: Output<'getAnyProduct'>) => product.kind === 'course';

const content: readonly View[] = [
  screen('/products/new', {
    title: '新建商品',
    group: '内容',
    needs: 'createProduct',
    names: ['createProduct', 'createCourse', 'createUpload', 'listAllCategories'],
    load: () => import('./screens/product.tsx'),
  }),
  screen('/products/:key/edit', {
    title: '编辑商品',
    group: '内容',
    needs: 'updateProduct',
    names: ['updateProduct', 'getAnyProduct', 'createUpload', 'previewQuote'],
    load: () => import('./screens/product.tsx'),
  }),
  screen('/products/:key/outline', {
    title: '课程目录',
    group: '内容',
    needs: 'getCourseOutline',
    names: [
      ...(['getCourseOutline', 'putCourseOutline', 'createLessons'] as const),
      ...(['publishCourseOutline', 'resetCourseOutline'] as const),
    ],
    load: () => import('./screens/outline.tsx'),
  }),
  screen('/products/:key/lessons/:lesson', {
    title: '课时',
    group: '内容',
    needs: 'updateLesson',
    names: ['getAnyLesson', 'updateLesson', 'createUpload', 'getAnyQuiz', 'putQuiz', 'removeQuiz'],
    load: () => import('./screens/lesson.tsx'),
  }),
  list('listLearners', '/products/:key/learners', '内容', {
    title: '学员进度',
    input: (productId) => ({ productId }),
    columns: ['userId', 'progressBp', 'finishedCount', 'certificateNumber', 'finishedAtMs', 'updatedAtMs'],
    actions: [
      action('revokeCertificate', {
        title: '作废证书',
        tone: 'bad',
        when: ({ certificateNumber }: Output<'listLearners'>['items'][number]) => certificateNumber !== null,
        given: ({ certificateNumber }) => ({ number: certificateNumber ?? '' }),
        note: '作废后查验页会显示已作废。不能恢复。',
      }),
    ],
    empty: '还没有人学习这门课。',
  }),
  list('listAllProducts', '/products', '内容', {
    title: '商品',
    columns: ['title', 'kind', 'state', 'listFen', 'memberFen', 'category', 'teacher', 'updatedAtMs'],
    more: ['id', 'subtitle', 'tags', 'limited', 'pointsPrice', 'access', 'saleFromAtMs', 'saleUntilAtMs'],
    filters: ['kind', 'state', 'q'],
    opens: ({ id }) => `/products/${id}`,
    actions: productActions,
    links: [{ title: '新建商品', path: '/products/new', needs: 'createProduct' }],
  }),
  detail('getAnyProduct', '/products/:key', '内容', {
    title: '商品',
    input: (id) => ({ id }),
    heading: ({ product }) => product.title,
    facts: [
      // What it is, what it costs, what comes with it, and since when.
      ...(['product.coverUrl', 'product.state', 'product.kind', 'product.category'] as const),
      ...(['product.teacher', 'product.lessonCount', 'product.trialCount', 'product.tags'] as const),
      ...(['product.listFen', 'product.nextListFen', 'product.memberFen'] as const),
      ...(['product.isFreeForMembers', 'product.limited', 'product.pointsPrice'] as const),
      ...(['product.access', 'product.refundPolicy', 'product.plan'] as const),
      ...(['product.saleFromAtMs', 'product.saleUntilAtMs', 'product.publishedAtMs'] as const),
      ...(['product.parts', 'product.partOf', 'product.subtitle', 'product.summary'] as const),
      ...(['product.updatedAtMs', 'product.version'] as const),
    ],
    actions: within('product', productActions),
    links: [
      { title: '学员进度', needs: 'listLearners', path: (id) => `/products/${id}/learners`, when: isCourse },
      {
        title: '课程目录',
        needs: 'getCourseOutline',
        path: (id) => `/products/${id}/outline`,
        when: isCourse,
      },
      { title: '编辑', needs: 'updateProduct', path: (id) => `/products/${id}/edit` },
    ],
  }),
  list('listAllGroups', '/groups', '内容', {
    title: '小组',
    columns: ['title', 'kind', 'state', 'productId', 'publishedAtMs', 'updatedAtMs'],
    more: ['id', 'version', 'createdAtMs'],
    opens: ({ id }) => `/groups/${id}`,
    actions: groupActions,
    starts: [
      action('createGroup', {
        title: '新建小组',
        tone: 'main',
        given: (_: Beginning<StaffGroupView>) => ({}),
        note: '课程小组选一门课程，会员小组选其他商品；公开小组不选商品。类型和商品以后不能改。',
      }),
    ],
  }),
  list('listTopicsOf', '/groups/:key/topics', '内容', {
    title: '话题',
    input: (groupId) => ({ groupId }),
    columns: ['title', 'kind', 'userId', 'state', 'isPinned', 'likes', 'replies', 'createdAtMs'],
    more: ['id', 'isShown'],
    actions: [
      action('pinAnyTopic', {
        title: '置顶',
        when: (one: StaffTopicView) => !one.isPinned && one.isShown,
        given: ({ id }) => ({ id, isPinned: true }),
      }),
      action('pinAnyTopic', {
        title: '取消置顶',
        when: (one: StaffTopicView) => one.isPinned,
        given: ({ id }) => ({ id, isPinned: false }),
      }),
    ],
    empty: '这个小组还没有话题。',
  }),
  detail('getAnyGroup', '/groups/:key', '内容', {
    title: '小组',
    input: (id) => ({ id }),
    heading: ({ group }) => group.title,
    facts: [
      ...(['group.coverUrl', 'group.state', 'group.kind', 'group.productId', 'group.intro'] as const),
      ...(['group.teachers', 'group.assistants', 'group.publishedAtMs', 'group.updatedAtMs'] as const),
      'group.version',
    ],
    tables: [
      table<Output<'getAnyGroup'>['people'][number]>('people', '老师和助教', {
        columns: ['nickname', 'avatarUrl', 'id'],
      }),
    ],
    actions: within('group', groupActions),
    links: [{ title: '话题', needs: 'listTopicsOf', path: (id) => `/groups/${id}/topics` }],
  }),
  list('listAllArticles', '/articles', '内容', {
    title: '文章',
    columns: ['title', 'state', 'isOriginal', 'tags', 'publishedAtMs', 'updatedAtMs'],
    more: ['id', 'summary', 'version', 'createdAtMs'],
    opens: ({ id }) => `/articles/${id}`,
    actions: articleActions,
    links: [{ title: '新建文章', path: '/articles/new', needs: 'createArticle' }],
    empty: '还没有文章。',
  }),
  screen('/articles/new', {
    title: '新建文章',
    group: '内容',
    needs: 'createArticle',
    names: ['createArticle', 'createUpload'],
    load: () => import('./screens/article.tsx'),
  }),
  screen('/articles/:key', {
    title: '文章',
    group: '内容',
    needs: 'getAnyArticle',
    names: ['getAnyArticle', 'updateArticle', 'createUpload'],
    load: () => import('./screens/article.tsx'),
  }),
  list('listAllCategories', '/categories', '内容', {
    title: '分类',
    columns: ['title', 'id', 'position', 'isHidden', 'updatedAtMs'],
    actions: [
      action('updateCategory', {
        title: '修改',
        given: ({ id, version }: StaffCategoryView) => ({ id, expectedVersion: version }),
        first: ({ title, isHidden }) => ({ change: { title, isHidden } }),
      }),
      action('removeCategory', {
        title: '删除',
        tone: 'bad',
        given: ({ id }: StaffCategoryView) => ({ id }),
        note: '只能删除没有商品的分类。删除后不能恢复。',
      }),
    ],
    starts: [
      action('putCategoryOrder', {
        title: '调整顺序',
        when: ({ items }: Beginning<StaffCategoryView>) => items.length > 1,
        first: ({ items }) => ({ ids: items.map(({ id }) => id) }),
        note: '每行一个分类的标识，从前到后。',
      }),
      action('createCategory', {
        title: '新建分类',
        tone: 'main',
        given: (_: Beginning<StaffCategoryView>) => ({}),
      }),
    ],
  }),
];

const marketing: readonly View[] = [
  screen('/coupons/new', {
    title: '新建优惠券',
    group: '营销',
    needs: 'createCouponTemplate',
    names: ['createCouponTemplate', 'previewQuote'],
    load: () => import('./screens/coupon.tsx'),
  }),
  screen('/coupons/:key', {
    title: '优惠券',
    group: '营销',
    needs: 'getCouponTemplate',
    names: ['getCouponTemplate', 'previewQuote'],
    load: () => import('./screens/coupon.tsx'),
  }),
  screen('/campaigns/new', {
    title: '新建满减活动',
    group: '营销',
    needs: 'createCampaign',
    names: ['createCampaign', 'previewQuote'],
    load: () => import('./screens/campaign.tsx'),
  }),
  screen('/campaigns/:key', {
    title: '满减活动',
    group: '营销',
    needs: 'listCampaigns',
    names: ['updateCampaign'],
    load: () => import('./screens/campaign.tsx'),
  }),
  screen('/flash-sales/new', {
    title: '新建限时秒杀',
    group: '营销',
    needs: 'createFlashSale',
    names: ['createFlashSale', 'previewQuote'],
    load: () => import('./screens/flashSale.tsx'),
  }),
  screen('/flash-sales/:key', {
    title: '限时秒杀',
    group: '营销',
    needs: 'listAllFlashSales',
    names: ['updateFlashSale'],
    load: () => import('./screens/flashSale.tsx'),
  }),
  list('listCouponTemplates', '/coupons', '营销', {
    title: '优惠券',
    columns: ['title', 'state', 'rule', 'scope', 'issuedCount', 'leftCount', 'claimUntilAtMs'],
    more: [
      'id',
      'audience',
      'validity',
      'claimFromAtMs',
      'stock',
      'perUserMax',
      'pointsPrice',
      'updatedAtMs',
    ],
    filters: ['state'],
    opens: ({ id }) => `/coupons/${id}`,
    actions: templateActions,
    links: [{ title: '新建优惠券', path: '/coupons/new', needs: 'createCouponTemplate' }],
  }),
  list('listDrops', '/drops', '营销', {
    title: '群福利',
    columns: ['title', 'state', 'templateId', 'count', 'claimedCount', 'leftCount', 'endsAtMs'],
    more: ['id', 'audience', 'hours', 'createdAtMs', 'updatedAtMs'],
    opens: ({ id }) => `/drops/${id}`,
    actions: dropActions,
    starts: [
      action('createDrop', {
        title: '新建群福利',
        tone: 'main',
        given: (_: Beginning<StaffDropView>) => ({}),
        note: '先发布一张“只用于群福利”的优惠券，再从中留出份数。每人一份，先到先得。',
      }),
    ],
  }),
  detail('getAnyDrop', '/drops/:key', '营销', {
    title: '群福利',
    input: (id) => ({ id }),
    heading: ({ drop }) => drop.title,
    facts: [
      ...(['drop.state', 'drop.count', 'drop.claimedCount', 'drop.leftCount', 'drop.endsAtMs'] as const),
      ...(['drop.audience', 'drop.hours', 'drop.templateId', 'claimedFrom', 'drop.updatedAtMs'] as const),
    ],
    actions: within('drop', dropActions),
  }),
  list('listCampaigns', '/campaigns', '营销', {
    title: '满减活动',
    columns: ['title', 'state', 'ladder', 'scope', 'fromAtMs', 'untilAtMs'],
    more: ['id', 'version', 'createdAtMs', 'updatedAtMs'],
    opens: ({ id }) => `/campaigns/${id}`,
    actions: campaignActions,
    links: [{ title: '新建满减活动', path: '/campaigns/new', needs: 'createCampaign' }],
  }),
  list('listAllFlashSales', '/flash-sales', '营销', {
    title: '限时秒杀',
    columns: ['title', 'state', 'perUserMax', 'fromAtMs', 'untilAtMs'],
    more: ['id', 'items', 'version', 'createdAtMs', 'updatedAtMs'],
    opens: ({ id }) => `/flash-sales/${id}`,
    actions: flashSaleActions,
    links: [{ title: '新建限时秒杀', path: '/flash-sales/new', needs: 'createFlashSale' }],
  }),
  list('listCodeBatches', '/code-batches', '营销', {
    title: '兑换码',
    columns: ['title', 'state', 'count', 'productId', 'expiresAtMs', 'createdBy', 'createdAtMs'],
    opens: ({ id }) => `/code-batches/${id}`,
    actions: [
      action('disableCodeBatch', {
        title: '停用',
        tone: 'bad',
        when: (batch: CodeBatchView) => when.mayDisable(batch),
        given: ({ id }) => ({ batchId: id }),
        note: '这一批没用过的码都会作废。不能恢复。',
      }),
    ],
    starts: [
      action('createCodeBatch', {
        title: '生成兑换码',
        tone: 'main',
        given: (_: Beginning<CodeBatchView>) => ({}),
        note: '兑换码只在生成后显示一次。',
        tells: ({ codes }) => ({
          title: '兑换码',
          about: `共 ${codes.length} 个，只显示这一次，请复制保存。`,
          texts: codes,
        }),
      }),
    ],
  }),
  list('listRedeemCodes', '/code-batches/:key', '营销', {
    title: '兑换码使用情况',
    input: (batchId) => ({ batchId }),
    columns: ['number', 'userId', 'redeemedAtMs'],
    empty: '这一批还没有可用的码。',
  }),
];

const users: readonly View[] = [
  list('searchUsers', '/users', '用户', {
    title: '用户',
    columns: ['nickname', 'role', 'state', 'id', ['createdAtMs', '注册时间']],
    filters: [['words', '昵称、用户名或编号']],
    opens: ({ id }) => `/users/${id}`,
    search: search(
      'findUser',
      '精确查找',
      { userName: '用户名', phone: '手机号', openid: 'OpenID' },
      (by, words) => ({
        by: by === 'phone' ? { phone: words } : by === 'openid' ? { openid: words } : { userName: words },
      }),
      ({ user }: { readonly user: StaffUserView }) => [user],
    ),
    empty: '输入昵称、用户名开头，或完整的编号、手机号来查找用户。',
  }),
  screen('/users/:key', {
    title: '用户',
    group: '用户',
    needs: 'getUser',
    names: [
      ...([
        'getUser',
        'banUser',
        'unbanUser',
        'setStaffRole',
        'listAllOrders',
        'listEntitlementsOf',
      ] as const),
      ...(['grantAccessTo', 'revokeAccessOf', 'getMembershipOf', 'grantMembership'] as const),
      ...(['revokeMembership', 'listCouponsOf', 'getPointsOf', 'addPoints'] as const),
    ],
    load: () => import('./screens/user.tsx'),
  }),
];

const books: readonly View[] = [
  list('listReconciliations', '/reconciliations', '账务', {
    title: '对账',
    columns: ['day', 'rail', 'paidFen', 'refundedFen', 'feesFen', 'openCount', 'healedCount', 'finishedAtMs'],
    more: ['paymentCount', 'refundCount', 'couponsFen'],
    opens: ({ rail, day }) => `/reconciliations/${rail}~${day}`,
    starts: [
      action('runReconciliation', {
        title: '执行对账',
        given: (_: Beginning<Reconciliation>) => ({}),
        note: '向渠道取这一天的账单并重新核对。',
      }),
    ],
    empty: '还没有对过账。每天早上会自动核对前一天。',
  }),
  screen('/reconciliations/:key', {
    title: '对账',
    group: '账务',
    needs: 'getReconciliation',
    names: ['getReconciliation', 'runReconciliation', 'listCases', 'closeCase'],
    load: () => import('./screens/reconciliation.tsx'),
  }),
  form(
    '/exports',
    '账务',
    action('exportTable', {
      title: '导出数据',
      tone: 'main',
      note: '最多导出一年。金额按款项发生的时间计入。',
      saves: ({ kind }) => `${kind}.csv`,
    }),
  ),
];

const operations: readonly View[] = [
  screen('/reviews', {
    title: '内容审核',
    group: '运营',
    isInMenu: true,
    needs: 'listReviews',
    names: ['listReviews', 'decideReview'],
    load: () => import('./screens/reviews.tsx'),
  }),
  detail('getWriter', '/writers/:key', '运营', {
    title: '作者记录',
    input: (userId) => ({ userId }),
    heading: ({ writer }) => writer.nickname,
    facts: [
      ...(['writer.userId', 'writer.trust', 'writer.flagWeight', 'writer.published'] as const),
      ...(['writer.undecided', 'writer.counts', 'writer.overturned', 'writer.probationUntilMs'] as const),
      ...(['writer.suspension', 'writer.pardonedAtMs', ['writer.createdAtMs', '注册时间']] as const),
    ],
    tables: [
      table<WriterView['removed'][number]>('writer.removed', '被下架的内容', {
        columns: ['target', 'reason', 'by', 'atMs'],
      }),
    ],
    actions: within('writer', writerActions),
  }),
  list('listCases', '/cases', '运营', {
    title: '工单',
    columns: ['kind', 'state', 'story', 'amountFen', 'orderId', 'userId', 'openedAtMs'],
    more: ['id', 'productId', 'refundId', 'transactionId', 'resolution', 'closedBy', 'closedAtMs'],
    filters: ['state', 'kind'],
    opens: ({ orderId }) => (orderId === null ? null : `/orders/${orderId}`),
    actions: [closeCase],
    empty: '没有待处理的工单。',
  }),
  list('listFeedback', '/feedback', '运营', {
    title: '用户反馈',
    columns: [
      'kind',
      { of: 'turns', title: '内容', text: lastWords },
      'userId',
      'orderId',
      'state',
      'sinceAtMs',
    ],
    more: ['id', 'turns', 'imageUrls', 'createdAtMs'],
    filters: ['state'],
    actions: [answerFeedback],
    empty: '没有等待答复的反馈。',
  }),
  list('listProposals', '/proposals', '运营', {
    title: '审批单',
    columns: [
      'action',
      { of: 'value', title: null, text: proposedValue },
      'state',
      'userId',
      'endsAtMs',
      'createdAtMs',
    ],
    more: ['id', 'request', 'approvedBy', 'approvedAtMs'],
    filters: ['state'],
    actions: [agree],
    empty: '没有等待审批的操作。',
  }),
  list('listTasks', '/tasks', '运营', {
    title: '后台任务',
    columns: ['consumer', ['event.name', '事件'], 'state', 'attempts', 'reason', 'nextAtMs', 'createdAtMs'],
    more: ['id', ['event.id', '事件编号'], 'event.requestId', 'event.occurredAtMs', 'faults', 'deaths'],
    filters: ['state'],
    actions: taskActions,
    empty: '没有这种状态的任务。',
  }),
  screen('/messages', {
    title: '消息',
    group: '运营',
    isInMenu: true,
    needs: 'getMessageHealth',
    names: ['getMessageHealth'],
    load: () => import('./screens/messages.tsx'),
  }),
];

const system: readonly View[] = [
  list('listStaff', '/staff', '系统', {
    title: '员工',
    columns: ['nickname', 'role', 'state', 'hasSecondFactor', 'id', 'createdAtMs'],
    actions: [
      action('setStaffRole', {
        title: '设置角色',
        when: (one: StaffView, me) => when.isSomebodyElse(one, me),
        given: ({ id, role }) => ({ userId: id, expectedRole: role }),
        tells: enrolmentTold,
      }),
      action('resetSecondFactor', {
        title: '重置双重验证',
        tone: 'bad',
        when: (one: StaffView, me) => when.isSomebodyElse(one, me),
        given: ({ id }) => ({ userId: id }),
        note: '用于丢失了手机和恢复码的同事。重置后其所有登录都会结束。',
        tells: enrolmentTold,
      }),
    ],
    empty: '还没有员工。先在“用户”里找到同事，再设置角色。',
  }),
  list('listAudit', '/audit', '系统', {
    title: '审计日志',
    columns: ['action', 'target', 'actorId', 'reason', 'atMs'],
    more: ['before', 'after', 'requestId', 'seq', 'hash'],
    filters: ['actorId', 'target', 'fromAtMs', 'untilAtMs'],
  }),
  list('listLegalTexts', '/legal', '系统', {
    title: '协议',
    columns: ['title', 'version', 'asksAgain', 'publishedBy', 'publishedAtMs'],
    more: ['kind', 'digest'],
    filters: ['kind'],
    opens: ({ kind, version }) => `/legal/${kind}~${version}`,
    starts: [
      action('publishLegalText', {
        title: '发布新版本',
        tone: 'main',
        given: ({ filters }: Beginning<LegalTextRow>) => ({ kind: filters.kind as LegalTextRow['kind'] }),
        first: ({ items }) => ({ title: items[0]?.title ?? '', replaces: items[0]?.version ?? null }),
        note: '发布后立即生效，不能修改或撤回。',
      }),
    ],
    empty: '这种协议还没有版本。',
  }),
  detail('getLegalText', '/legal/:key', '系统', {
    title: '协议',
    input: (key) => ({
      kind: key.slice(0, key.indexOf('~')) as LegalTextRow['kind'],
      version: key.slice(key.indexOf('~') + 1),
    }),
    heading: ({ title }) => title,
    facts: ['kind', 'version', 'isCurrent', 'asksAgain', 'publishedAtMs', 'body'],
  }),
];

const own: readonly View[] = [
  screen('/', {
    title: '今日',
    group: '今日',
    isInMenu: true,
    names: [
      'listCases',
      'listRefundsByState',
      'listExceptions',
      'listTasks',
      'listProposals',
      'listPayments',
    ],
    load: () => import('./screens/today.tsx'),
  }),
  screen('/security', {
    title: '登录与安全',
    group: '系统',
    isInMenu: true,
    names: [
      ...([
        'showSecondFactor',
        'replaceSecondFactor',
        'confirmSecondFactor',
        'changePassword',
        'listSessions',
      ] as const),
      ...(['endSession', 'logoutEverywhere', 'logout', 'getMe'] as const),
    ],
    load: () => import('./screens/security.tsx'),
  }),
];

/** The sign-in, which stands alone. */
export const login = screen('/login', {
  title: '登录',
  group: null,
  names: ['loginWithPassword', 'startSecondFactor', 'confirmSecondFactor', 'logout'],
  load: () => import('./screens/login.tsx'),
});

/** Everything that has an address, in the order of the menu. */
export const views: readonly View[] = [
  ...own,
  ...content,
  ...marketing,
  ...orders,
  ...users,
  ...books,
  ...operations,
  ...system,
];

/** Operations that no screen calls, each with the reason. */
export const notShown: Partial<Readonly<Record<OperationName, string>>> = {
  searchAuthors: 'the field for people asks it, for whoever may not view users',
  listAllExperts: 'experts and paid questions have no page: a shop that switches them on decides by the API',
  approveExpert: 'as listAllExperts',
  rejectExpert: 'as listAllExperts',
  endExpert: 'as listAllExperts',
  getAnyQuestion: 'as listAllExperts',
  judgeQuestion: 'as listAllExperts',
};
