/** A table of things. On a narrow screen each row becomes a card with the names of its fields. */
import { useState } from 'preact/hooks';
import { labelOf } from '../labels.ts';
import { Actions } from './action.tsx';
import { Link } from './link.tsx';
import { typeAt } from './schema.ts';
import { NONE, textIn, valueAt } from './shown.ts';
import { isNumeric, Value } from './value.tsx';
import type { Action, Column, Thing } from './view.ts';

const lastOf = (path: string) => path.slice(path.lastIndexOf('.') + 1);

const titleOf = ({ of, title }: Column) => title ?? labelOf(of);

interface Rows {
  /** The type of one item. */
  readonly type: string;
  readonly items: readonly Thing[];
  readonly columns: readonly Column[];
  readonly more?: readonly Column[];
  readonly actions: readonly Action[];
  readonly opens?: (item: Thing) => string | null;
  readonly title: string;
}

interface FactsShown {
  readonly type: string;
  readonly thing: Thing;
  readonly columns: readonly Column[];
}

/** Facts that are rarely asked for. */
const RARE = new Set(['version', 'updatedAtMs', 'hash', 'digest', 'seq', 'syncTries', 'syncNextAtMs']);

/** Sums and counts of which there are mostly none. */
const MOSTLY_NONE = new Set(['refundedFen', 'refundingFen', 'discountFen', 'pointsReturned', 'pointsTaken']);

/** Whether a fact stands under 更多: one without a value, and one that is rarely asked for. */
function isFolded(thing: Thing, { of }: Column): boolean {
  const value = valueAt(thing, of);
  const isEmpty =
    value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  return isEmpty || RARE.has(lastOf(of)) || (value === 0 && MOSTLY_NONE.has(lastOf(of)));
}

/** Names and values beside each other. What is empty or rarely asked for is folded, unless that is all there is. */
export function Facts({ type, thing, columns }: FactsShown) {
  const folded = columns.filter((column) => isFolded(thing, column));
  const first = columns.filter((column) => !folded.includes(column));
  if (first.length === 0) return <FactList type={type} thing={thing} columns={columns} />;
  return (
    <>
      <FactList type={type} thing={thing} columns={first} />
      {folded.length > 0 && (
        <details class="folded">
          <summary>更多（{folded.length} 项）</summary>
          <FactList type={type} thing={thing} columns={folded} />
        </details>
      )}
    </>
  );
}

function FactList({ type, thing, columns }: FactsShown) {
  return (
    <dl class="facts">
      {columns.map((column) => (
        <div key={column.of}>
          <dt>{titleOf(column)}</dt>
          <dd>
            <Cell type={type} column={column} item={thing} to={null} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

const classOf = (type: string, { of }: Column) => (isNumeric(typeAt(type, of), lastOf(of)) ? 'number' : '');

function Cell({
  type,
  column,
  item,
  to,
}: {
  readonly type: string;
  readonly column: Column;
  readonly item: Thing;
  readonly to: string | null;
}) {
  const own = typeAt(type, column.of);
  const field = lastOf(column.of);
  const value = valueAt(item, column.of);
  if (column.text !== undefined && to === null) return <span>{column.text(item)}</span>;
  if (to === null) return <Value type={own} field={field} value={value} />;
  const text = textIn(own, field, value);
  return <Link to={to}>{text === NONE ? '查看' : text}</Link>;
}

function Row({ rows, item }: { readonly rows: Rows; readonly item: Thing }) {
  const { type, columns, more = [], actions, opens } = rows;
  const [isOpen, setOpen] = useState(false);
  const to = opens?.(item) ?? null;
  return (
    <>
      <tr>
        {columns.map((column, place) => (
          <td key={column.of} data-label={titleOf(column)} class={classOf(type, column)}>
            {place === 0 && more.length > 0 && (
              <button
                type="button"
                class="opener"
                aria-expanded={isOpen}
                aria-label={isOpen ? '收起详情' : '展开详情'}
                onClick={() => setOpen(!isOpen)}
              />
            )}
            <Cell type={type} column={column} item={item} to={place === 0 ? to : null} />
          </td>
        ))}
        {actions.length > 0 && (
          <td class="tools">
            <Actions actions={actions} thing={item} />
          </td>
        )}
      </tr>
      {isOpen && (
        <tr class="opened">
          <td colSpan={columns.length + 1}>
            <Facts type={type} thing={item} columns={more} />
          </td>
        </tr>
      )}
    </>
  );
}

/** Which thing a row is: by its id, so that an opened row stays with it. */
const keyOf = (item: Thing, at: number) => String(item.id ?? `${item.version ?? ''} ${at}`);

/** The table. */
export function ThingTable(rows: Rows) {
  const { type, items, columns, actions, title } = rows;
  return (
    <div class="scroll">
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.of} scope="col" class={classOf(type, column)}>
                {titleOf(column)}
              </th>
            ))}
            {actions.length > 0 && (
              <th scope="col" class="tools">
                操作
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {items.map((item, at) => (
            <Row key={keyOf(item, at)} rows={rows} item={item} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
