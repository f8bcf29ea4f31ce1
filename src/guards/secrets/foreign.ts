/** What a password, or a secret code, is called in other scripts. */
const WORDS = [
  ...['пароль', 'пароля', 'ключ', 'токен', 'секрет', 'гасло', 'парола', 'лозинка'],
  ...['密码', '密碼', '口令', '密钥', '密鑰', '令牌', 'パスワード', '暗証番号', '비밀번호', '암호'],
  ...[
    'كلمة المرور',
    'كلمه السر',
    'كلمة السر',
    'رمز عبور',
    'סיסמה',
    'סיסמא',
    'पासवर्ड',
    'পাসওয়ার্ড',
    'รหัสผ่าน',
    'κωδικός',
    'şifre',
    'mật khẩu',
    'hasło',
  ],
];

const chars = (texts: readonly string[]): string =>
  [...new Set(texts.join(''))].filter((char) => /[^\x00-\x7f]/.test(char)).join('');

const FIRST = chars(WORDS.map((word) => word[0] as string));
const LATER = chars(WORDS.map((word) => word.slice(1)));

/**
 * The words as a pattern, roughly: a first letter, then any of the later ones. Spelled out, each letter would be a class of
 * its own in the automaton; like this they are three. {@link isForeign} looks closer.
 */
export const FOREIGN = `[${FIRST}][${LATER}a-z ]{1,12}`;

/** Where one may begin. */
export const FOREIGN_START = `[${FIRST}][${LATER}]`;

export const isForeign = (name: string): boolean =>
  /[^\x00-\x7f]/.test(name) && WORDS.some((word) => name.normalize('NFC').toLowerCase().includes(word));
