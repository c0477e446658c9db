import { analyse } from 'scslre';
import {
  filesBelow,
  isSyntaxNode,
  nodesOf,
  parseSource,
  readSource,
  type Source,
} from '../../tools/sources.ts';

/** A regular expression in the code. */
interface Expression {
  readonly at: string;
  readonly source: string;
  readonly flags: string;
}

/** The pattern that `new RegExp` gets, if it is written in place. An interpolation counts as one letter. */
function templateIn(node: unknown): string | null {
  if (!isSyntaxNode(node) || node.type !== 'TemplateLiteral' || !Array.isArray(node.quasis)) return null;
  return node.quasis
    .map((quasi) => (isSyntaxNode(quasi) ? (quasi.value as { cooked: string }).cooked : ''))
    .join('x');
}

function expressionsIn({ path, program }: Source): Expression[] {
  return [...nodesOf(program)].flatMap((node) => {
    const at = `${path}:${node.loc?.start.line}`;
    if (node.type === 'RegExpLiteral')
      return [{ at, source: String(node.pattern), flags: String(node.flags) }];
    if (node.type !== 'NewExpression' || !isSyntaxNode(node.callee) || node.callee.name !== 'RegExp')
      return [];
    const [given] = Array.isArray(node.arguments) ? node.arguments : [];
    const source = templateIn(given);
    if (source === null) throw new Error(`${at}: what this is made of cannot be read here`);
    return [{ at, source, flags: '' }];
  });
}

/** Why an expression may take more than linear time in the length of the text; empty when it does not. */
function superLinear({ source, flags }: Expression): string[] {
  return analyse({ source, flags }, { reportTypes: { Move: true, Self: true, Trade: true } }).reports.map(
    ({ type, exponential }) => (exponential ? `${type}, exponential` : type),
  );
}

test.each([
  ['two loops that take the same, side by side', '/^\\s*[=:]?\\s*x/'],
  ['a loop that is begun again at each place of a text', '/\\s+$/'],
  ['a loop in a loop', '/^(?:a+)+$/'],
  ['one that is made of a template', 'new RegExp(`(a+)+$`)'],
  ['blanks that a look behind goes through from each place', '/(?<=key\\s*=\\s*)\\S+/'],
])('the rule sees %s', (_, code) => {
  const [expression] = expressionsIn(parseSource('shared/x.ts', `export const x = ${code};`));
  expect(expression === undefined ? [] : superLinear(expression)).not.toEqual([]);
});

test('no regular expression of the product costs more than in proportion to the text it is used on', () => {
  const all = ['functions', 'shared', 'events']
    .flatMap(filesBelow)
    .flatMap((path) => expressionsIn(readSource(path)));
  expect(all.length).toBeGreaterThan(80);
  const costly = all
    .map((one) => [one.at, ...superLinear(one)])
    .filter(([, ...reasons]) => reasons.length > 0);
  expect(costly).toEqual([]);
});
