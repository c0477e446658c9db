/** A stage, and who its operator is at the platform. */
import type { Environment } from '../../shared/adapters/process/variables.ts';
import type { CloudAccess } from './cloud.ts';
import { readStage, type Stage, secretsOf, variablesOf } from './stageFile.ts';

/** The command was called in a way that cannot be meant. */
export class Misused extends Error {
  override readonly name = 'Misused';
}

/** Who calls the platform. @throws Misused when the environment does not say */
export function accessOf(stage: Stage, secrets: Environment): CloudAccess {
  const { TENCENTCLOUD_SECRET_ID: secretId, TENCENTCLOUD_SECRET_KEY: secretKey } = secrets;
  if (!secretId || !secretKey)
    throw new Misused(
      'TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY are not set. Where to get them: ' +
        '访问管理 console.cloud.tencent.com/cam/capi › API密钥管理',
    );
  return {
    secretId,
    secretKey,
    token: secrets.TENCENTCLOUD_TOKEN ?? null,
    region: stage.region,
    endpoint: secrets.TENCENTCLOUD_ENDPOINT ?? null,
  };
}

/** A stage with everything that is known of it here. */
export interface Known {
  readonly stage: Stage;
  readonly secrets: Environment;
  readonly variables: Readonly<Record<string, string>>;
}

/** Reads a stage. @throws Error that says what is wrong with it */
export function knownOf(name: string | undefined, environment: Environment, root: string): Known {
  if (name === undefined) throw new Misused('which stage? --stage <name>');
  const stage = readStage(name, root);
  const secrets = secretsOf(name, environment, root);
  return { stage, secrets, variables: variablesOf(stage, secrets) };
}
