import type { Rows } from '../../../shared/adapters/mysql/link.ts';
import { connectTo, type ProbedLink, probeMysql } from '../../../shared/adapters/mysql/probe.ts';
import type { Finding } from '../../../shared/ports/finding.ts';
import { Administrator, describeMysql, type MadeDatabase, makeDatabase } from '../../support/mysql.ts';

type Ask = ProbedLink['ask'];
/** What stands between the probe and the server: it may change what is asked, and what is answered. */
type Between = (sql: string, send: (sql: string) => ReturnType<Ask>) => ReturnType<Ask>;

const failed = (errno: number) =>
  Promise.reject(Object.assign(new Error('planted'), { errno, code: 'PLANTED' }));
const english = (findings: readonly Finding[]) => findings.map(({ what }) => what.en);

describeMysql('the probe of a MySQL server', () => {
  let administrator: Administrator;
  let made: MadeDatabase;
  beforeAll(async () => {
    administrator = await Administrator.connect();
  });
  afterAll(() => administrator.close());
  beforeEach(async () => {
    made = await makeDatabase(administrator);
  });
  afterEach(() => made.drop());

  const probed = (between: Between = (sql, send) => send(sql), connections: number | null = null) => {
    const connect = connectTo(made.url);
    return probeMysql({
      run: 'run1',
      connections,
      connect: async () => {
        const link = await connect();
        const send = (sql: string) => link.ask(sql, { statements: sql.split(';').length, timeoutMs: 20_000 });
        return { ask: (sql) => between(sql, send), destroy: () => link.destroy() };
      },
    });
  };
  /** Answers as the server would whose variables are these as well. */
  const withVariables =
    (given: Readonly<Record<string, string>>): Between =>
    async (sql, send) => {
      const answer = await send(sql);
      return sql === 'SHOW GLOBAL VARIABLES' ? [[...(answer[0] ?? []), ...Object.entries(given)]] : answer;
    };

  test('finds nothing that stops on a server that keeps its promises, twice, and leaves an empty table', async () => {
    for (let time = 0; time < 2; time += 1) {
      expect((await probed()).filter(({ stops }) => stops)).toEqual([]);
      expect(await administrator.ask(`SELECT COUNT(*) FROM ${made.name}._probe`)).toEqual([[0]]);
    }
    const rights = `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${made.name}'`;
    expect(await administrator.ask(rights)).toEqual([['_probe']]);
  });

  test('names every promise that a server breaks', async () => {
    const folded = (id: string) =>
      Buffer.from(Buffer.from(id, 'hex').toString().toLowerCase().trimEnd()).toString('hex');
    const findings = await probed(async (sql, send): Promise<readonly Rows[]> => {
      if (sql.startsWith('ALTER')) return failed(1845);
      if (sql.length > 1_000_000) return failed(1153);
      if (sql.startsWith('SELECT COUNT(*)') && sql.includes('WHERE id =')) return [[[0]]];
      if (sql.startsWith('BEGIN;INSERT') && sql.includes(';DELETE')) return send(`${sql};COMMIT`);
      const broken = sql
        .replaceAll('IF(1 = 0', 'IF(1 = 1')
        .replaceAll('ROW_COUNT() = 1', '1 = 1')
        .replaceAll(' LOCK IN SHARE MODE', '')
        .replaceAll('INSERT INTO', 'REPLACE INTO')
        .replace(/X'([0-9a-f]+)'/g, (_, id: string) => `X'${folded(id)}'`);
      return send(broken);
    });
    expect(
      english(findings.filter(({ stops }) => stops)).map((what) => what.split(/[ ,:]/).slice(0, 4).join(' ')),
    ).toEqual([
      'A guard whose condition',
      'ROW_COUNT() does not count',
      'A shared lock in',
      'A row that was',
      'A second row with',
      'Ids are not compared',
      'A document of 4',
      'What one connection has',
      'A column or an',
    ]);
    for (const { what, where } of findings) {
      expect(what.zh).toMatch(/\p{Script=Han}/u);
      expect(where.zh + where.en).not.toBe('');
    }
  });

  test.each([
    ['8.0.11-TiDB-v7.5.1', 'TiDB Server', '8.0.11-TiDB-v7.5.1 cannot be used: TiDB’s shared locks'],
    ['5.7.44-log', 'MySQL Community Server', '5.7.44-log cannot be used: it is too old'],
    ['8.0.22', 'TDStore', '8.0.22 cannot be used: distributed databases lack'],
  ])('refuses %s, %s, and tries nothing there', async (version, comment, says) => {
    const asked: string[] = [];
    const findings = await probed(async (sql) => {
      asked.push(sql);
      return [[[version, comment]]];
    });
    expect(english(findings)).toEqual([expect.stringContaining(says)]);
    expect(asked).toHaveLength(1);
  });

  test('reads how durable commits are: a variable that is changed is found, and put back it is not', async () => {
    const variable = 'innodb_flush_log_at_trx_commit';
    const [[before] = []] = await administrator.ask(`SELECT @@GLOBAL.${variable}`);
    await administrator.ask(`SET GLOBAL ${variable} = 2`);
    const changed = await probed().finally(() =>
      administrator.ask(`SET GLOBAL ${variable} = ${Number(before)}`),
    );
    const says = `${variable} is 2, and must be 1: a crash loses payments that were acknowledged.`;
    expect(english(changed)).toContain(says);
    expect(english(await probed())).not.toContain(says);
  });

  test('reads replication, the binlog, and whether there is room for every connection', async () => {
    const bad = {
      log_bin: 'ON',
      sync_binlog: '0',
      binlog_format: 'MIXED',
      read_only: 'ON',
      max_connections: '100',
    };
    expect(english(await probed(withVariables(bad), 81))).toEqual([
      expect.stringContaining('sync_binlog is 0, and must be 1'),
      expect.stringContaining('binlog_format is MIXED, and must be ROW'),
      expect.stringContaining('Semi-synchronous replication is not on'),
      expect.stringContaining('read_only is ON, and must be OFF'),
      expect.stringContaining('All instances together may open 81 connections. The server allows 100'),
    ]);
    const good = { ...bad, sync_binlog: '1', binlog_format: 'ROW', read_only: 'OFF' };
    expect(await probed(withVariables({ ...good, rpl_semi_sync_source_enabled: 'ON' }), 80)).toEqual([]);
    expect(english(await probed(withVariables({ log_bin: 'OFF' })))).toEqual([
      expect.stringContaining('The binlog is off'),
    ]);
  });

  test('says that nobody answers, without the password', async () => {
    const nobody = connectTo('mysql://me:hush@127.0.0.1:1/shop');
    const findings = await probeMysql({ run: 'r', connections: null, connect: nobody });
    expect(english(findings)).toEqual(['The database does not answer: ECONNREFUSED.']);
    expect(JSON.stringify(findings)).not.toContain('hush');
  });
});
