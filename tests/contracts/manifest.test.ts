import * as z from 'zod';
import { event } from '../../shared/event.ts';
import { consumer, http, type Route, timer } from '../../shared/function.ts';
import { type LoadedFile, manifestOf as manifestIn } from '../../tools/manifest.ts';
import { parseSource } from '../../tools/sources.ts';
import { UNITS } from '../../tools/units.ts';

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

/** The manifest of these files alone, with the units that name no function of others. */
const manifestOf = (...[files, events]: Parameters<typeof manifestIn>) =>
  manifestIn(
    files,
    events,
    UNITS.filter(({ timers }) => typeof timers !== 'object'),
  );

describe('the manifest', () => {
  test('takes names from files, and summaries from first sentences', () => {
    const sweeping = timer({ cron: '0 * * * * * *', budgetMs: 1, runsConsumers: true }, async () => ({}));
    const manifest = manifestOf(
      [file('functions/orders/accruePoints.ts', onPaid), file('functions/orders/sweep.ts', sweeping)],
      events,
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
