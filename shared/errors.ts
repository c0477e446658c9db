/**
 * The catalogue of everything that can go wrong. Each entry has a code, an HTTP status, the sentence a user reads,
 * and what a machine should do next. Codes have the form `noun.what_is_wrong`. A code is never renamed and never
 * reused with another meaning.
 */

/** What a caller's program may do after an error: give up, log in again, or repeat the same request later. */
export type Retry = 'never' | 'after_login' | 'later';

interface Entry {
  readonly status: number;
  readonly message: string;
  readonly retry: Retry;
}

/** The error catalogue, by code. `message` is shown to learners, in Chinese. */
export const errors = {
  'request.invalid': { status: 400, message: '请求参数有误', retry: 'never' },
  'request.too_large': { status: 413, message: '请求内容过大', retry: 'never' },
  'request.unsupported_type': { status: 415, message: '请求格式不支持，请使用 JSON', retry: 'never' },
  'search.too_wide': { status: 409, message: '符合条件的太多，请输入更具体的内容', retry: 'never' },
  'request.too_many': { status: 429, message: '操作太频繁，请稍后再试', retry: 'later' },
  'request.headers_too_large': { status: 431, message: '请求头过大', retry: 'never' },
  'request.url_too_long': { status: 414, message: '请求地址过长', retry: 'never' },
  'answer.too_large': { status: 422, message: '内容过多，请缩小范围', retry: 'never' },
  'route.not_found': { status: 404, message: '接口不存在', retry: 'never' },
  'route.method_not_allowed': { status: 405, message: '请求方法不支持', retry: 'never' },
  'auth.required': { status: 401, message: '请先登录', retry: 'after_login' },
  'auth.forbidden': { status: 403, message: '没有权限进行此操作', retry: 'never' },
  'auth.code_invalid': { status: 401, message: '登录凭证已失效，请重新登录', retry: 'after_login' },
  'auth.session_key_ended': { status: 409, message: '登录状态已更新，请重试支付', retry: 'after_login' },
  'auth.login_blocked': { status: 403, message: '该微信账号暂时无法登录', retry: 'never' },
  'auth.password_wrong': { status: 401, message: '用户名或密码不正确', retry: 'never' },
  'auth.user_banned': { status: 403, message: '账号已被停用，请联系客服', retry: 'never' },
  'auth.second_factor_required': { status: 403, message: '请先完成二次验证', retry: 'never' },
  'auth.second_factor_wrong': { status: 401, message: '验证码不正确或已使用', retry: 'never' },
  'auth.enrolment_code_wrong': { status: 401, message: '设置码不正确或已失效，请联系管理员', retry: 'never' },
  'staff.second_person_needed': {
    status: 409,
    message: '超出个人当日额度，需要另一位同事批准后重新提交',
    retry: 'never',
  },
  'proposal.not_found': { status: 404, message: '审批单不存在', retry: 'never' },
  'proposal.not_open': { status: 409, message: '审批单已处理或已过期', retry: 'never' },
  'session.not_found': { status: 404, message: '登录记录不存在', retry: 'never' },
  'factor.already_on': { status: 409, message: '二次验证已开启', retry: 'never' },
  'factor.not_started': { status: 409, message: '请先开始设置二次验证', retry: 'never' },
  'staff.not_yourself': { status: 409, message: '不能对自己进行此操作', retry: 'never' },
  'staff.role_changed': { status: 409, message: '该用户的角色已被他人修改，请刷新后重试', retry: 'never' },
  'user.name_taken': { status: 409, message: '用户名已被使用', retry: 'never' },
  'user.name_bound': { status: 409, message: '您已设置过用户名', retry: 'never' },
  'user.wechat_bound': { status: 409, message: '您已绑定了其他微信', retry: 'never' },
  'user.wechat_taken': {
    status: 409,
    message: '该微信已用于另一个账号，我们会协助处理，请联系客服',
    retry: 'never',
  },
  'user.password_weak': { status: 400, message: '密码过于简单，请换一个', retry: 'never' },
  'user.not_found': { status: 404, message: '用户不存在', retry: 'never' },
  'phone.code_invalid': { status: 409, message: '手机号授权已失效，请重新授权', retry: 'never' },
  'phone.wechat_missing': { status: 409, message: '请先绑定微信，再绑定手机号', retry: 'never' },
  'wechat.unavailable': { status: 503, message: '微信服务暂不可用，请稍后再试', retry: 'later' },
  'category.not_found': { status: 404, message: '分类不存在', retry: 'never' },
  'category.id_taken': { status: 409, message: '该分类标识已被使用', retry: 'never' },
  'category.in_use': { status: 409, message: '分类下还有商品，不能删除', retry: 'never' },
  'category.too_many': { status: 409, message: '分类过多，请先删除不用的分类', retry: 'never' },
  'category.version_changed': { status: 409, message: '分类已被他人修改，请刷新后重试', retry: 'never' },
  'category.order_incomplete': { status: 409, message: '分类已有变化，请刷新后重新排序', retry: 'never' },
  'course.not_found': { status: 404, message: '课程不存在', retry: 'never' },
  'course.id_taken': { status: 409, message: '该课程编号已用于其他课程', retry: 'never' },
  'course.not_publishable': { status: 409, message: '课程还不能发布', retry: 'never' },
  'course.version_changed': {
    status: 409,
    message: '课程内容已被其他人修改，请刷新后重试',
    retry: 'never',
  },
  'course.change_refused': { status: 409, message: '课程内容不能这样修改', retry: 'never' },
  'lesson.id_taken': { status: 409, message: '该课时编号已被使用', retry: 'never' },
  'lesson.not_found': { status: 404, message: '课时不存在', retry: 'never' },
  'lesson.not_owned': { status: 403, message: '购买课程后即可学习', retry: 'never' },
  'progress.not_opened': { status: 409, message: '请先打开课时，再记录学习进度', retry: 'never' },
  'course.not_finished': { status: 409, message: '学完全部课时后即可领取证书', retry: 'never' },
  'quiz.not_found': { status: 404, message: '这一课时没有测验', retry: 'never' },
  'quiz.too_many_tries': { status: 409, message: '作答次数已用完，请过一段时间再试', retry: 'never' },
  'quiz.try_taken': { status: 409, message: '这次作答已经提交过，请刷新后重试', retry: 'never' },
  'quiz.version_changed': { status: 409, message: '测验已被修改，请刷新后重试', retry: 'never' },
  'certificate.not_found': { status: 404, message: '证书不存在', retry: 'never' },
  'certificate.revoked': { status: 409, message: '证书已被撤销', retry: 'never' },
  'feedback.not_found': { status: 404, message: '反馈不存在', retry: 'never' },
  'note.not_found': { status: 404, message: '笔记不存在', retry: 'never' },
  'upload.not_found': { status: 404, message: '上传的文件不存在或已过期，请重新上传', retry: 'never' },
  'upload.id_taken': { status: 409, message: '该上传编号已被使用', retry: 'never' },
  'feedback.id_taken': { status: 409, message: '该反馈编号已被使用', retry: 'never' },
  'feedback.not_open': { status: 409, message: '该反馈已有答复', retry: 'never' },
  'feedback.not_answered': { status: 409, message: '请等待答复后再补充', retry: 'never' },
  'feedback.turn_changed': { status: 409, message: '内容已有更新，请刷新后再试', retry: 'never' },
  'feedback.too_late': { status: 409, message: '已超过 14 天，请提交新的反馈', retry: 'never' },
  'feedback.too_long': { status: 409, message: '往来次数已达上限，请提交新的反馈', retry: 'never' },
  'note.id_taken': { status: 409, message: '该笔记编号已被使用', retry: 'never' },
  'feature.off': { status: 404, message: '该功能暂未开放', retry: 'never' },
  'thread.not_found': { status: 404, message: '内容不存在或已下架', retry: 'never' },
  'thread.not_writable': { status: 403, message: '您还不能在这里发言', retry: 'never' },
  'consent.required': { status: 403, message: '请先阅读并同意社区规范', retry: 'never' },
  'phone.required': { status: 403, message: '请先绑定手机号', retry: 'never' },
  'flag.own': { status: 409, message: '不能举报自己发布的内容', retry: 'never' },
  'block.yourself': { status: 409, message: '不能屏蔽自己', retry: 'never' },
  'block.too_many': { status: 409, message: '屏蔽的人数已达上限', retry: 'never' },
  'writing.suspended': { status: 403, message: '多次发布违规内容，已被暂停发布', retry: 'never' },
  'writing.not_suspended': { status: 409, message: '该用户没有被暂停发布', retry: 'never' },
  'writing.too_many': {
    status: 409,
    message: '今天的次数已用完，或有多条内容正在审核，请稍后再试',
    retry: 'never',
  },
  'group.not_found': { status: 404, message: '小组不存在，或您还不是成员', retry: 'never' },
  'group.id_taken': { status: 409, message: '该小组编号已被使用', retry: 'never' },
  'group.wrong_product': { status: 409, message: '这种小组不能属于该商品', retry: 'never' },
  'group.version_changed': { status: 409, message: '小组已被修改，请刷新后重试', retry: 'never' },
  'group.ended': { status: 409, message: '小组已结束', retry: 'never' },
  'group.not_open': { status: 409, message: '这个小组随商品权益开放，无需加入或退出', retry: 'never' },
  'topic.not_found': { status: 404, message: '话题不存在，或您还不是小组成员', retry: 'never' },
  'topic.id_taken': { status: 409, message: '该话题编号已被使用', retry: 'never' },
  'topic.not_editable': { status: 409, message: '发布超过 15 分钟，不能再修改', retry: 'never' },
  'topic.not_yours': { status: 403, message: '只有老师和助教可以这样做', retry: 'never' },
  'topic.not_ask': { status: 409, message: '只有提问可以采纳回答', retry: 'never' },
  'topic.too_many_images': { status: 409, message: '图片数量超过了您目前可发的数量', retry: 'never' },
  'article.not_found': { status: 404, message: '文章不存在或已撤下', retry: 'never' },
  'article.id_taken': { status: 409, message: '该编号已用于另一篇文章', retry: 'never' },
  'article.not_publishable': { status: 409, message: '文章还不能发布', retry: 'never' },
  'article.version_changed': { status: 409, message: '文章已被他人修改，请刷新后重试', retry: 'never' },
  'share.not_found': { status: 404, message: '分享链接已失效', retry: 'never' },
  'drop.not_found': { status: 404, message: '该福利不存在', retry: 'never' },
  'drop.id_taken': { status: 409, message: '该编号已用于另一份福利', retry: 'never' },
  'drop.not_publishable': { status: 409, message: '该福利还不能发放', retry: 'never' },
  'drop.not_open': { status: 409, message: '该福利已结束', retry: 'never' },
  'drop.empty': { status: 409, message: '来晚了，已被领完', retry: 'never' },
  'drop.not_yours': { status: 403, message: '该福利只发给指定的群', retry: 'never' },
  'expert.not_found': { status: 404, message: '答主不存在', retry: 'never' },
  'expert.not_taking': { status: 409, message: '答主暂不接受提问', retry: 'never' },
  'expert.price_out_of_range': { status: 400, message: '提问价格须在 5 元至 500 元之间', retry: 'never' },
  'expert.licence_missing': { status: 400, message: '该领域需要填写执业资质', retry: 'never' },
  'expert.version_changed': { status: 409, message: '答主资料已更新，请刷新后重试', retry: 'never' },
  'expert.not_waiting': { status: 409, message: '没有待审核的答主资料', retry: 'never' },
  'question.not_found': { status: 404, message: '提问不存在', retry: 'never' },
  'question.id_taken': { status: 409, message: '该提问编号已被使用', retry: 'never' },
  'question.not_ready': { status: 409, message: '提问尚未通过审核，或已在另一笔订单中', retry: 'never' },
  'question.not_open': { status: 409, message: '提问当前不能这样处理', retry: 'never' },
  'question.expired': { status: 409, message: '回答时间已过，款项将退回提问者', retry: 'never' },
  'question.too_late': { status: 409, message: '已超过可操作的时间', retry: 'never' },
  'question.not_disputed': { status: 409, message: '该提问没有待裁定的异议', retry: 'never' },
  'comment.not_found': { status: 404, message: '评论不存在', retry: 'never' },
  'comment.id_taken': { status: 409, message: '该评论编号已被使用', retry: 'never' },
  'comment.not_editable': { status: 409, message: '发布 15 分钟后不能再修改', retry: 'never' },
  'stars.not_owner': { status: 403, message: '购买后才能评分', retry: 'never' },
  'stars.given_before': { status: 409, message: '您已经评过分了', retry: 'never' },
  'review.not_found': { status: 404, message: '内容不存在', retry: 'never' },
  'review.not_editable': { status: 409, message: '当前状态不能修改', retry: 'never' },
  'review.not_waiting': { status: 409, message: '该内容当前不能这样处理', retry: 'never' },
  'review.version_changed': { status: 409, message: '内容已被修改，请刷新后重试', retry: 'never' },
  'review.own': { status: 403, message: '不能审核自己发布的内容', retry: 'never' },
  'review.same_person': { status: 403, message: '申诉需由另一位同事处理', retry: 'never' },
  'appeal.made_before': { status: 409, message: '该内容已经申诉过', retry: 'never' },
  'appeal.too_late': { status: 409, message: '已超过申诉期限', retry: 'never' },
  'note.too_many': { status: 409, message: '这一课时的笔记已达到上限', retry: 'never' },
  'product.not_found': { status: 404, message: '商品不存在或已下架', retry: 'never' },
  'trial.not_offered': { status: 409, message: '该课程不提供试学', retry: 'never' },
  'trial.used': { status: 409, message: '该课程您已试学过', retry: 'never' },
  'product.already_owned': { status: 409, message: '您已拥有该商品', retry: 'never' },
  'product.not_on_rail': { status: 409, message: '商品正在同步到微信，请稍后再试', retry: 'later' },
  'product.not_owned': { status: 403, message: '购买后即可使用', retry: 'never' },
  'product.id_taken': { status: 409, message: '该商品编号已用于其他商品', retry: 'never' },
  'product.version_changed': { status: 409, message: '商品已被他人修改，请刷新后重试', retry: 'never' },
  'product.not_publishable': { status: 409, message: '商品还不能发布', retry: 'never' },
  'product.not_removable': { status: 409, message: '只能删除未发布且不属于任何套餐的商品', retry: 'never' },
  'product.change_refused': { status: 409, message: '商品不能这样修改', retry: 'never' },
  'membership.grant_taken': { status: 409, message: '该会员发放编号已用于其他发放', retry: 'never' },
  'membership.grant_not_found': { status: 404, message: '没有这次会员发放', retry: 'never' },
  'membership.too_many': { status: 409, message: '该用户的会员记录过多，不能再发放', retry: 'never' },
  'access.grant_taken': { status: 409, message: '该开通编号已用于其他开通', retry: 'never' },
  'access.not_grantable': { status: 409, message: '该商品不能这样开通', retry: 'never' },
  'access.too_many': { status: 409, message: '该用户的开通记录过多，不能再开通', retry: 'never' },
  'access.not_found': { status: 404, message: '没有这次开通', retry: 'never' },
  'access.not_revocable': { status: 409, message: '由订单或积分获得的权益不能直接收回', retry: 'never' },
  'gift.not_found': { status: 404, message: '礼物不存在', retry: 'never' },
  'gift.not_for_yourself': { status: 409, message: '这是您送给好友的礼物，不能自己领取', retry: 'never' },
  'gift.taken_back': { status: 409, message: '礼物已退款，不能再领取', retry: 'never' },
  'gift.none_left': { status: 409, message: '礼物已领完', retry: 'never' },
  'code.not_valid': { status: 409, message: '兑换码无效或已被使用', retry: 'never' },
  'batch.not_found': { status: 404, message: '兑换码批次不存在', retry: 'never' },
  'batch.id_taken': { status: 409, message: '该批次编号已用于其他批次', retry: 'never' },
  'cart.full': { status: 409, message: '购物车已满', retry: 'never' },
  'order.not_found': { status: 404, message: '订单不存在', retry: 'never' },
  'order.id_taken': { status: 409, message: '订单号已被使用', retry: 'never' },
  'order.price_changed': { status: 409, message: '价格有变动，请重新确认', retry: 'never' },
  'order.not_pending': { status: 409, message: '订单当前状态不能进行此操作', retry: 'never' },
  'order.payment_open': { status: 409, message: '订单已发起支付，不能再修改', retry: 'never' },
  'order.expired': { status: 409, message: '订单已超时', retry: 'never' },
  'order.already_paid': { status: 409, message: '订单已支付', retry: 'never' },
  'order.mixed_rails': { status: 409, message: '这些商品须分开下单支付', retry: 'never' },
  'order.below_rail_minimum': { status: 409, message: '订单金额低于当前平台的最低支付金额', retry: 'never' },
  'order.too_large': { status: 409, message: '订单金额过大，请分开下单', retry: 'never' },
  'order.part_twice': { status: 409, message: '订单中有商品已包含在所选套餐中', retry: 'never' },
  'order.one_at_a_time': { status: 409, message: '小程序内每次只能购买一件商品', retry: 'never' },
  'order.too_many_pending': { status: 409, message: '未支付的订单过多，请先支付或取消', retry: 'never' },
  'order.other_phone': { status: 409, message: '请在下单的设备上支付，或取消后重新下单', retry: 'never' },
  'flash.sold_out': { status: 409, message: '秒杀名额已抢完', retry: 'never' },
  'promotion.not_found': { status: 404, message: '活动不存在', retry: 'never' },
  'promotion.id_taken': { status: 409, message: '该编号已用于其他活动', retry: 'never' },
  'promotion.not_draft': { status: 409, message: '活动已发布，不能再修改', retry: 'never' },
  'promotion.version_changed': { status: 409, message: '活动已被他人修改，请刷新后重试', retry: 'never' },
  'promotion.not_publishable': { status: 409, message: '活动还不能发布', retry: 'never' },
  'promotion.not_extendable': { status: 409, message: '活动只能在进行期间延长或增加名额', retry: 'never' },
  'promotion.too_many': { status: 409, message: '同时进行的活动过多，请先结束其他活动', retry: 'never' },
  'order.not_paid': { status: 409, message: '订单尚未支付', retry: 'never' },
  'refund.not_found': { status: 404, message: '退款单不存在', retry: 'never' },
  'refund.id_taken': { status: 409, message: '退款单号已被使用', retry: 'never' },
  'refund.already_asked': { status: 409, message: '该商品已有退款申请正在处理', retry: 'never' },
  'refund.line_unknown': { status: 409, message: '订单中没有该商品', retry: 'never' },
  'refund.nothing_left': { status: 409, message: '没有可退的金额', retry: 'never' },
  'refund.amount_changed': { status: 409, message: '可退金额有变动，请重新确认', retry: 'never' },
  'refund.too_much': { status: 409, message: '退款金额超过可退金额', retry: 'never' },
  'refund.not_open': { status: 409, message: '退款单当前状态不能进行此操作', retry: 'never' },
  'refund.same_person': { status: 409, message: '须由另一位工作人员审批', retry: 'never' },
  'refund.being_asked': {
    status: 409,
    message: '该退款可能仍在向支付渠道申请：如其任务未结束请先停止，两分钟后再试',
    retry: 'later',
  },
  'refund.not_held': { status: 409, message: '该退款没有被暂缓', retry: 'never' },
  'refund.at_rail': { status: 409, message: '支付渠道仍有该退款，须在商户平台处理', retry: 'never' },
  'refund.ask_apple': { status: 409, message: '该订单通过苹果支付，请在 App Store 申请退款', retry: 'never' },
  'coupon.not_found': { status: 404, message: '优惠券不存在', retry: 'never' },
  'coupon.not_usable': { status: 409, message: '优惠券不可用', retry: 'never' },
  'coupon.sold_out': { status: 409, message: '优惠券已领完', retry: 'never' },
  'coupon.limit_reached': { status: 409, message: '已达到领取上限', retry: 'never' },
  'coupon.not_claimable': { status: 409, message: '优惠券当前不可领取', retry: 'never' },
  'coupon.template_taken': { status: 409, message: '该优惠券编号已用于其他优惠券', retry: 'never' },
  'coupon.not_draft': { status: 409, message: '优惠券已发布，不能删除', retry: 'never' },
  'coupon.not_extendable': { status: 409, message: '优惠券只能在有效期内延长或增加数量', retry: 'never' },
  'coupon.version_changed': { status: 409, message: '优惠券已被他人修改，请刷新后重试', retry: 'never' },
  'coupon.grant_taken': { status: 409, message: '该发放编号已用于其他发放', retry: 'never' },
  'coupon.not_publishable': { status: 409, message: '优惠券当前状态不能发布', retry: 'never' },
  'points.adjustment_taken': { status: 409, message: '该调整编号已用于其他调整', retry: 'never' },
  'points.redemption_taken': { status: 409, message: '该兑换编号已用于其他兑换', retry: 'never' },
  'points.not_redeemable': { status: 409, message: '该商品不支持积分兑换', retry: 'never' },
  'invitation.not_allowed': { status: 409, message: '不能设置该邀请人', retry: 'never' },
  'invitation.taken': { status: 409, message: '您已设置过邀请人', retry: 'never' },
  'points.not_enough': { status: 409, message: '积分不足', retry: 'never' },
  'pay.unavailable': { status: 503, message: '支付暂不可用，请稍后再试', retry: 'later' },
  'pay.funds_lacking': { status: 503, message: '商户账户余额不足，请稍后再试', retry: 'later' },
  'pay.openid_missing': { status: 409, message: '请使用微信登录后再支付', retry: 'after_login' },
  'notice.signature_invalid': { status: 401, message: '签名验证失败', retry: 'never' },
  'notice.malformed': { status: 400, message: '通知内容有误', retry: 'never' },
  'notice.order_unknown': { status: 500, message: '订单尚未找到', retry: 'later' },
  'reconciliation.not_ready': { status: 409, message: '对账单尚未生成，请稍后再试', retry: 'later' },
  'reconciliation.day_out_of_range': { status: 409, message: '只能核对过去 80 天内的账单', retry: 'never' },
  'reconciliation.not_found': { status: 404, message: '该日尚未对账', retry: 'never' },
  'legal.not_found': { status: 404, message: '没有这份协议', retry: 'never' },
  'legal.version_taken': { status: 409, message: '该版本号已用于另一份文本', retry: 'never' },
  'legal.version_changed': { status: 409, message: '现行版本已更新，请刷新后重试', retry: 'never' },
  'consent.version_unknown': { status: 409, message: '协议已更新，请阅读新版本后再同意', retry: 'never' },
  'case.not_found': { status: 404, message: '工单不存在', retry: 'never' },
  'case.holds_refund': {
    status: 409,
    message: '此工单关系到一笔暂缓的退款，请由财务继续或关闭该退款',
    retry: 'never',
  },
  'case.needs_decision': { status: 409, message: '内容还在等待处理，请到内容审核中作出决定', retry: 'never' },
  'bus.key_invalid': { status: 401, message: '推送凭证无效', retry: 'never' },
  'payment.not_found': { status: 404, message: '没有这笔支付', retry: 'never' },
  'exception.not_found': { status: 404, message: '支付异常不存在', retry: 'never' },
  'task.not_found': { status: 404, message: '任务不存在', retry: 'never' },
  'task.not_dead': { status: 409, message: '任务当前状态不能进行此操作', retry: 'never' },
  'database.conflict': { status: 503, message: '系统繁忙，请稍后再试', retry: 'later' },
  'storage.unavailable': { status: 503, message: '文件存储暂不可用，请稍后再试', retry: 'later' },
  'database.unavailable': { status: 503, message: '服务繁忙，请稍后再试', retry: 'later' },
  'database.newer_version': { status: 503, message: '系统正在升级，请稍后再试', retry: 'later' },
  internal: { status: 500, message: '服务繁忙，请稍后再试', retry: 'later' },
} as const satisfies Record<string, Entry>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof errors;

/** Facts about the failure that the client may see: JSON scalars, or small structures of them. */
export type ErrorParams = Readonly<Record<string, unknown>>;

/**
 * What a platform's refusal means to us.
 *
 * - `absent`: the platform has never heard of what we ask about.
 * - `done`: it was already done before.
 * - `refused`: this request will never be accepted, however often it is repeated.
 * - `ours`: our account or our configuration is wrong, and a person has to fix it.
 * - `later`: the platform is busy, and the same request may be repeated later.
 * - `unknown`: none of our tables has the code. It is treated exactly as `later`.
 */
export type Verdict = 'absent' | 'done' | 'refused' | 'ours' | 'later' | 'unknown';

/** A platform's refusal, in the platform's own words. */
export interface Refusal {
  readonly platform: 'wxpay' | 'xpay' | 'wechat';
  /** The call that was refused: an endpoint's name or path. */
  readonly call: string;
  /** The platform's error code, reduced to `A-Za-z0-9_-` and cut to a bounded length. */
  readonly code: string;
  /** The rest of the platform's answer (message, field, issue), cleaned and cut. May be empty. */
  readonly words: string;
  readonly verdict: Verdict;
}

/**
 * Why a call got no answer about the matter itself. `down`: the platform was not called, because the circuit breaker
 * was open or no access token was to be had. `pace`: our own rate limit had no turn left. `too_many`: the platform said
 * that we call too often. None of these counts as a try.
 */
export type Unasked = 'down' | 'pace' | 'too_many';

interface FailOptions {
  /** Goes to the client with the code. */
  readonly params?: ErrorParams;
  /** Goes to the log only: which of several reasons it was. */
  readonly detail?: string;
  /** Goes to the log only: what was caught. */
  readonly cause?: unknown;
  /** The platform's refusal that caused this error. */
  readonly refusal?: Refusal;
  /** Set when the platform did not really consider the request. */
  readonly unasked?: Unasked;
}

/** An expected failure. Anything else that is thrown is a bug, and is answered as `internal`. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly params: ErrorParams;
  readonly detail: string | null;
  readonly refusal: Refusal | null;
  readonly unasked: Unasked | null;

  constructor(code: ErrorCode, options: FailOptions = {}) {
    super(
      options.detail === undefined ? code : `${code}: ${options.detail}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.params = options.params ?? {};
    this.detail = options.detail ?? null;
    this.refusal = options.refusal ?? null;
    this.unasked = options.unasked ?? null;
  }
}

/** Makes a catalogued error, to be thrown by the caller: `throw fail('order.not_found')`. */
export function fail(code: ErrorCode, options: FailOptions = {}): AppError {
  return new AppError(code, options);
}

/** The catalogued code of a caught value, or null when it is a bug. */
export function codeOf(caught: unknown): ErrorCode | null {
  return caught instanceof AppError ? caught.code : null;
}

/** The platform refusal that caused the caught error, found along its chain of `cause`; null when there is none. */
export function refusalOf(caught: unknown): Refusal | null {
  if (!(caught instanceof Error)) return null;
  return (caught instanceof AppError ? caught.refusal : null) ?? refusalOf(caught.cause);
}

/**
 * The reason why nothing was asked, found along the chain of `cause` of the caught error; null when there is none.
 */
export function unaskedOf(caught: unknown): Unasked | null {
  if (!(caught instanceof Error)) return null;
  return (caught instanceof AppError ? caught.unasked : null) ?? unaskedOf(caught.cause);
}

/**
 * Whether a failure does not count as a try and does not lengthen the pause before the next one: nothing was asked, or
 * the result belongs into a document that only a newer build may write. That build runs at the same time and can do it.
 */
export function isNoTry(caught: unknown): boolean {
  return unaskedOf(caught) !== null || codeOf(caught) === 'database.newer_version';
}
