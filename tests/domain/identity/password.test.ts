import { checkPassword } from '../../../shared/domain/identity/password.ts';
import { AppError } from '../../../shared/errors.ts';

/** The reason why a password is refused, or null. */
function reasonOf(password: string, userName = 'zhangsan'): unknown {
  try {
    checkPassword(password, userName);
    return null;
  } catch (caught) {
    if (caught instanceof AppError && caught.code === 'user.password_weak') return caught.params.reason;
    throw caught;
  }
}

describe('which passwords are good enough', () => {
  test.each([
    'correct horse battery staple',
    '春眠不觉晓处处闻啼鸟夜来风雨声',
    'v9$Kq2!mZx7&Lp4',
    '🍊🍎🐢🌲🎈🚲🧊🌙🔑🪁🎻🧭🌵🍞🐙',
    'my cat sleeps on the third shelf',
    `${'a long sentence nobody would guess, '.repeat(3)}ok`,
  ])('any characters are allowed, and no kind of them is asked for: %s', (password) => {
    expect(reasonOf(password)).toBeNull();
  });

  test('fifteen characters are enough, fourteen are not', () => {
    expect(reasonOf('v9$Kq2!mZx7&Lp4')).toBeNull();
    expect(reasonOf('v9$Kq2!mZx7&Lp')).toBe('too_short');
  });

  test('characters are counted, not code units: fourteen emoji are too few', () => {
    expect(reasonOf('🍊🍎🐢🌲🎈🚲🧊🌙🔑🪁🎻🧭🌵🍞')).toBe('too_short');
  });

  test('128 characters are allowed, 129 are not', () => {
    const sentence = 'the quick brown fox jumps over the lazy dog; '.repeat(3);
    expect(reasonOf(sentence.slice(0, 128))).toBeNull();
    expect(reasonOf(sentence.slice(0, 129))).toBe('too_long');
  });

  test.each([
    ['a repetition', 'aaaaaaaaaaaaaaaaaaaa'],
    ['a sequence', '12345678901234567890'],
    ['a sequence that runs down', 'zyxwvutsrqponmlkjih'],
    ['two characters in turn', 'acacacacacacacacacac'],
    ['a common word three times', 'passwordpassword1234'],
    ['a common word in capitals', 'PASSWORD-PASSWORD-123'],
    ['rows of the keyboard', 'qwertyuiopasdfghjkl'],
    ['keyboard columns', '1qaz2wsx1qaz2wsx1qaz'],
    ['the name of the shop', 'zhike-zhike-zhike-2026'],
    ['the name of the shop in Chinese', '知课知课知课知课知课知课知课知课'],
    ['the own user name', 'zhangsan-zhangsan-1'],
    ['full-width letters that are common ones', 'ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ'],
    ['woaini and 5201314', 'woaini5201314woaini'],
  ])('what guessers try first is refused: %s', (_, password) => {
    expect(reasonOf(password)).toBe('common');
  });

  test('parts of the own user name do not count either', () => {
    expect(reasonOf('li.xiaoming.xiaoming', 'xiaoming_li')).toBe('common');
  });
});
