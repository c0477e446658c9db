/** Why something is refused, where the refusal names a reason: what is missing, in words for those who can add it. */

const reasons: Readonly<Record<string, string>> = {
  chapter_unknown: '这一章已不在草稿里',
  draft: '还没有发布',
  ended: '已经结束',
  fewer: '数量只能增加',
  file_missing: '文件没有上传完成',
  file_size: '文件太大',
  file_type: '文件的格式和它的内容不符',
  last_part: '在售的套餐至少要有一件商品',
  lesson_missing: '学员看过的课时不能移除，只能隐藏',
  lesson_unknown: '有课时已不在草稿里',
  limited_price: '限时价要低于原价',
  member_price: '会员价要低于原价',
  membership_terms: '会员方案不能免费',
  no_access: '会员方案没有使用期限',
  no_blocks: '还没有正文',
  no_content: '还没有正文或文件',
  no_date: '这张券没有固定的到期时间',
  no_duration: '有音视频还没有填时长',
  no_file: '还没有上传文件',
  no_lesson: '还没有课时',
  no_trial: '只有课程可以试学',
  no_parts: '还没有包含商品',
  not_draft: '只能删除草稿',
  not_published: '还没有上架过',
  nothing_to_pay_for: '收费课程至少要有一节不能试看的课',
  over: '时间已过',
  part_full: '有商品所在的套餐太多',
  part_kind: '只能包含课程、电子书和音视频',
  part_not_published: '所含商品还没有上架',
  part_of: '它还在套餐里',
  part_unknown: '有商品已不存在',
  price_out_of_range: '价格超出范围',
  sale_window: '停售时间要晚于开售时间',
  shorter: '结束时间只能推后',
  template_not_for_drops: '这张优惠券不是“只用于群福利”的',
  template_not_published: '优惠券还没有发布，或已结束',
  template_over: '优惠券等不到这份福利结束',
  too_few_left: '优惠券剩余的不够',
  too_many_at_once: '一次改动的商品太多',
  too_many_left: '移出过的商品太多',
  too_many_lessons: '课时太多',
  too_many_open: '这张优惠券同时发放的福利太多',
};

/** The words of a reason; null for one without. */
export function reasonWords(reason: unknown): string | null {
  return typeof reason === 'string' ? (reasons[reason] ?? null) : null;
}

/** Whether a reason has words. */
export function hasReasonWords(reason: string): boolean {
  return reason in reasons;
}
