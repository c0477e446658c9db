/** Looks whether hosts can be reached from here. */
import { type Both, type Finding, stopping } from '../../ports/finding.ts';
import type { Send } from './request.ts';

const TIMEOUT_MS = 5_000;
const NETWORK: Both = {
  zh: '私有网络控制台 console.cloud.tencent.com/vpc › NAT 网关：没有 NAT 网关的私有网络不能访问公网',
  en: 'console.cloud.tencent.com/vpc › NAT gateways (NAT 网关): a private network without one reaches no public address',
};

/** The addresses that nobody answers at. Any answer counts, also a refusal: then the host is there. */
export async function probeHosts(send: Send, urls: readonly string[]): Promise<readonly Finding[]> {
  const looked = await Promise.all(
    [...new Set(urls)].map(async (url): Promise<readonly Finding[]> => {
      const { host } = new URL(url);
      try {
        await send({ method: 'GET', url, headers: {}, body: '', timeoutMs: TIMEOUT_MS });
        return [];
      } catch (caught) {
        const code: unknown = Reflect.get(Object(caught), 'code');
        const why = typeof code === 'string' ? code : 'no answer';
        const what: Both = {
          zh: `从这里访问不到 ${host}（${why}）。`,
          en: `${host} cannot be reached from here (${why}).`,
        };
        return [stopping(what, NETWORK)];
      }
    }),
  );
  return looked.flat();
}
