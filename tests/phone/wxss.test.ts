import { compileSheet } from '../../local/phone/wxss.ts';
import { filesOf, packFiles } from './support/page.ts';

const css = (text: string) => compileSheet('p.wxss', text, 'p').trim();

test.each([
  ['a class', '.a { color: red; }', '.a:where(.s-p){color: red;}'],
  ['a class in a class', '.a .b:active { color: red }', '.a .b:where(.s-p):active{color: red}'],
  ['a child', '.a>view{color:red}', '.a > :where(.p-view):where(.s-p){color:red}'],
  ['several', '.a,\n.b::after { color: red }', '.a:where(.s-p),.b:where(.s-p)::after{color: red}'],
  ['the page', 'page { --x: 1 }', ':where(.p-page):where(.s-p){--x: 1}'],
  ['the component itself', ':host { display: block }', ':where(.host-p){display: block}'],
  [
    'lengths of the screen',
    '.a { width: calc(100vw - 24rpx) }',
    '.a:where(.s-p){width: calc(calc(var(--vw) * 100) - calc(var(--rpx) * 24))}',
  ],
  [
    'the safe area',
    '.a { padding: env(safe-area-inset-bottom) }',
    '.a:where(.s-p){padding: var(--safe-bottom, 0px)}',
  ],
  [
    'the dark setting of the phone',
    '@media (prefers-color-scheme: dark) { .a { color: red } }',
    ':where(.phone-dark) .a:where(.s-p){color: red}',
  ],
  [
    'steps of an animation',
    '@keyframes turn { from { width: 10rpx } 50% { width: 0 } }',
    '@keyframes turn{from{ width: calc(var(--rpx) * 10) }50%{ width: 0 }}',
  ],
  ['a comment', '/* .b { } */ .a { color: /* red */ blue }', '.a:where(.s-p){color: blue}'],
])('%s', (_, wxss, expected) => {
  expect(css(wxss)).toBe(expected);
});

test('a page has its own sheet with what it imports, and the app’s', async () => {
  const files = { 'app.wxss': '.app { color: red }', 'own.wxss': '.own { color: red }' };
  const { style } = await packFiles(
    filesOf({ wxml: '<view />', wxss: '@import "../own.wxss";\n.p { color: red }', files }),
  );
  expect(style.trim().split('\n')).toEqual([
    '.app:where(.s-app){color: red}',
    '.own:where(.s-p-p){color: red}',
    '.p:where(.s-p-p){color: red}',
  ]);
});
