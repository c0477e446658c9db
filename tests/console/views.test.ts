import { permissions } from '../../client/permissions.ts';
import { operations } from '../../console/contract.ts';
import { filtersOf } from '../../console/engine/asked.ts';
import { askingOf } from '../../console/engine/asking.ts';
import { madeFields } from '../../console/engine/ids.ts';
import { mayCall, type RoleName } from '../../console/engine/may.ts';
import { menuOf, viewAt } from '../../console/engine/menu.ts';
import {
  fieldsOf,
  itemType,
  type OperationName,
  operationOf,
  typeAt,
  typeOf,
} from '../../console/engine/schema.ts';
import {
  type Action,
  type Column,
  GROUPS,
  type List,
  needsOf,
  type View,
} from '../../console/engine/view.ts';
import { hasLabel } from '../../console/labels.ts';
import { login, notShown, views } from '../../console/views.ts';

const COLUMNS_MAX = 8;
const ROLES = Object.keys(permissions) as RoleName[];

const listsOf = (view: View): readonly List[] =>
  view.kind === 'list' ? [view] : view.kind === 'detail' ? view.panels : [];

function actionsOf(view: View): readonly Action[] {
  if (view.kind === 'form') return [view.action];
  const lists = listsOf(view).flatMap((list) => [...list.actions, ...list.starts]);
  if (view.kind !== 'detail') return lists;
  return [...lists, ...view.actions, ...view.tables.flatMap((table) => table.actions)];
}

function namesOf(view: View): readonly OperationName[] {
  const own = view.kind === 'screen' ? view.names : view.kind === 'form' ? [] : [view.name];
  const searches = listsOf(view).flatMap(({ search }) => search?.name ?? []);
  return [
    ...own,
    ...listsOf(view).map(({ name }) => name),
    ...searches,
    ...actionsOf(view).map(({ name }) => name),
  ];
}

/** Whatever an action reads of what it is offered on. */
const anything: Thing = new Proxy({}, { get: (_, name) => (name === 'toJSON' ? () => 'x' : anything) });

const all: readonly View[] = [...views, login];
const shown = new Set(all.flatMap(namesOf));

/** The columns of everything that is shown, with the type that they are paths in. */
function columnsOf(view: View): readonly { readonly type: string; readonly column: Column }[] {
  const lists = listsOf(view).flatMap((list) => {
    const output = operationOf(list.name).output ?? 'any';
    const at = list.at === null ? null : typeOf(typeAt(output, list.at));
    const deep = at === null || at.kind === 'list' ? at : typeOf(typeAt(output, `${list.at}.items`));
    const type = deep?.kind === 'list' ? deep.of : itemType(list.name);
    return [...list.columns, ...list.more].map((column) => ({ type, column }));
  });
  if (view.kind !== 'detail') return lists;
  const output = operationOf(view.name).output ?? 'any';
  const tables = view.tables.flatMap((table) => {
    const list = typeOf(typeAt(output, table.of));
    return table.columns.map((column) => ({ type: list.kind === 'list' ? list.of : 'any', column }));
  });
  return [...lists, ...tables, ...view.facts.map((column) => ({ type: output, column }))];
}

/** Whether a path leads somewhere in a type. */
function isThere(type: string, path: string): boolean {
  const [first = '', ...rest] = path.split('.');
  const field = fieldsOf(type.replace(/[~?]+$/, '')).find(({ name }) => name === first);
  return field !== undefined && (rest.length === 0 || isThere(field.type, rest.join('.')));
}

describe('the views of the console', () => {
  test('every operation of staff has a place, or a reason for none', () => {
    const names = Object.keys(operations) as OperationName[];
    const lost = names.filter(
      (name) => !shown.has(name) && notShown[name] === undefined && name !== 'getLegalText',
    );
    expect(lost).toEqual([]);
  });

  test('what has a place has no reason for none', () => {
    expect(Object.keys(notShown).filter((name) => shown.has(name as OperationName))).toEqual([]);
  });

  test('every column and every fact is there, and has a name', () => {
    const columns = all.flatMap((view) => columnsOf(view).map((one) => ({ view: view.path, ...one })));
    const lost = columns.filter(({ type, column }) => !isThere(type, column.of));
    expect(lost).toEqual([]);
    const nameless = columns.filter(({ column }) => column.title === null && !hasLabel(column.of));
    expect(nameless.map(({ column }) => column.of)).toEqual([]);
  });

  test('no list is wider than eight columns', () => {
    const wide = all.flatMap(listsOf).filter(({ columns }) => columns.length > COLUMNS_MAX);
    expect(wide.map(({ title }) => title)).toEqual([]);
  });

  test('every filter and every field that is asked has a name', () => {
    const filters = all.flatMap(listsOf).flatMap(filtersOf);
    const nameless = filters.filter(({ name, title }) => title === null && !hasLabel(name));
    expect(nameless.map(({ name }) => name)).toEqual([]);
    const asked = all.flatMap(actionsOf).flatMap((action) => askingOf(action, anything).fields);
    expect(asked.map(({ name }) => name).filter((name) => !hasLabel(name))).toEqual([]);
  });

  test('an action that asks for some fields only asks for every one that is a must', () => {
    const actions = all.flatMap(actionsOf).filter(({ asks }) => asks !== null);
    for (const action of actions) {
      const { fields, given } = askingOf(action, anything);
      const made = madeFields(operationOf(action.name));
      const musts = fieldsOf(operationOf(action.name).input).filter(({ type }) => !typeOf(type).isOptional);
      const lost = musts.filter(
        ({ name }) => !(name in given) && !(name in made) && !fields.some((one) => one.name === name),
      );
      expect([action.name, lost]).toEqual([action.name, []]);
    }
  });

  test.each(ROLES)('%s: the menu offers what the role may open, in the order of the groups', (role) => {
    const menu = menuOf(views, role);
    const offered = menu.flatMap((entry) => entry.views).map(needsOf);
    expect(offered.filter((name) => name !== null && !mayCall(role, name))).toEqual([]);
    const order = menu.map(({ group }) => GROUPS.indexOf(group));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test('every address leads to one view', () => {
    const paths = all.flatMap(({ path }) => path ?? []);
    expect(new Set(paths).size).toBe(paths.length);
    for (const view of views) {
      const path = (view.path ?? '').replace(':key', 'ord_01M8MACF36FDYJD0YY9RGF6P50');
      expect(viewAt(views, path)?.view).toBe(view);
    }
    expect(viewAt(views, '/nowhere')).toBeNull();
  });
});
