import * as z from 'zod';
import { event } from '../../shared/event.ts';
import { consumer, http, type Route, timer } from '../../shared/function.ts';
import { type LoadedFile, manifestOf, readManifest } from '../../tools/manifest.ts';
import { parseSource } from '../../tools/sources.ts';

const paid = event({ name: 'order.paid', version: 1, schema: z.object({}), example: {} });
const onPaid = consumer({ on: paid }, async () => undefined);

function route(path: Route) {
  return http(
    { route: path, auth: 'public', input: z.strictObject({}), output: z.object({}), errors: [] },
    async () => ({}),
  );
}

function file(path: string, value: unknown, doc = '/** Does it. Twice: no. */'): LoadedFile {
  const name = path.replace(/^.*\/|\.ts$/g, '');
  return { source: parseSource(path, `${doc}\nexport const ${name} = 1;`), exports: { [name]: value } };
}

const events = [file('events/orderPaid.ts', paid)];

describe('the manifest', () => {
  test('a unit whose timer runs consumers holds all of them, and no other unit does', async () => {
    const { functions, units } = await readManifest();
    const consumers = functions.filter(({ own }) => own.kind === 'consumer' || own.kind === 'outward');
    const holding = units.filter((unit) => unit.consumers.length > 0);
    expect(holding.map(({ name }) => name)).toEqual(['sweepTasks']);
    expect(holding[0]?.consumers).toEqual(consumers);
  });

  test('takes names from files, summaries from first sentences, units from routes', () => {
    const manifest = manifestOf(
      [
        file('functions/orders/listOrders.ts', route('GET /api/orders')),
        file('functions/orders/getOrder.ts', route('GET /api/orders/{orderId}')),
        file('functions/orders/accruePoints.ts', onPaid),
      ],
      events,
    );
    expect(manifest.units.map(({ name, functions }) => [name, functions.map((entry) => entry.name)])).toEqual(
      [
        ['accruePoints', ['accruePoints']],
        ['orders', ['getOrder', 'listOrders']],
      ],
    );
    expect(manifest.functions[0]).toMatchObject({ summary: 'Does it.', details: 'Twice: no.' });
    expect(manifest.events.map(({ name, consumers }) => [name, consumers])).toEqual([
      ['order.paid', ['accruePoints']],
    ]);
  });

  test.each<[string, LoadedFile[]]>([
    ['nothing else', [file('functions/orders/pay.ts', route('GET /api/pay'))].map(twoExports)],
    ['no doc comment', [file('functions/orders/pay.ts', route('GET /api/pay'), '')]],
    ['no function of a known kind', [file('functions/orders/pay.ts', { kind: 'cron' })]],
    [
      'route GET /api/orders/{} is there twice',
      [
        file('functions/orders/getOrder.ts', route('GET /api/orders/{id}')),
        file('functions/orders/showOrder.ts', route('GET /api/orders/{orderId}')),
      ],
    ],
    [
      'function pay is there twice',
      [
        file('functions/orders/pay.ts', route('GET /api/pay')),
        file('functions/admin/orders/pay.ts', route('GET /api/admin/pay')),
      ],
    ],
    [
      'which is not in events/',
      [
        file(
          'functions/orders/grant.ts',
          consumer({ on: { ...paid } }, async () => undefined),
        ),
      ],
    ],
    [
      'a part of the API and a job at once',
      [
        file('functions/orders/orders.ts', onPaid),
        file('functions/orders/listOrders.ts', route('GET /api/orders')),
      ],
    ],
    ['no unit can be called local', [file('functions/orders/listAll.ts', route('GET /api/local'))]],
    [
      'a namespace holds 50',
      Array.from({ length: 51 }, (_, index) =>
        file(
          `functions/orders/job${index}.ts`,
          timer({ cron: '0 * * * * * *', budgetMs: 1 }, async () => ({})),
        ),
      ),
    ],
  ])('refuses: %s', (why, functions) => {
    expect(() => manifestOf(functions, events)).toThrow(why);
  });

  test('refuses two events of one name', () => {
    expect(() => manifestOf([], [...events, file('events/orderBought.ts', paid)])).toThrow(
      'event order.paid is there twice',
    );
  });
});

function twoExports({ source, exports }: LoadedFile): LoadedFile {
  return {
    source: parseSource(source.path, `${source.text}\n/** One more. */\nexport const more = 1;`),
    exports,
  };
}
