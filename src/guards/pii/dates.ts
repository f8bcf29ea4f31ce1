import { type Find, wordsOf } from './candidate.ts';
import { isDay } from './checksums.ts';

const MONTHS =
  'jan(?:uary|uar|uari|vier|eiro)?|feb(?:ruary|ruar|ruari|braio)?|f[eé]vr(?:ier)?|fevereiro|mar(?:ch|s|zo|zec|ço|ca)?|m[aä]rz|maart|apr(?:il|ile)?|avr(?:il)?|abril|may|mai|mei|maj|maio|mayo|maggio|maja|jun[ei]?|juni|juin|junio|junho|giugno|jul[iy]?|juli|juillet|julio|julho|luglio|aug(?:ust|ustus)?|ao[uû]t|agosto|sept?(?:ember|embre|iembre|embro)?|setembro|settembre|o[ck]t(?:ober|obre|ubre)?|outubro|ottobre|nov(?:ember|embre|iembre|embro)?|de[cz](?:ember|iembre|embro)?|d[eé]c(?:embre)?|dicembre|enero|ene|febrero|gennaio|stycznia|lutego|kwietnia|czerwca|lipca|sierpnia|września|października|listopada|grudnia|января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık';

const DATE = new RegExp(
  `(?<![\\p{L}\\p{N}.:/-])(?:(?:19|20)\\d\\d([-./])\\d{1,2}\\1\\d{1,2}|\\d{1,2}([-./])\\d{1,2}\\2(?:(?:18|19|20)\\d\\d|\\d\\d)|\\d{1,2}\\.? \\d{1,2}\\. ?(?:19|20)\\d\\d|\\d{1,2}(?:st|nd|rd|th|er|º|\\.)?[ -](?:of |de |d['’])?(?:${MONTHS})\\.?,?(?:[ -]|\\s+de\\s+|\\s+del\\s+)(?:(?:18|19|20)\\d\\d|\\d\\d)|(?:${MONTHS})\\.?[ -]\\d{1,2}(?:st|nd|rd|th)?,?[ -](?:18|19|20)\\d\\d|(?:19|20)\\d\\d ?年 ?\\d{1,2} ?月 ?\\d{1,2} ?日|(?:19|20)\\d\\d ?년 ?\\d{1,2} ?월 ?\\d{1,2} ?일)(?![\\p{L}\\p{N}]|[-/.:]\\d)`,
  'giu',
);

const BORN = wordsOf(
  [
    'born(?: on)?|birth|birthday|birthdate|birth date|date of birth|dob|d\\.o\\.b|b-day|bday|geboren(?: am)?|geb|geburtsdatum|geburtstag|geboortedatum|geb\\.|n[eé]e?(?: le)?|naissance|anniversaire',
    'nacid[oa]|nac[ií]|naci[oó]|nacimiento|cumplea[nñ]os|nat[oa](?: il)?|nascita|compleanno|nascid[oa]|nasci|nasceu|nascimento|anivers[aá]rio|urodzon[ya]|urodził|urodziła|urodzenia|urodziny|född|fødselsdato|født|födelsedatum|syntynyt|syntymäaika|narozen|narozena|narození|született|születési|născut|nașterii|doğum|doğumlu|дата рождения|родился|родилась|рождения|народився|γέννησης|γεννήθηκε|miladi|lahir|ngày sinh|วันเกิด',
  ].join('|'),
);
/** Scripts without spaces, and those whose words are run on. */
const BORN_ANYWHERE =
  /生年月日|生まれ|誕生日|出生|生日|생년월일|출생|생일|تاريخ الميلاد|مواليد|ولد|תאריך לידה|נולד|जन्म/u;

function isDate(written: string): boolean {
  const parts = written.match(/\d+/g)?.map(Number) ?? [];
  if (parts.length < 3) return true;
  const [a = 0, b = 0, c = 0] = parts;
  return a > 31 ? isDay(a, b, c) : isDay(c, b, a) || isDay(c, a, b);
}

/** A date is nobody's until words say that somebody was born on it. */
export const birthDates: Find = (text, from, to, add) => {
  for (const match of text.slice(from, to).matchAll(DATE)) {
    if (!isDate(match[0])) continue;
    const start = from + match.index;
    const end = start + match[0].length;
    const before = text.slice(Math.max(0, start - 48), start).replace(/[_"'`]/g, ' ');
    const line = before.slice(
      before.search(/[^.!?;\n]*(?:\n[^.!?;\n]*)?$/) < 0
        ? 0
        : Math.max(before.lastIndexOf('. ') + 1, before.lastIndexOf(';') + 1),
    );
    const behind = text.slice(end, end + 20);
    BORN.lastIndex = 0;
    const spoken =
      BORN.test(line) ||
      BORN_ANYWHERE.test(line) ||
      /\bgeb\.|\bdob\b|\*\s?$/i.test(line) ||
      // The dot of the word itself ends no sentence.
      /\b(?:geb|née?|nac|nat|ur|nar|род)\. $/iu.test(before) ||
      /^\s?(?:生まれ|生|출생|doğumlu)/u.test(behind);
    BORN.lastIndex = 0;
    if (spoken || (/^[\s(,]{1,2}/.test(behind) && BORN.test(behind.slice(0, 14))))
      add({ id: 'date_of_birth', start, end, score: 0.9 });
  }
};
