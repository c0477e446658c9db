/**
 * The steps of a learner: a course is bought, watched and finished, what is said about it is checked before others see
 * it, and a refund takes away what came with the course.
 */
import type { Client } from '../../client/client.ts';
import { yuan } from '../../client/fen.ts';
import { makeId } from '../../client/id.ts';
import type { StaffClient } from '../../client/staff.ts';
import type { OutlineLesson } from '../../client/types.ts';
import type { DrivenPhone } from '../phone/driver.ts';
import { check, pay, post, refusal, type Step, until, visit } from './step.ts';

/** The title of the course. It is the shortest one that is sold. */
const COURSE = 'Git 与团队协作';
/** The length of a cell of what was watched. */
const CELL_SECONDS = 5;
/** A word that the simulated check finds risky. */
const RISKY = '违规';

/** Who takes part. `client` and `phone` are the learner's. */
export interface Learning {
  readonly client: Client;
  readonly phone: DrivenPhone;
  /** Another learner, who has bought nothing. */
  readonly other: Client;
  readonly staff: StaffClient;
  /** Logs the staff in again, whose sessions end while the clock is moved on. */
  readonly logIn: () => Promise<void>;
  readonly simulators: string;
}

const newId = (prefix: Parameters<typeof makeId>[0]) => makeId(prefix, Date.now(), Math.random);

/** The learner's steps, in order. */
export function learning(people: Learning): readonly Step[] {
  const bought = { orderId: '', courseId: '', groupId: '', number: '' };
  return [...watching(people, bought), ...talking(people, bought), ...losing(people, bought)];
}

/** What the steps find out on their way. */
type Bought = Record<'orderId' | 'courseId' | 'groupId' | 'number', string>;

/** The steps from the purchase to the certificate. */
function watching({ client, phone, staff, other, simulators }: Learning, bought: Bought): readonly Step[] {
  let lessons: readonly OutlineLesson[] = [];
  const report = (lesson: OutlineLesson) =>
    client.reportProgress({
      ...{ id: lesson.id, seen: [[0, Math.floor(lesson.durationSeconds / CELL_SECONDS)]] },
      ...{ positionSeconds: lesson.durationSeconds, playedAgoMs: 0, isAtEnd: true },
    });

  return [
    [
      '课程群 staff open a group for a course; its buyers are in it',
      async () => {
        const { items } = await client.listCourses({ limit: 50 });
        const course = items.find(({ title }) => title === COURSE);
        check(course !== undefined, `《${COURSE}》 is not on sale`);
        bought.courseId = course.id;
        bought.groupId = newId('grp');
        const words = { title: `${COURSE}·同学群`, intro: '贴命令、贴报错。', coverUrl: null };
        const draft = { id: bought.groupId, kind: 'course', productId: course.id, ...words } as const;
        const { group } = await staff.createGroup({ ...draft, teachers: [], assistants: [] });
        await staff.publishGroup({ id: group.id, expectedVersion: group.version });
        const before = await refusal(client.getGroup({ id: group.id }));
        check(before === 'group.not_found', `before the purchase: ${before}`);
        await visit(phone, `/buy/checkout/checkout?ids=${course.id}`);
        bought.orderId = await pay(phone);
        await until(
          'the group',
          () => client.listGroups({}),
          (page) => page.items.some(({ id }) => id === group.id),
        );
        const stranger = await refusal(other.getGroup({ id: group.id }));
        check(stranger === 'group.not_found', `for somebody else: ${stranger}`);
        return `${course.title} ${yuan(course.listFen)}; in the group at once, for others it does not exist`;
      },
    ],
    [
      '刷课无用 a script that claims whole lessons at once gets next to nothing',
      async () => {
        const course = await client.getCourse({ id: bought.courseId });
        lessons = course.chapters.flatMap((chapter) => chapter.lessons);
        let accepted = 0;
        let claimed = 0;
        for (const lesson of lessons) {
          await client.getLesson({ id: lesson.id });
          const answer = await report(lesson);
          accepted += answer.acceptedCells;
          claimed += answer.acceptedCells + answer.leftCells;
        }
        check(accepted * 50 < claimed, `${accepted} of ${claimed} cells were believed`);
        const code = await refusal(client.claimCertificate({ id: bought.courseId, name: '张小明' }));
        check(code === 'course.not_finished', `the certificate: ${code}`);
        return `${accepted} of ${claimed} cells believed; certificate: ${code}`;
      },
    ],
    [
      '学完 who really plays finishes the course (the clock is moved on)',
      async () => {
        let isFinished = false;
        let seconds = 0;
        for (const lesson of lessons) {
          await client.getLesson({ id: lesson.id });
          await post(`${simulators}/control/clock`, { ms: lesson.durationSeconds * 1_000 });
          seconds += lesson.durationSeconds;
          isFinished = (await report(lesson)).isCourseFinished;
        }
        check(isFinished, 'the course is not finished');
        const { progressBp } = await client.getProgress({ id: bought.courseId });
        check(progressBp === 10_000, `${progressBp} basis points`);
        return `${lessons.length} lessons in ${Math.round(seconds / 60)} minutes, 100 %`;
      },
    ],
    [
      '证书 a certificate, which anybody can verify by its number',
      async () => {
        const { certificate } = await client.claimCertificate({ id: bought.courseId, name: '张小明' });
        bought.number = certificate.number;
        await visit(phone, `/study/certificate/certificate?course=${bought.courseId}`);
        check(phone.text.replaceAll(' ', '').includes(certificate.number), 'the phone does not show it');
        const verified = await other.verifyCertificate({ number: certificate.number });
        check(verified.state === 'issued', `it is ${verified.state}`);
        return `${certificate.number}: ${verified.nameMasked}，${verified.title}`;
      },
    ],
  ];
}

/** The steps of what is written: checked, liked, refused, and what becomes of an appeal. */
function talking({ client, phone, other, staff, logIn }: Learning, bought: Bought): readonly Step[] {
  const threadOf = () => `product:${bought.courseId}`;
  const text = { tag: 'textarea', name: '评论内容' };
  const shown = async (by: Client) => (await by.listComments({ threadId: threadOf() })).items;
  const own = async () => (await client.listMyComments({ threadId: threadOf() })).items;

  /** Writes with the phone. */
  const write = async (words: string) => {
    await visit(phone, `/talk/comments/comments?kind=product&about=${bought.courseId}`);
    await phone.type(text, words);
    await phone.tap('发布');
  };

  return [
    [
      '评论 a comment is public once its check has passed, and likes are counted',
      async () => {
        await write('讲得清楚，例子能直接用。');
        // Who writes for the first time agrees to the rules of talking.
        await phone.choose('同意');
        const [comment] = await until(
          'the comment',
          () => shown(other),
          (items) => items.length === 1,
        );
        check(comment !== undefined, 'there is no comment');
        await other.setMark({ kind: 'like', target: comment.id });
        const [liked] = await until(
          'the like',
          () => shown(client),
          (items) => items[0]?.likes === 1,
        );
        return `“${liked?.body}” ♥ ${liked?.likes}`;
      },
    ],
    [
      '先审后发 a risky one is seen by nobody else, and its author appeals',
      async () => {
        await write(`这门课讲清了合并冲突为什么${RISKY}于直觉。`);
        const items = await until('the verdict', own, (all) => all.some(({ state }) => state === 'rejected'));
        const refused = items.find(({ state }) => state === 'rejected');
        check(refused !== undefined, 'nothing is rejected');
        check((await shown(other)).length === 1, 'somebody else sees it');
        const target = `comment:${refused.id}`;
        const { review } = await client.appealReview({ target, words: '“违规”在这里是“违反规律”。' });
        check(review.state === 'queued', `the appeal is ${review.state}`);
        await logIn();
        const { items: queue } = await staff.listReviews({ kind: 'appeal' });
        check(queue.length === 1, `${queue.length} appeals wait`);
        const { version } = review;
        await staff.decideReview({ target, version, decision: 'approve', reason: '误判，不含违规内容' });
        await until(
          'the comment',
          () => shown(other),
          (all) => all.length === 2,
        );
        return 'rejected by the check, appealed, approved by staff, public';
      },
    ],
    [
      '话题 a topic in the group, which only its members see',
      async () => {
        const id = newId('top');
        const words = { title: '合并前要不要先变基？', body: '两个人改同一个文件时，怎样做历史最清楚？' };
        await client.createTopic({ id, groupId: bought.groupId, kind: 'ask', ...words, images: [] });
        await until(
          'the topic',
          () => client.listTopics({ id: bought.groupId }),
          (page) => page.items.length === 1,
        );
        const code = await refusal(other.getTopic({ id }));
        check(code === 'topic.not_found' || code === 'group.not_found', `for somebody else: ${code}`);
        return `《${words.title}》; for others: ${code}`;
      },
    ],
  ];
}

/** The step that gives the money of a finished course back. */
function losing({ client, phone, other, staff }: Learning, bought: Bought): readonly Step[] {
  return [
    [
      '退款收回 what a refund takes away',
      async () => {
        // Points may be owed, because the first refund took back some that were spent.
        const worth = async () => {
          const { balance, debt } = await client.getPoints({});
          return balance - debt;
        };
        const before = await worth();
        const { orderId } = bought;
        const { quote } = await client.quoteRefund({ orderId });
        check(quote.by === 'staff', `a course that was watched is refunded by ${quote.by}`);
        const asked = { orderId, refundId: newId('rfd'), productIds: null, words: '和另一门课重复了' };
        const { refund } = await client.requestRefund({ ...asked, shownFen: quote.refundFen });
        await staff.approveRefund({ refundId: refund.id, reason: '首次购买，同意退款' });
        await until(
          'the refund',
          () => client.listRefunds({ orderId }),
          (answer) => answer.refunds[0]?.state === 'success',
        );
        await until(
          'the certificate',
          () => client.listCertificates({}),
          ({ items }) => items[0]?.state === 'revoked',
        );
        const { state } = await other.verifyCertificate({ number: bought.number });
        check(state === 'revoked', `for others the certificate is ${state}`);
        const group = await refusal(client.getGroup({ id: bought.groupId }));
        check(group === 'group.not_found', `the group: ${group}`);
        await visit(phone, '/talk/groups/groups');
        check(!phone.text.includes(COURSE), 'the phone still shows the group');
        const points = await until('the points', worth, (now) => now < before);
        return `certificate ${state}, group closed, points ${before} → ${points}`;
      },
    ],
  ];
}
