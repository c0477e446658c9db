/**
 * A CloudBase environment: its documents by the protocol of `@cloudbase/node-sdk` 3.18 (`POST /admin`), and the part of
 * the cloud's API that makes indexes (`POST /`, https://cloud.tencent.com/document/api/876/34808).
 *
 * Signatures are checked. Documents are canonical EJSON. What it does not know it refuses, and never guesses.
 */
import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { OutsideResponse } from '../../../shared/adapters/http/request.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { SimulatedRequest } from '../exchange.ts';
import { type KeyPair, wrongSignature } from './cloudbaseSignature.ts';
import { CloudbaseStore, DatabaseRefused } from './cloudbaseStore.ts';
import { type Document, decodedValue, encodedValue } from './cloudbaseValues.ts';

/** What goes wrong with one call: the connection is cut before or after the deed, or another answer comes. */
export type CloudbaseFault =
  | 'cut before'
  | 'cut after'
  | { readonly status: number }
  | { readonly code: string; readonly message: string };

/** The environment, and who may ask it. */
export interface CloudbaseOptions {
  readonly env: string;
  readonly keys: KeyPair;
  readonly clock: Clock;
}

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1_000;
const ID_BYTES = 12;

const EjsonText = z.string().transform((text, context): Document => {
  try {
    return decodedValue(JSON.parse(text)) as Document;
  } catch (caught) {
    context.addIssue({ code: 'custom', message: String(caught) });
    return z.NEVER;
  }
});
const Base = z.object({ action: z.string(), envName: z.string(), sessionToken: z.string().optional() });
const OfCollection = z.object({ collectionName: z.string().min(1), transactionId: z.string().optional() });
const Queried = OfCollection.extend({ query: EjsonText.optional(), multi: z.boolean().optional() });
const Got = Queried.extend({
  order: EjsonText.optional(),
  offset: z.int().min(0).optional(),
  limit: z.int().min(1).optional(),
  projection: EjsonText.optional(),
});
const Inserted = OfCollection.extend({ data: z.array(EjsonText).min(1) });
const Modified = Queried.extend({
  data: EjsonText,
  merge: z.boolean().default(true),
  upsert: z.boolean().default(false),
});
const OfTransaction = z.object({ transactionId: z.string() });
const Index = z.object({
  IndexName: z.string().min(1),
  MgoKeySchema: z.object({
    MgoIndexKeys: z.array(z.object({ Name: z.string(), Direction: z.enum(['1', '-1']) })).min(1),
    MgoIsUnique: z.boolean(),
  }),
});
const Table = z.object({ EnvId: z.string(), TableName: z.string().min(1) });
const UpdatedTable = Table.extend({
  CreateIndexes: z.array(Index).default([]),
  DropIndexes: z.array(z.object({ IndexName: z.string() })).default([]),
});

function ejson(doc: Document): string {
  return JSON.stringify(encodedValue(doc));
}

/** The named fields of a document, and its id. */
function projected(doc: Document, projection: Document | undefined): Document {
  if (projection === undefined) return doc;
  const kept = Object.entries(doc).filter(([name]) => name === '_id' || projection[name] === 1);
  return Object.fromEntries(kept);
}

function jsonAnswer(json: unknown): OutsideResponse {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { status: 200, headers, body: Buffer.from(JSON.stringify(json)) };
}

/** The simulated environment. */
export class CloudbaseSimulator {
  /** How often each action was asked for. */
  readonly calls = new Map<string, number>();
  readonly #options: CloudbaseOptions;
  readonly #store: CloudbaseStore;
  readonly #faults: { readonly action: string; readonly fault: CloudbaseFault }[] = [];
  #answered = 0;

  constructor(options: CloudbaseOptions) {
    this.#options = options;
    this.#store = new CloudbaseStore(options.clock);
  }

  /** Makes the next calls of an action go wrong, each in its own way. */
  next(action: string, ...faults: readonly CloudbaseFault[]): void {
    for (const fault of faults) this.#faults.push({ action, fault });
  }

  /** Answers a request. Null when the connection is cut. */
  handle(request: SimulatedRequest): OutsideResponse | null {
    const isData = request.path.startsWith('/admin?');
    const action = this.#actionOf(request, isData);
    this.calls.set(action, (this.calls.get(action) ?? 0) + 1);
    const place = this.#faults.findIndex((planned) => planned.action === action);
    const [planned] = place === -1 ? [] : this.#faults.splice(place, 1);
    const fault = planned?.fault ?? null;
    if (fault === 'cut before') return null;
    if (fault !== null && typeof fault === 'object') {
      if ('code' in fault) return jsonAnswer({ ...fault, requestId: this.#requestId() });
      return { status: fault.status, headers: {}, body: Buffer.from('') };
    }
    const answer = isData ? this.#data(request) : this.#api(request);
    return fault === 'cut after' ? null : answer;
  }

  #actionOf({ headers, body }: SimulatedRequest, isData: boolean): string {
    if (!isData) return headers['x-tc-action'] ?? '';
    const { data } = z.object({ action: z.string() }).safeParse(JSON.parse(Buffer.from(body).toString()));
    return (data?.action ?? '').replace(/^database\./, '');
  }

  #requestId(): string {
    this.#answered += 1;
    return `request-${this.#answered}`;
  }

  /** The documents. Errors come as values, under the status 200. */
  #data(request: SimulatedRequest): OutsideResponse {
    const requestId = this.#requestId();
    const { env, keys, clock } = this.#options;
    try {
      const body: unknown = JSON.parse(Buffer.from(request.body).toString());
      const { action, envName, sessionToken } = Base.parse(body);
      const timestamp = Number(request.headers['x-timestamp']);
      const wrong = wrongSignature(request, keys, { nowS: Math.floor(clock.now() / 1_000), timestamp });
      if (wrong !== null) throw new DatabaseRefused('SIGN_PARAM_INVALID', wrong);
      if ((sessionToken || null) !== keys.token)
        throw new DatabaseRefused('SIGN_PARAM_INVALID', 'the token is another one');
      if (envName !== env) throw new DatabaseRefused('INVALID_ENV', `there is no environment ${envName}`);
      return jsonAnswer({ requestId, ...this.#act(action, body) });
    } catch (caught) {
      if (caught instanceof DatabaseRefused)
        return jsonAnswer({ code: caught.code, message: caught.message, requestId });
      if (caught instanceof z.ZodError)
        return jsonAnswer({ code: 'INVALID_PARAM', message: z.prettifyError(caught), requestId });
      throw caught;
    }
  }

  #act(action: string, body: unknown): Readonly<Record<string, unknown>> {
    switch (action) {
      case 'database.startTransaction':
        return { transactionId: this.#store.begin() };
      case 'database.commitTransaction':
        this.#store.commit(OfTransaction.parse(body).transactionId);
        return {};
      case 'database.abortTransaction':
        this.#store.abort(OfTransaction.parse(body).transactionId);
        return {};
      case 'database.addCollection':
        this.#store.addCollection(OfCollection.parse(body).collectionName);
        return {};
      case 'database.getDocument':
        return this.#get(body);
      case 'database.calculateDocument': {
        const { collectionName, query = {} } = Queried.parse(body);
        return { data: { total: this.#store.find(null, collectionName, { query }).length } };
      }
      case 'database.insertDocument':
        return this.#insert(body);
      case 'database.modifyDocument':
        return this.#modify(body);
      case 'database.modifyAndReturnDoc':
        return this.#modifyAndReturn(body);
      case 'database.removeDocument': {
        const { transactionId = null, collectionName, query = {}, multi = true } = Queried.parse(body);
        return { data: { deleted: this.#store.remove(transactionId, collectionName, { query }, multi) } };
      }
      default:
        throw new DatabaseRefused('INVALID_PARAM', `the simulator does not know ${action}`);
    }
  }

  #get(body: unknown): Readonly<Record<string, unknown>> {
    const asked = Got.parse(body);
    const { transactionId = null, collectionName, query = {}, offset = 0, projection } = asked;
    const limit = Math.min(asked.limit ?? LIMIT_DEFAULT, LIMIT_MAX);
    const order = asked.order as Readonly<Record<string, 1 | -1>> | undefined;
    const selection = { query, offset, limit, ...(order === undefined ? {} : { order }) };
    const docs = this.#store.find(transactionId, collectionName, selection);
    const list = docs.map((doc) => ejson(projected(doc, projection)));
    return { data: { list, limit, offset } };
  }

  #insert(body: unknown): Readonly<Record<string, unknown>> {
    const { transactionId = null, collectionName, data } = Inserted.parse(body);
    const docs = data.map((doc) => ({ _id: randomBytes(ID_BYTES).toString('hex'), ...doc }));
    return { data: { insertedIds: this.#store.insert(transactionId, collectionName, docs) } };
  }

  #modify(body: unknown): Readonly<Record<string, unknown>> {
    const {
      transactionId = null,
      collectionName,
      query = {},
      multi = true,
      ...change
    } = Modified.parse(body);
    const { updated, upsertedId } = this.#store.modify(
      transactionId,
      collectionName,
      { query },
      { data: change.data, isMerge: change.merge, isUpsert: change.upsert, isMulti: multi },
    );
    return { data: { updated, upsert_id: upsertedId } };
  }

  #modifyAndReturn(body: unknown): Readonly<Record<string, unknown>> {
    const { transactionId = null, collectionName, query = {}, data } = Modified.parse(body);
    const { docs } = this.#store.modify(
      transactionId,
      collectionName,
      { query },
      { data, isMerge: true, isUpsert: false, isMulti: false },
    );
    const [doc] = docs;
    return { data: { updated: docs.length, doc: doc === undefined ? null : ejson(doc) } };
  }

  /** The cloud's API. */
  #api(request: SimulatedRequest): OutsideResponse {
    const RequestId = this.#requestId();
    const { env, keys, clock } = this.#options;
    try {
      const timestamp = Number(request.headers['x-tc-timestamp']);
      const wrong = wrongSignature(request, keys, { nowS: Math.floor(clock.now() / 1_000), timestamp });
      if (wrong !== null) throw new DatabaseRefused('AuthFailure.SignatureFailure', wrong);
      if ((request.headers['x-tc-token'] ?? null) !== keys.token)
        throw new DatabaseRefused('AuthFailure.TokenFailure', 'the token is another one');
      const body: unknown = JSON.parse(Buffer.from(request.body).toString());
      if (Table.parse(body).EnvId !== env)
        throw new DatabaseRefused('ResourceNotFound', 'there is no such environment');
      return jsonAnswer({
        Response: { ...this.#table(request.headers['x-tc-action'] ?? '', body), RequestId },
      });
    } catch (caught) {
      const isRefused = caught instanceof DatabaseRefused;
      if (!isRefused && !(caught instanceof z.ZodError)) throw caught;
      const Code = isRefused ? caught.code : 'InvalidParameter';
      const Message = isRefused ? caught.message : z.prettifyError(caught);
      return jsonAnswer({ Response: { Error: { Code, Message }, RequestId } });
    }
  }

  #table(action: string, body: unknown): Readonly<Record<string, unknown>> {
    if (action === 'DescribeTable') {
      const indexes = [...this.#store.indexesOf(Table.parse(body).TableName).values()];
      const own = { Name: '_id_', Keys: [{ Name: '_id', Direction: '1' }], Unique: true };
      const Indexes = indexes.map(({ name, keys, isUnique }) => ({
        Name: name,
        Keys: keys,
        Unique: isUnique,
      }));
      return { Indexes: [own, ...Indexes], IndexNum: Indexes.length + 1 };
    }
    if (action !== 'UpdateTable')
      throw new DatabaseRefused('InvalidAction', `the simulator does not know ${action}`);
    const { TableName, CreateIndexes, DropIndexes } = UpdatedTable.parse(body);
    const indexes = this.#store.indexesOf(TableName);
    for (const { IndexName } of DropIndexes) {
      if (!indexes.delete(IndexName))
        throw new DatabaseRefused('ResourceNotFound', `there is no index ${IndexName}`);
    }
    for (const { IndexName: name, MgoKeySchema } of CreateIndexes) {
      if (indexes.has(name)) throw new DatabaseRefused('ResourceInUse', `there is an index ${name}`);
      const { MgoIndexKeys: keys, MgoIsUnique: isUnique } = MgoKeySchema;
      if (isUnique)
        throw new DatabaseRefused('InvalidParameter', 'the simulator does not keep unique indexes');
      indexes.set(name, { name, keys, isUnique });
    }
    return {};
  }
}
