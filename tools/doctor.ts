/**
 * Says what would keep a stage from working, each thing with where to put it right, in Chinese and in English:
 *
 *   npm run doctor -- --stage production
 *   npm run doctor -- --stage production --offline    without asking anybody
 *
 * It looks at the settings, then asks the platforms, then the shop's own function inside its network. It changes
 * nothing. The exit code is 1 when something stops, else 0.
 */
import { lookup } from 'node:dns/promises';
import { connect } from 'node:tls';
import { parseArgs } from 'node:util';
import { httpSend } from '../shared/adapters/http/nodeRequest.ts';
import { systemClock } from '../shared/adapters/process/clock.ts';
import { systemIds } from '../shared/adapters/process/ids.ts';
import { assemble } from './deploy/assemble.ts';
import { paced, tencentCloud } from './deploy/cloud.ts';
import { COMMON_OPTIONS, partsOf, realPace, run } from './deploy/command.ts';
import { insideFindings } from './deploy/doctorInside.ts';
import { offlineFindings } from './deploy/doctorOffline.ts';
import { type Outside, onlineFindings } from './deploy/doctorOnline.ts';
import { tellFindings } from './deploy/findings.ts';
import { accessOf, type Known, knownOf } from './deploy/known.ts';

const USAGE = 'usage: npm run doctor -- --stage <name> [--offline]';
const TIMEOUT_MS = 5_000;

/** When the certificate that a host shows on port 443 ends. It is not trusted here, only read. */
function certificateEndsAtMs(host: string): Promise<number | null> {
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: 443,
      servername: host,
      rejectUnauthorized: false,
      timeout: TIMEOUT_MS,
    });
    const end = (atMs: number | null) => {
      socket.destroy();
      resolve(atMs);
    };
    socket.once('secureConnect', () => {
      const endsAtMs = Date.parse(socket.getPeerCertificate().valid_to ?? '');
      end(Number.isNaN(endsAtMs) ? null : endsAtMs);
    });
    socket.once('error', () => end(null));
    socket.once('timeout', () => end(null));
  });
}

function outsideOf(known: Known): Outside {
  const access = accessOf(known.stage, known.secrets);
  return {
    cloud: paced(tencentCloud(access), realPace),
    pace: realPace,
    send: httpSend(),
    clock: systemClock,
    ids: systemIds(systemClock),
    endpoint: access.endpoint ?? `https://scf.${access.region}.tencentcloudapi.com`,
    resolve: async (host) =>
      (await lookup(host, { all: true }).catch(() => [])).map(({ address }) => address),
    certificateEndsAtMs,
  };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { ...COMMON_OPTIONS, offline: { type: 'boolean', default: false } },
  });
  const known = knownOf(values.stage, process.env, values.in);
  const parts = { ...(await partsOf(known, true)), filesOf: () => ({}) };
  const tell = (line: string) => console.log(line);
  const isStopped = tellFindings(offlineFindings(parts, Date.now()), tell);
  if (values.offline || isStopped) return isStopped ? 1 : 0;
  const outside = outsideOf(known);
  const desired = assemble(parts);
  const online = tellFindings(await onlineFindings(outside, known.stage, desired, known.variables), tell);
  const inside = tellFindings(await insideFindings(outside.cloud, desired), tell);
  if (!online && !inside) tell(`${known.stage.name}: 一切就绪 / all is well`);
  return online || inside ? 1 : 0;
}

run(USAGE, main);
