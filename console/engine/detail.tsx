/** One thing: its facts, its tables, the lists that belong to it, and what can be done with it. */
import { Actions } from './action.tsx';
import { useCall, useDesk, useRole, useTitle } from './hooks.ts';
import { Link } from './link.tsx';
import { PanelBox } from './list.tsx';
import { mayCall } from './may.ts';
import { Empty, Skeleton, TroubleNote } from './notice.tsx';
import { ReasonGate } from './reason.tsx';
import { operationOf, typeAt, typeOf } from './schema.ts';
import { valueAt } from './shown.ts';
import { Facts, ThingTable } from './table.tsx';
import { Id } from './value.tsx';
import type { Detail, Table, Thing } from './view.ts';

function TableBox({
  table,
  type,
  answer,
}: {
  readonly table: Table;
  readonly type: string;
  readonly answer: Thing;
}) {
  const value = valueAt(answer, table.of);
  const items: readonly Thing[] = Array.isArray(value) ? value : [];
  const list = typeOf(typeAt(type, table.of));
  return (
    <section class="box">
      <h2>{table.title}</h2>
      {items.length === 0 ? (
        <Empty says={`没有${table.title}。`} />
      ) : (
        <ThingTable
          type={list.kind === 'list' ? list.of : 'any'}
          items={items}
          columns={table.columns}
          actions={table.actions}
          title={table.title}
        />
      )}
    </section>
  );
}

/** A detail as a page of its own. */
export function DetailPage({ detail, keyed }: { readonly detail: Detail; readonly keyed: string }) {
  const desk = useDesk();
  const role = useRole();
  const called = useCall(detail.name, detail.input(keyed) as never);
  // What the operation answers is an object.
  const answer = called.data as Thing | null;
  const type = operationOf(detail.name).output ?? 'any';
  useTitle(answer === null ? null : detail.heading(answer));
  const main = detail.actions.filter(({ tone }) => tone === 'main');
  const others = detail.actions.filter(({ tone }) => tone !== 'main');
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>{answer === null ? detail.title : detail.heading(answer)}</h1>
        <Id id={keyed} />
        <span class="grow" />
        <button type="button" class="plain" aria-busy={called.isBusy} onClick={() => desk.readAgain()}>
          刷新
        </button>
        {answer !== null && <Actions actions={others} thing={answer} isAll />}
        {detail.links
          .filter(({ needs, when }) => mayCall(role, needs) && answer !== null && when(answer))
          .map(({ title, path }) => (
            <Link key={title} to={path(keyed)} class="button">
              {title}
            </Link>
          ))}
        {answer !== null && <Actions actions={main} thing={answer} isAll />}
      </header>
      {called.needsReasonFor !== null && (
        <section class="box">
          <ReasonGate userId={called.needsReasonFor} />
        </section>
      )}
      {called.trouble !== null && <TroubleNote trouble={called.trouble} again={called.again} />}
      {answer === null && called.isBusy && called.needsReasonFor === null && (
        <section class="box">
          <Skeleton lines={8} />
        </section>
      )}
      {answer !== null && (
        <>
          <section class="box">
            <Facts type={type} thing={answer} columns={detail.facts} />
          </section>
          {detail.tables.map((table) => (
            <TableBox key={table.of} table={table} type={type} answer={answer} />
          ))}
          {detail.panels
            .filter(({ name }) => mayCall(role, name))
            .map((list) => (
              <PanelBox key={`${list.name} ${list.title}`} list={list} keyed={keyed} />
            ))}
        </>
      )}
    </>
  );
}
