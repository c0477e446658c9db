/**
 * The part of Tencent Cloud that a deployment touches: SCF, the broker's console and the log service's, behind the
 * API 3.0 with its signatures, limits, delays and error codes. What is in it can be kept in a file.
 */
import * as z from 'zod';
import type { OutsideResponse } from '../../../shared/adapters/http/request.ts';
import type { SimulatedRequest } from '../exchange.ts';
import { cls, clsWords } from './cls.ts';
import type { ChooseFault, CloudFault, CountedCall } from './faults.ts';
import { type ScfSettings, scf } from './scf.ts';
import { words as scfWords } from './scfWords.ts';
import { type CloudState, emptyState, loadState, saveState } from './state.ts';
import { tdmq, tdmqWords } from './tdmq.ts';
import { vpc, vpcWords } from './vpc.ts';
import {
  type ApiKeys,
  answerOf,
  CloudRefused,
  REQUEST_BYTES_MAX,
  refusalOf,
  verifySignature,
} from './wire.ts';

/** How the cloud behaves. All but `keys` and `now` have defaults. */
export interface CloudOptions extends Partial<ScfSettings> {
  readonly keys: ApiKeys;
  readonly now: () => number;
  /** Where the state is kept; null for nowhere. */
  readonly file?: string | null;
  readonly fault?: ChooseFault;
}

/** The services by the version of their API. */
const SERVICES: Readonly<Record<string, string>> = {
  '2018-04-16': 'scf',
  '2020-02-17': 'tdmq',
  '2020-10-16': 'cls',
  '2017-03-12': 'vpc',
};
const SCHEMAS: Readonly<Record<string, Readonly<Record<string, z.ZodType>>>> = {
  scf: scfWords,
  tdmq: tdmqWords,
  cls: clsWords,
  vpc: vpcWords,
};
type Act = (asked: unknown, state: CloudState, settings: ScfSettings) => object;
const ACTS = { scf, tdmq, cls, vpc } as unknown as Readonly<Record<string, Readonly<Record<string, Act>>>>;
const WRITE = /^(Create|Update|Delete|Put|Publish|Modify|Invoke)/;

/** What becomes of a function whose change fails, by what it is doing. */
const FAILED: Readonly<Record<string, string>> = {
  Creating: 'CreateFailed',
  Updating: 'UpdateFailed',
  Publishing: 'PublishFailed',
};

/** No answer came. Whether the deed is done is not known. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** The simulated cloud. */
export class TencentCloud {
  state: CloudState;
  fault: ChooseFault;
  /** Every call so far, with the fault that it had. */
  readonly calls: (CountedCall & { readonly fault: CloudFault | null })[] = [];
  readonly #options: CloudOptions;
  readonly #settings: ScfSettings;
  /** The state before the last write, for stale reads: kept only where faults were asked for from the start. */
  readonly #keepsPast: boolean;
  #before: CloudState;

  constructor(options: CloudOptions) {
    const { hasDefaultAlias = true } = options;
    const { polls = 2, hasCmqTriggers = false, runtimes = ['Nodejs18.15', 'Nodejs20.19'] } = options;
    const { totalMemoryMb = 128_000, runs = () => ({ ok: true }), file = null, fault = () => null } = options;
    this.#options = options;
    this.#settings = { polls, hasCmqTriggers, hasDefaultAlias, runtimes, totalMemoryMb, runs };
    this.state = file === null ? emptyState() : loadState(file);
    this.#keepsPast = options.fault !== undefined;
    this.#before = this.state;
    this.fault = fault;
  }

  /** The calls that change something, or run something. */
  get writes(): readonly CountedCall[] {
    return this.calls.filter(({ isWrite }) => isWrite);
  }

  /**
   * Does what a call asks.
   * @throws CloudRefused as the platform refuses; NoAnswer when no answer comes
   */
  call(service: string, action: string, params: Readonly<Record<string, unknown>>): object {
    const counted = { number: this.calls.length + 1, service, action, params, isWrite: WRITE.test(action) };
    const fault = this.fault(counted);
    this.calls.push({ ...counted, fault });
    if (fault === 'refuse') throw new CloudRefused('InternalError', 'something is wrong with us');
    if (fault === 'throttle')
      throw new CloudRefused('RequestLimitExceeded', 'more calls in a second than are allowed');
    if (fault === 'before') throw new NoAnswer();
    const result = this.#act(counted, fault);
    if (fault === 'after') throw new NoAnswer();
    return result;
  }

  #act({ service, action, params, isWrite }: CountedCall, fault: CloudFault | null): object {
    const schema = SCHEMAS[service]?.[action];
    const act = ACTS[service]?.[action];
    if (schema === undefined || act === undefined)
      throw new CloudRefused('InvalidAction', `no ${action} in ${service}`);
    const parsed = schema.safeParse(params);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const isStrange = issue?.code === 'unrecognized_keys';
      throw new CloudRefused(
        isStrange ? 'UnknownParameter' : 'InvalidParameterValue',
        `${action} ${issue?.path.join('.')}: ${issue?.message}`,
      );
    }
    if (!isWrite) {
      const isStale = fault === 'stale';
      const result = act(parsed.data, isStale ? structuredClone(this.#before) : this.state, this.#settings);
      this.#save();
      return result;
    }
    if (this.#keepsPast) this.#before = structuredClone(this.state);
    const result = act(parsed.data, this.state, this.#settings);
    if (fault === 'fail') this.#failLater(params);
    this.#save();
    return result;
  }

  /** Makes the work on a function that has just begun fail. */
  #failLater({ Namespace, FunctionName }: Readonly<Record<string, unknown>>): void {
    const own = this.state.functions[`${Namespace}/${FunctionName}`];
    if (own === undefined) return;
    if (own.status === 'Active') own.status = 'Updating';
    own.next = FAILED[own.status] ?? 'UpdateFailed';
    own.reason = 'the platform could not load the code';
    own.pollsLeft = Math.max(own.pollsLeft, 1);
  }

  #save(): void {
    const { file = null } = this.#options;
    if (file !== null) saveState(file, this.state);
  }

  /** Answers a request as it arrived. Null when no answer ever comes. */
  handle(request: SimulatedRequest): OutsideResponse | null {
    const { headers, body } = request;
    const requestId = `request-${this.calls.length + 1}`;
    try {
      if (body.length > REQUEST_BYTES_MAX) throw new CloudRefused('RequestSizeLimitExceeded', 'above 10 MB');
      verifySignature(request, this.#options.keys, this.#options.now());
      const service = SERVICES[headers['x-tc-version'] ?? ''] ?? '';
      const params = z
        .record(z.string(), z.unknown())
        .parse(JSON.parse(Buffer.from(body).toString('utf8') || '{}'));
      return answerOf(this.call(service, headers['x-tc-action'] ?? '', params), requestId);
    } catch (caught) {
      if (caught instanceof NoAnswer) return null;
      if (caught instanceof CloudRefused) return refusalOf(caught, requestId);
      throw caught;
    }
  }
}
