/** The figures of a host of our own, for who collects them. */
import type { Log } from '../../ports/log.ts';
import { type Environment, readVariable } from '../process/variables.ts';
import { type Metrics, prometheusMetrics, watchedLog } from './metrics.ts';

/** The figures, and who may read them. */
export interface HostMetrics extends Pick<Metrics, 'text' | 'contentType'> {
  readonly token: string;
  /** A log whose lines are counted. */
  readonly watch: (log: Log) => Log;
}

/**
 * The figures of this process; null without METRICS_TOKEN, because others reach a host. The library is loaded only with
 * it.
 * @throws WrongValue when the token is none
 */
export async function hostMetrics(environment: Environment): Promise<HostMetrics | null> {
  const token = readVariable('METRICS_TOKEN', environment);
  if (token === null) return null;
  const metrics = await prometheusMetrics();
  const { contentType } = metrics;
  return { token, contentType, text: () => metrics.text(), watch: (log) => watchedLog(log, metrics.see) };
}
