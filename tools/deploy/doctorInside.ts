/** The doctor's inside part: what only a function in the shop's own network can see. The unit `ops` looks. */
import * as z from 'zod';
import { type Finding, noted, same, stopping } from '../../shared/ports/finding.ts';
import { type Cloud, CloudError } from './cloud.ts';
import { type Desired, OPS } from './desired.ts';

const Both = z.object({ en: z.string(), zh: z.string() });
/** What `ops probe --tell` answers: all that it finds, also when something stops. */
const Probed = z.object({
  data: z.array(z.object({ stops: z.boolean(), what: Both, where: Both })),
});

const LOGS = (namespace: string) =>
  same(`console.cloud.tencent.com/scf/list?ns=${namespace} › ${OPS} › 日志查询`);

/** Asks `ops`. Before the first deployment there is none, which is only told. */
export async function insideFindings(
  cloud: Cloud,
  { namespace, connections }: Pick<Desired, 'namespace' | 'connections'>,
): Promise<readonly Finding[]> {
  try {
    const { Result } = await cloud.ask('scf', 'InvokeFunction', {
      FunctionName: OPS,
      Namespace: namespace,
      Qualifier: '$DEFAULT',
      Event: JSON.stringify({ command: 'probe', args: ['--tell', '--connections', String(connections)] }),
    });
    if (Result?.ErrMsg)
      return [
        stopping(
          { en: `ops probe failed: ${Result.ErrMsg}.`, zh: `内部检查失败：${Result.ErrMsg}。` },
          LOGS(namespace),
        ),
      ];
    return Probed.parse(JSON.parse(Result?.RetMsg ?? '')).data;
  } catch (caught) {
    if (caught instanceof CloudError && caught.isAbsent)
      return [
        noted(
          { en: 'Nothing is deployed yet, so nobody looked inside.', zh: '尚未部署，无法从内部检查。' },
          same('npm run deploy'),
        ),
      ];
    const reason = caught instanceof CloudError ? caught.message : 'its answer cannot be read';
    return [
      stopping(
        { en: `ops cannot be asked: ${reason}.`, zh: `无法调用 ops 函数：${reason}。` },
        LOGS(namespace),
      ),
    ];
  }
}
