/** The requests that the simulated SCF understands. A field that it does not know is refused, as the platform does. */
import * as z from 'zod';

const FunctionName = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{1,59}$/);
const Namespace = z.string().default('default');
const Qualifier = z.string();
const Tags = z.array(z.strictObject({ Key: z.string(), Value: z.string() })).max(10);
const Description = z.string().max(1000);
const Environment = z.strictObject({
  Variables: z.array(z.strictObject({ Key: z.string(), Value: z.string() })),
});
const Page = { Offset: z.int().min(0).default(0), Limit: z.int().min(1).max(100).default(20) };
const RetryConfig = z.tuple([z.strictObject({ RetryNum: z.int().min(0).max(2) })]);

const Configuration = {
  Description: Description.optional(),
  MemorySize: z.int().optional(),
  Timeout: z.int().min(1).max(900).optional(),
  InitTimeout: z.int().min(1).max(300).optional(),
  Environment: Environment.optional(),
  VpcConfig: z.strictObject({ VpcId: z.string(), SubnetId: z.string() }).optional(),
  Role: z.string().optional(),
  ClsLogsetId: z.string().optional(),
  ClsTopicId: z.string().optional(),
  PublicNetConfig: z
    .strictObject({
      PublicNetStatus: z.enum(['ENABLE', 'DISABLE']),
      EipConfig: z.strictObject({ EipStatus: z.enum(['ENABLE', 'DISABLE']) }),
    })
    .optional(),
  InstanceConcurrencyConfig: z
    .strictObject({ DynamicEnabled: z.literal('FALSE'), MaxConcurrency: z.int().min(1).max(100) })
    .optional(),
};

const Endpoint = z.strictObject({
  Namespace: z.string(),
  FunctionName,
  Qualifier,
  PathMatch: z.string().regex(/^\/(?:[A-Za-z0-9_/.-]*(?:\/\*)?|\*)$/),
});
const Protocol = z.enum(['HTTP', 'HTTPS', 'HTTP&HTTPS']);
const CertConfig = z.strictObject({ CertificateId: z.string() });
const Routing = z.strictObject({
  AdditionalVersionWeights: z.array(
    z.strictObject({ Version: z.string(), Weight: z.number().min(0).max(1) }),
  ),
});
const OpenOrClosed = z.enum(['OPEN', 'CLOSE']);
const OfFunction = { FunctionName, Namespace };

/** By action. */
export const words = {
  ListNamespaces: z.strictObject(Page),
  CreateNamespace: z.strictObject({
    Namespace: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{1,29}$/),
    Description: Description.default(''),
  }),
  GetAccount: z.strictObject({}),
  ListFunctions: z.strictObject({ Namespace, ...Page }),
  GetFunction: z.strictObject({ ...OfFunction, Qualifier: Qualifier.default('$LATEST') }),
  CreateFunction: z.strictObject({
    ...OfFunction,
    ...Configuration,
    Code: z.strictObject({ ZipFile: z.base64() }),
    Handler: z.string(),
    Runtime: z.string(),
    Type: z.enum(['Event', 'HTTP']).default('Event'),
    Tags: Tags.default([]),
  }),
  UpdateFunctionCode: z.strictObject({ ...OfFunction, Handler: z.string(), ZipFile: z.base64() }),
  UpdateFunctionConfiguration: z.strictObject({
    ...OfFunction,
    ...Configuration,
    IgnoreSysLog: z.boolean().optional(),
  }),
  PublishVersion: z.strictObject({ ...OfFunction, Description: Description.default('') }),
  ListVersionByFunction: z.strictObject({ ...OfFunction, ...Page }),
  DeleteFunctionVersion: z.strictObject({ ...OfFunction, Qualifier }),
  GetAlias: z.strictObject({ ...OfFunction, Name: z.string() }),
  CreateAlias: z.strictObject({
    ...OfFunction,
    Name: z.string(),
    FunctionVersion: z.string(),
    RoutingConfig: Routing,
    Description,
  }),
  UpdateAlias: z.strictObject({
    ...OfFunction,
    Name: z.string(),
    FunctionVersion: z.string(),
    RoutingConfig: Routing,
    Description,
  }),
  ListTriggers: z.strictObject({ ...OfFunction, ...Page }),
  CreateTrigger: z.strictObject({
    ...OfFunction,
    TriggerName: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,59}$/),
    Type: z.string(),
    TriggerDesc: z.string().default(''),
    Qualifier: Qualifier.default('$LATEST'),
    Enable: OpenOrClosed.default('CLOSE'),
  }),
  UpdateTrigger: z.strictObject({
    ...OfFunction,
    TriggerName: z.string(),
    Type: z.enum(['timer', 'ckafka', 'http']),
    TriggerDesc: z.string(),
    Qualifier,
    Enable: OpenOrClosed,
  }),
  DeleteTrigger: z.strictObject({ ...OfFunction, TriggerName: z.string(), Type: z.string(), Qualifier }),
  GetFunctionEventInvokeConfig: z.strictObject({ ...OfFunction, Qualifier: Qualifier.optional() }),
  UpdateFunctionEventInvokeConfig: z.strictObject({
    ...OfFunction,
    AsyncTriggerConfig: z.strictObject({ RetryConfig, MsgTTL: z.int().min(60).max(21_600) }),
  }),
  GetReservedConcurrencyConfig: z.strictObject(OfFunction),
  PutReservedConcurrencyConfig: z.strictObject({ ...OfFunction, ReservedConcurrencyMem: z.int().min(128) }),
  DeleteReservedConcurrencyConfig: z.strictObject(OfFunction),
  GetCustomDomain: z.strictObject({ Domain: z.string() }),
  CreateCustomDomain: z.strictObject({
    Domain: z.string(),
    Protocol,
    EndpointsConfig: z.array(Endpoint).min(1),
    CertConfig: CertConfig.optional(),
    Tags: Tags.default([]),
  }),
  UpdateCustomDomain: z.strictObject({
    Domain: z.string(),
    Protocol,
    EndpointsConfig: z.array(Endpoint).min(1),
    CertConfig: CertConfig.optional(),
  }),
  InvokeFunction: z.strictObject({
    ...OfFunction,
    Qualifier: Qualifier.default('$DEFAULT'),
    Event: z.string().max(6 * 1024 * 1024),
    LogType: z.enum(['None', 'Tail']).default('None'),
  }),
} as const;

/** What an action is asked with. */
export type Asked<A extends keyof typeof words> = z.output<(typeof words)[A]>;
