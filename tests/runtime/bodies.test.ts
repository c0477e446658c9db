import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { Bodies, type Taken } from '../../shared/runtime/bodies.ts';

const rest = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A body that is being sent. `taken` is its outcome, `end` ends its answer. */
function send(bodies: Bodies, source: string) {
  const stream = Object.assign(new PassThrough(), { headers: { 'transfer-encoding': 'chunked' } });
  const sent: { taken: Taken | 'coming' } = { taken: 'coming' };
  let end: () => void = () => undefined;
  void bodies.take(stream as unknown as IncomingMessage, { source, bytesMax: 100 }, (taken) => {
    sent.taken = taken;
    return new Promise<void>((resolve) => {
      end = resolve;
    });
  });
  return {
    sent,
    write: async (bytes: number) => {
      stream.write(Buffer.alloc(bytes));
      await rest();
    },
    finish: async () => {
      stream.end();
      await rest();
    },
    answer: async () => {
      end();
      await rest();
    },
  };
}

test('the oldest body of the source that holds most is dropped, whoever came first', async () => {
  const bodies = new Bodies(100);
  const honest = send(bodies, 'home');
  await honest.write(30);
  const [first, second] = [send(bodies, 'attacker'), send(bodies, 'attacker')];
  await first.write(20);
  await second.write(40);
  await honest.write(15);
  expect([honest, first, second].map(({ sent }) => sent.taken)).toEqual(['coming', 'too_many', 'coming']);
  await honest.finish();
  expect(honest.sent.taken).toHaveLength(45);
});

test('a body counts until it is answered, and cannot be taken away once it is here', async () => {
  const bodies = new Bodies(100);
  const whole = send(bodies, 'home');
  await whole.write(90);
  await whole.finish();
  const late = send(bodies, 'elsewhere');
  await late.write(20);
  expect(late.sent.taken).toBe('too_many');
  expect(whole.sent.taken).toHaveLength(90);
  await whole.answer();
  const next = send(bodies, 'elsewhere');
  await next.write(95);
  await next.finish();
  expect(next.sent.taken).toHaveLength(95);
});

test('what was given up counts no more, however much of it still comes', async () => {
  const bodies = new Bodies(100);
  const long = send(bodies, 'home');
  await long.write(101);
  expect(long.sent.taken).toBe('too_large');
  await long.write(1_000);
  const other = send(bodies, 'elsewhere');
  await other.write(100);
  await other.finish();
  expect(other.sent.taken).toHaveLength(100);
});
