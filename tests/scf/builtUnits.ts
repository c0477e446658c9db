/** The built units as the platform runs them, and its API, by which they call each other. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { buildUnits } from '../../esbuild.config.ts';
import { type Manifest, readManifest } from '../../tools/manifest.ts';
import { keptPort } from '../support/keptPort.ts';
import { EventInstance } from './eventInstance.ts';
import { WebInstance } from './webInstance.ts';

const Invoked = z.object({
  FunctionName: z.string(),
  InvocationType: z.literal('Event'),
  ClientContext: z.string(),
});

/** An asynchronous call that a unit asked for. */
export interface Invocation {
  readonly unit: string;
  readonly event: unknown;
}

/** The units. Instances that were started end with them. */
export class BuiltUnits {
  readonly manifest: Manifest;
  /** What the platform logged by itself, of all instances. */
  readonly platformLog: string[] = [];
  /** Told each asynchronous call that a unit asks for. */
  onInvoke: (asked: Invocation) => void = () => undefined;
  readonly #folder: string;
  readonly #api: Server;
  readonly #random: () => number;
  readonly #started = new Set<EventInstance | WebInstance>();

  private constructor(manifest: Manifest, folder: string, api: Server, random: () => number) {
    this.manifest = manifest;
    this.#folder = folder;
    this.#api = api;
    this.#random = random;
  }

  /** Builds them. */
  static async build(random: () => number): Promise<BuiltUnits> {
    const folder = mkdtempSync(join(tmpdir(), 'zhike-scf-'));
    const manifest = await readManifest();
    await buildUnits(manifest.units, folder);
    const api = createServer();
    api.listen(0, '127.0.0.1');
    await once(api, 'listening');
    const units = new BuiltUnits(manifest, folder, api, random);
    api.on('request', (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const asked = Invoked.parse(JSON.parse(Buffer.concat(chunks).toString()));
        units.onInvoke({ unit: asked.FunctionName, event: JSON.parse(asked.ClientContext) });
        outgoing.end(JSON.stringify({ Response: { RequestId: 'x' } }));
      });
    });
    return units;
  }

  /** What the platform sets in the environment of every unit. */
  environment(): Readonly<Record<string, string>> {
    return {
      TENCENTCLOUD_RUNENV: 'SCF',
      TENCENTCLOUD_REGION: 'ap-guangzhou',
      SCF_NAMESPACE: 'default',
      INVOKE_ENDPOINT: `http://127.0.0.1:${(this.#api.address() as AddressInfo).port}`,
    };
  }

  #file(unit: string): string {
    return join(this.#folder, unit, 'index.js');
  }

  /** A new instance of a unit in its event form. */
  async event(unit: string, env: NodeJS.ProcessEnv): Promise<EventInstance> {
    const instance = await EventInstance.start(this.#file(unit), env, this.platformLog);
    this.#started.add(instance);
    return instance;
  }

  /** A new instance of a web unit. */
  async web(unit: string, env: NodeJS.ProcessEnv): Promise<WebInstance> {
    const port = await keptPort(this.#random);
    const instance = await WebInstance.start(this.#file(unit), env, port);
    this.#started.add(instance);
    return instance;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#started].map((instance) => instance.kill()));
    this.#api.close();
    this.#api.closeAllConnections();
    rmSync(this.#folder, { recursive: true });
  }
}
