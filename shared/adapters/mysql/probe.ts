/**
 * Proves on a server, in a table of its own, what the engine relies on, and reads how the server is set. The product
 * may run meanwhile.
 *
 * A server that looks like MySQL need not keep its promises: a proxy may read from a replica, and a distributed
 * database may have shared locks that lock nothing. None of that shows until two buyers meet.
 */
import { createHash } from 'node:crypto';
import { type Both, type Finding, noted, stopping } from '../../ports/finding.ts';
import { serverOf } from './address.ts';
import { unavailable } from './failures.ts';
import { Link, type Rows } from './link.ts';
import { bytes, name, text } from './literal.ts';

/** A connection, as a probe needs it. */
export type ProbedLink = Pick<Link, 'ask' | 'destroy'>;

/** What is probed. */
export interface ProbeOptions {
  /** A new connection, with the engine's session. */
  readonly connect: () => Promise<ProbedLink>;
  /** A text that no other run has, at most 32 letters and digits. */
  readonly run: string;
  /** How many connections all instances together may open; null when nobody has counted. */
  readonly connections: number | null;
}

/** Connections to the server of an address. @throws a plain Error when it is none */
export function connectTo(url: string): ProbeOptions['connect'] {
  const server = serverOf(url);
  return () => Link.connect(server);
}

const TIMEOUT_MS = 20_000;
const LARGE_BYTES = 4_000_000;
/** How often it is looked whether one connection sees at once what another has written. */
const ROUNDS = 20;
/** The table stays, because a shop's user need not be allowed to drop tables. */
const TABLE = name('_probe');

const PARAMETERS: Both = {
  zh: '云数据库控制台 console.cloud.tencent.com/cynosdb 或 /cdb › 实例 › 数据库管理 › 参数设置',
  en: 'the database’s console, console.cloud.tencent.com/cynosdb or /cdb › instance › parameters (参数设置)',
};
const PRODUCT: Both = {
  zh: 'docs/PRODUCTION.md「Which server」：换用 TDSQL-C MySQL 版或云数据库 MySQL 8.0，DATABASE_URL 填主库读写地址',
  en: 'docs/PRODUCTION.md “Which server”: TDSQL-C for MySQL or TencentDB for MySQL 8.0; DATABASE_URL names the primary',
};

/** A failed statement's number, and null for one that succeeded. */
type Outcome = number | null;

class Probed {
  readonly #link: ProbedLink;

  constructor(link: ProbedLink) {
    this.#link = link;
  }

  async rows(sql: string): Promise<Rows> {
    const [rows = []] = await this.#link.ask(sql, { statements: 1, timeoutMs: TIMEOUT_MS });
    return rows;
  }

  async value(sql: string): Promise<string> {
    return String((await this.rows(sql))[0]?.[0]);
  }

  /** Sends statements in one packet. */
  async packet(...statements: readonly string[]): Promise<Outcome> {
    try {
      await this.#link.ask(statements.join(';'), { statements: statements.length, timeoutMs: TIMEOUT_MS });
      return null;
    } catch (error) {
      const number: unknown =
        typeof error === 'object' && error !== null ? Reflect.get(error, 'errno') : null;
      if (typeof number !== 'number' || number <= 0) throw error;
      return number;
    }
  }

  close(): void {
    this.#link.destroy();
  }
}

/** A table to try things on, and two connections. */
interface Bench {
  readonly one: Probed;
  readonly other: Probed;
  /** A row's id of this run, as SQL. */
  readonly id: (own: string) => string;
  readonly mine: string;
}

const insert = (id: string, content = "''") =>
  `INSERT INTO ${TABLE} SET id = ${id}, v = 1, content = ${content}`;
const guard = (condition: string) => `SELECT EXP(IF(${condition}, 0, 1000))`;

/** What must hold, and what it is in words. Each begins and ends without an open transaction. */
const PROMISES: readonly (readonly [Both, (bench: Bench) => Promise<boolean>])[] = [
  [
    {
      zh: '条件不成立的守卫语句没有让事务包停下：冲突的订单会被同时提交。',
      en: 'A guard whose condition is false does not stop the packet: conflicting orders would both commit.',
    },
    async ({ one, id, mine }) => {
      const failed = await one.packet('BEGIN', insert(id('g1')), guard('1 = 0'), insert(id('g2')), 'COMMIT');
      const seen = await one.value(`SELECT COUNT(*) FROM ${TABLE} WHERE ${mine}`);
      await one.packet('ROLLBACK');
      const left = await one.value(`SELECT COUNT(*) FROM ${TABLE} WHERE ${mine}`);
      return failed === 1690 && seen === '1' && left === '0';
    },
  ],
  [
    {
      zh: 'ROW_COUNT() 没有数出被改的行：更新丢失不会被发现。',
      en: 'ROW_COUNT() does not count the rows that were changed: a lost update would not be noticed.',
    },
    async ({ one, id }) => {
      await one.packet(insert(id('r')));
      const update = (v: number) => `UPDATE ${TABLE} SET v = v + 1 WHERE id = ${id('r')} AND v = ${v}`;
      const hit = await one.packet('BEGIN', update(1), guard('ROW_COUNT() = 1'), 'COMMIT');
      const missed = await one.packet('BEGIN', update(1), guard('ROW_COUNT() = 1'), 'COMMIT');
      await one.packet('ROLLBACK');
      return hit === null && missed === 1690;
    },
  ],
  [
    {
      zh: '子查询里的共享锁没有锁住该行：依赖它的判断会过期。',
      en: 'A shared lock in a subquery does not hold its row: a decision that relies on it would be out of date.',
    },
    async ({ one, other, id }) => {
      await one.packet(insert(id('s')));
      const version = `(SELECT v FROM ${TABLE} WHERE id = ${id('s')} LOCK IN SHARE MODE)`;
      const held = await one.packet('BEGIN', guard(`${version} <=> 1`));
      const taken = await other.packet(`UPDATE ${TABLE} SET v = 9 WHERE id = ${id('s')}`);
      await one.packet('ROLLBACK');
      return held === null && taken === 1205;
    },
  ],
  [
    {
      zh: '插入又删除的行没有占住它的 id：两个买家可能同时拿到同一个位置。',
      en: 'A row that was inserted and removed does not hold its id: two buyers could get the same place.',
    },
    async ({ one, other, id }) => {
      const gone = `DELETE FROM ${TABLE} WHERE id = ${id('a')}`;
      const held = await one.packet('BEGIN', insert(id('a')), gone);
      const taken = await other.packet(insert(id('a')));
      await one.packet('ROLLBACK');
      return held === null && taken === 1205;
    },
  ],
  [
    {
      zh: '主键重复没有报 1062：同一件事会发生两次。',
      en: 'A second row with the same key is not refused with 1062: things would happen twice.',
    },
    async ({ one, id }) =>
      (await one.packet(insert(id('d')))) === null && (await one.packet(insert(id('d')))) === 1062,
  ],
  [
    {
      zh: 'id 没有按字节比较：大小写或结尾空格不同的 id 被当成同一个。',
      en: 'Ids are not compared byte by byte: those that differ in case or in a blank at the end are taken for one.',
    },
    async ({ one, id, mine }) => {
      for (const own of ['b', 'B', 'b ', 'b\0']) await one.packet(insert(id(own)));
      return (await one.value(`SELECT COUNT(DISTINCT id) FROM ${TABLE} WHERE ${mine}`)) === '4';
    },
  ],
  [
    {
      zh: `存不下 ${LARGE_BYTES / 1_000_000} MB 的文档，或者读回来不一样（max_allowed_packet 至少 16 MB）。`,
      en: `A document of ${LARGE_BYTES / 1_000_000} MB does not fit, or comes back as another (max_allowed_packet of 16 MB at least).`,
    },
    async ({ one, id }) => {
      const content = '知😀"\\\n'.repeat(LARGE_BYTES / 10);
      const stored = await one.packet(insert(id('l'), text(content)));
      const hash = createHash('sha256').update(content).digest('hex');
      const select = `SELECT SHA2(content, 256), content FROM ${TABLE} WHERE id = ${id('l')}`;
      const [row] = stored === null ? await one.rows(select) : [];
      return row !== undefined && row[0] === hash && row[1] === content;
    },
  ],
  [
    {
      zh: '一个连接刚写入的数据，另一个连接读不到：DATABASE_URL 经过了读写分离的代理。',
      en: 'What one connection has written another does not see at once: DATABASE_URL leads to replicas.',
    },
    async ({ one, other, id }) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        await one.packet(insert(id(`w${round}`)));
        const seen = await other.value(`SELECT COUNT(*) FROM ${TABLE} WHERE id = ${id(`w${round}`)}`);
        if (seen !== '1') return false;
      }
      return true;
    },
  ],
  [
    {
      zh: '加列或加索引需要复制整张表，或者没有 ALTER、INDEX 权限：新版本上线会卡住。',
      en: 'A column or an index cannot be added without copying the table, or the rights ALTER and INDEX are missing.',
    },
    async ({ one }) => {
      const columns = await one.rows(`SHOW COLUMNS FROM ${TABLE} LIKE 'by_probe'`);
      if (columns.length > 0) return true;
      const column = `ALTER TABLE ${TABLE} ADD COLUMN by_probe VARBINARY(512) NOT NULL DEFAULT '', ALGORITHM = INSTANT`;
      const key = `ALTER TABLE ${TABLE} ADD KEY by_probe (by_probe), ALGORITHM = INPLACE, LOCK = NONE`;
      return (await one.packet(column)) === null && (await one.packet(key)) === null;
    },
  ],
];

async function promisesBroken(one: Probed, other: Probed, run: string): Promise<readonly Finding[]> {
  await one.rows(
    `CREATE TABLE IF NOT EXISTS ${TABLE} (id VARBINARY(700) NOT NULL PRIMARY KEY, v BIGINT UNSIGNED NOT NULL,
     content MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
  );
  await other.rows('SET SESSION innodb_lock_wait_timeout = 1');
  const prefix = Buffer.from(`${run}/`);
  const id = (own: string) => bytes(Buffer.concat([prefix, Buffer.from(own)]));
  const mine = `id > ${bytes(prefix)} AND id < ${bytes(Buffer.from(`${run}0`))}`;
  const found: Finding[] = [];
  for (const [what, holds] of PROMISES) {
    try {
      if (!(await holds({ one, other, id, mine }))) found.push(stopping(what, PRODUCT));
    } finally {
      await one.rows(`DELETE FROM ${TABLE} WHERE ${mine}`);
    }
  }
  return found;
}

type Variables = ReadonlyMap<string, string>;

const set = (variable: string, value: string, is: string | undefined, why: Both): Finding =>
  stopping(
    {
      zh: `${variable} 是 ${is ?? '未知'}，应为 ${value}：${why.zh}`,
      en: `${variable} is ${is ?? 'not told'}, and must be ${value}: ${why.en}`,
    },
    PARAMETERS,
  );

const LOSES: Both = {
  zh: '服务器崩溃会丢失已确认的付款。',
  en: 'a crash loses payments that were acknowledged.',
};

function settingsWrong(variables: Variables, connections: number | null): readonly Finding[] {
  const is = (variable: string) => variables.get(variable);
  const found: Finding[] = [];
  const must = (variable: string, value: string, why: Both) => {
    if (is(variable)?.toUpperCase() !== value) found.push(set(variable, value, is(variable), why));
  };
  must('innodb_flush_log_at_trx_commit', '1', LOSES);
  if (is('log_bin') === 'ON') {
    must('sync_binlog', '1', LOSES);
    must('binlog_format', 'ROW', {
      zh: '按语句复制时，从库会算出不同的数据。',
      en: 'replicas of statements compute other data.',
    });
    const isSemiSync = [...variables].some(
      ([key, value]) => /^rpl_semi_sync_(master|source)_enabled$/.test(key) && value === 'ON',
    );
    if (!isSemiSync) found.push(noted(REPLICATION, REPLICATION_AT));
  } else found.push(noted(NO_BINLOG, PARAMETERS));
  must('read_only', 'OFF', { zh: '这是只读的从库。', en: 'this is a replica.' });
  const most = Number(is('max_connections'));
  if (connections !== null && connections > most * 0.8) found.push(tooFew(connections, most));
  return found;
}

const REPLICATION: Both = {
  zh: '没有看到半同步复制：异步复制在主从切换时会丢失已确认的付款（TDSQL-C 在存储层复制，不适用）。',
  en: 'Semi-synchronous replication is not on: with an asynchronous one a failover loses acknowledged payments (TDSQL-C replicates its storage, and needs none).',
};
const REPLICATION_AT: Both = {
  zh: '云数据库控制台 console.cloud.tencent.com/cdb › 实例详情 › 数据复制方式：半同步或强同步',
  en: 'console.cloud.tencent.com/cdb › instance › data replication mode (数据复制方式): semi-sync or strong sync',
};
const NO_BINLOG: Both = {
  zh: 'binlog 没有开启：没有从库，也不能恢复到任意时间点。',
  en: 'The binlog is off: there is no replica, and no going back to a point in time.',
};

const tooFew = (connections: number, most: number): Finding =>
  stopping(
    {
      zh: `所有实例最多会打开 ${connections} 个连接，服务器只允许 ${most} 个（max_connections），应留出五分之一。`,
      en: `All instances together may open ${connections} connections. The server allows ${most} (max_connections), of which a fifth stays free.`,
    },
    {
      zh: '调大 max_connections，或减少函数的并发与 DATABASE_CONNECTIONS',
      en: 'raise max_connections, or lower the functions’ concurrency and DATABASE_CONNECTIONS',
    },
  );

/** Servers that are refused by what they say of themselves. */
function versionWrong(version: string, comment: string): readonly Finding[] {
  const told = `${version} ${comment}`;
  const isMariadb = /mariadb/i.test(told);
  const [major = 0] = version.split('.').map(Number);
  const why: Both | null = /tidb/i.test(told)
    ? { zh: 'TiDB 默认的共享锁不是锁', en: 'TiDB’s shared locks lock nothing by default' }
    : /tdstore|tdsql.?distributed|oceanbase|polardb-x/i.test(told)
      ? {
          zh: '分布式数据库没有产品依赖的键和锁',
          en: 'distributed databases lack the keys and locks that a commit relies on',
        }
      : major < (isMariadb ? 10 : 8)
        ? { zh: '版本太旧，加列需要复制整张表', en: 'it is too old, and copies a table to add a column' }
        : null;
  if (why === null) return [];
  const is = version.replace(/[^\w.+-]/g, '').slice(0, 60);
  return [stopping({ zh: `不能使用 ${is}：${why.zh}。`, en: `${is} cannot be used: ${why.en}.` }, PRODUCT)];
}

/** What is wrong with the server. Empty when it is as it must be. */
export async function probeMysql({ connect, run, connections }: ProbeOptions): Promise<readonly Finding[]> {
  const links: Probed[] = [];
  const open = async () => {
    const link = new Probed(await connect());
    links.push(link);
    return link;
  };
  try {
    const [one, other] = [await open(), await open()];
    const [[version, comment] = []] = await one.rows('SELECT VERSION(), @@version_comment');
    const refused = versionWrong(String(version), String(comment));
    if (refused.length > 0) return refused;
    const rows = await one.rows('SHOW GLOBAL VARIABLES');
    const variables = new Map(rows.map(([key, value]) => [String(key).toLowerCase(), String(value)]));
    return [...settingsWrong(variables, connections), ...(await promisesBroken(one, other, run))];
  } catch (error) {
    const { detail } = unavailable(error);
    const at: Both = {
      zh: 'DATABASE_URL，私有网络与安全组',
      en: 'DATABASE_URL, the private network and its security group',
    };
    return [
      stopping({ zh: `数据库没有回答：${detail}。`, en: `The database does not answer: ${detail}.` }, at),
    ];
  } finally {
    for (const link of links) link.close();
  }
}
