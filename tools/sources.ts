/** Reads TypeScript as text, for the manifest and the tidy rules: they need what an import cannot tell. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@babel/parser';

/** The project's folder. */
export const ROOT = join(__dirname, '..');

type Program = ReturnType<typeof parse>['program'];
/** A statement at the top level of a file. */
export type Statement = Program['body'][number];

/** One export. `doc` is its doc comment's text without the stars, or null when it has none. */
export interface Exported {
  readonly name: string;
  readonly kind: 'value' | 'type';
  readonly doc: string | null;
  readonly line: number;
}

/** What a file imports. `isStatic` is false for `import(…)`. */
export interface Imported {
  readonly from: string;
  /** The imported names; `*` for all of them, `default` for the default export. */
  readonly names: readonly string[];
  readonly isType: boolean;
  readonly isStatic: boolean;
  readonly line: number;
}

/** A parsed file. `path` is relative to the root, with `/`. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly program: Program;
  readonly exports: readonly Exported[];
  readonly imports: readonly Imported[];
  /** The numbers of the lines on which a comment stands, from 1. */
  readonly commentLines: readonly number[];
}

/** A node of the syntax tree, with the fields that a walk needs. */
export interface SyntaxNode {
  readonly type: string;
  readonly loc?: {
    readonly start: { readonly line: number };
    readonly end: { readonly line: number };
  } | null;
  readonly [key: string]: unknown;
}

/** Whether a property of a node is a node itself. */
export function isSyntaxNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** Every node below `node`, itself first, in the order of the text. Comments are not nodes. */
export function* nodesOf(node: unknown): Generator<SyntaxNode> {
  const waiting: unknown[] = [node];
  while (waiting.length > 0) {
    const next = waiting.pop();
    const inner: unknown[] = [];
    if (Array.isArray(next)) {
      inner.push(...next);
    } else if (isSyntaxNode(next)) {
      yield next;
      for (const key in next) if (key !== 'loc' && !key.endsWith('Comments')) inner.push(next[key]);
    }
    for (const one of inner.reverse()) if (typeof one === 'object' && one !== null) waiting.push(one);
  }
}

/** The doc comment directly before a statement. */
function docOf(statement: Statement): string | null {
  const last = statement.leadingComments?.at(-1);
  if (last === undefined || last.type !== 'CommentBlock' || !last.value.startsWith('*')) return null;
  const lines = last.value.slice(1).split('\n');
  return lines
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .trim();
}

function declaredNames(statement: Statement): readonly { name: string; kind: Exported['kind'] }[] {
  if (statement.type === 'ExportDefaultDeclaration') return [{ name: 'default', kind: 'value' }];
  if (statement.type === 'ExportAllDeclaration') return [{ name: '*', kind: 'value' }];
  if (statement.type !== 'ExportNamedDeclaration') return [];
  const { declaration, specifiers, exportKind } = statement;
  const kind = exportKind === 'type' ? 'type' : 'value';
  if (declaration?.type === 'VariableDeclaration') {
    return declaration.declarations.flatMap(({ id }) =>
      id.type === 'Identifier' ? [{ name: id.name, kind }] : [],
    );
  }
  if (declaration != null && 'id' in declaration && declaration.id?.type === 'Identifier') {
    return [{ name: declaration.id.name, kind }];
  }
  return specifiers.map(({ exported }) => ({
    name: exported.type === 'Identifier' ? exported.name : exported.value,
    kind,
  }));
}

/** The names that a top-level statement declares, exported or not. */
export function declaredIn(statement: Statement): readonly string[] {
  const own = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  if (own?.type === 'VariableDeclaration') {
    return own.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
  }
  return own != null && 'id' in own && own.id?.type === 'Identifier' ? [own.id.name] : [];
}

function linesOf(comments: ReturnType<typeof parse>['comments']): number[] {
  return (comments ?? []).flatMap(({ loc }) => {
    if (loc == null) return [];
    const { start, end } = loc;
    return Array.from({ length: end.line - start.line + 1 }, (_, index) => start.line + index);
  });
}

function importsOf(program: Program): Imported[] {
  const found: Imported[] = [];
  for (const node of nodesOf(program)) {
    const line = node.loc?.start.line ?? 0;
    if (
      node.type === 'ImportExpression' &&
      isSyntaxNode(node.source) &&
      typeof node.source.value === 'string'
    ) {
      found.push({ from: node.source.value, names: ['*'], isType: false, isStatic: false, line });
    }
  }
  for (const statement of program.body) {
    const line = statement.loc?.start.line ?? 0;
    if (statement.type === 'ImportDeclaration') {
      const names = statement.specifiers.map((specifier) => {
        if (specifier.type === 'ImportNamespaceSpecifier') return '*';
        if (specifier.type === 'ImportDefaultSpecifier') return 'default';
        return specifier.imported.type === 'Identifier' ? specifier.imported.name : specifier.imported.value;
      });
      const isType = statement.importKind === 'type';
      found.push({ from: statement.source.value, names, isType, isStatic: true, line });
    }
    if (statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportAllDeclaration') {
      if (statement.source == null) continue;
      const isType = statement.exportKind === 'type';
      found.push({ from: statement.source.value, names: ['*'], isType, isStatic: true, line });
    }
  }
  return found;
}

/** Parses one file's text. @throws SyntaxError with the place when it is not TypeScript */
export function parseSource(path: string, text: string): Source {
  const { program, comments } = parse(text, {
    sourceType: 'module',
    plugins: path.endsWith('.tsx') ? ['typescript', 'jsx'] : ['typescript'],
    createImportExpressions: true,
    sourceFilename: path,
  });
  const exports = program.body.flatMap((statement) =>
    declaredNames(statement).map((declared) => ({
      ...declared,
      doc: docOf(statement),
      line: statement.loc?.start.line ?? 0,
    })),
  );
  return { path, text, program, exports, imports: importsOf(program), commentLines: linesOf(comments) };
}

/** The paths of every TypeScript file below a folder, sorted. Empty when there is no such folder. */
export function filesBelow(folder: string): string[] {
  let entries: string[];
  try {
    entries = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
  return entries
    .map((entry) => `${folder}/${entry.replaceAll('\\', '/')}`)
    .filter((path) => /\.tsx?$/.test(path))
    .sort();
}

/** Reads and parses one file. */
export function readSource(path: string): Source {
  return parseSource(path, readFileSync(join(ROOT, path), 'utf8'));
}
