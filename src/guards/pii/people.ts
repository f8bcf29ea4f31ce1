import { type Candidate, wordsOf } from './candidate.ts';
import { WORD } from './model.ts';
import type { Seen, Tagger } from './tagger.ts';
import { CAPITAL, LOWER, type Tokens, UPPER } from './tokens.ts';

/** A place says something of a person where words tell that somebody lives there or comes from there. */
const LIVES = wordsOf(
  'lives?|living|lived|reside[sd]?|residing|resident|born|from|moved|moving|based|hometown|city|town|address|location|grew up|wohnhaft|wohnt|wohne|lebt|lebe|geboren|aus|habite|vit|domicili[ée]e?|né|née|ville|vive|vivo|reside|nacid[oa]|ciudad|abita|abito|nato|nata|città|mora|moro|nascid[oa]|cidade|woont|woon|mieszka|mieszkam|urodzon[ya]|bor|asuu|живет|живёт|проживает|город',
);

/** `我叫…`, `姓名：…`, `…さん`: names where words have no spaces between them. */
const CHINESE =
  /(?:我叫|名叫|我是|姓名[:：]\s?|联系人[:：]?\s?|患者[:：]?\s?|收件人[:：]?\s?|客户[:：]?\s?|聯絡人[:：]?\s?)((?:欧阳|司马|上官|诸葛|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭肖萧蔡潘田董袁于余蒋杜叶程魏苏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤張劉陳楊黃趙吳孫馬羅鄭謝許鄧馮韓蕭葉蘇呂盧鍾譚陸])\p{Script=Han}{1,2})(?![\p{Script=Han}]{0,1}(?:的人|公司))/gu;
const HONOURED =
  /((?:[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑])\p{Script=Han}{0,2})(?=先生|女士|小姐|老师|医生|教授)/gu;
const JAPANESE =
  /((?:佐藤|鈴木|高橋|田中|伊藤|渡辺|渡邊|山本|中村|小林|加藤|吉田|山田|佐々木|山口|松本|井上|木村|林|斎藤|清水|山崎|森|池田|橋本|阿部|石川|山下|中島|前田|藤田|小川|後藤|岡田|長谷川|村上|近藤|石井|坂本|遠藤|青木|藤井|西村|福田|太田|三浦|岡本|松田|中野|原田|小野|竹内)[ 　]?(?:[\p{Script=Han}]{1,3}|[\p{Script=Hiragana}]{2,3}|[\p{Script=Katakana}]{2,4})?)(?=さん|様|さま|君|くん|氏|先生|です|と申します|（|\(|、|。|\s|,|"|$)/gu;
const KOREAN =
  /(?<!\p{Script=Hangul})([김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민]\p{Script=Hangul}{2})(?=\s?(?:님|씨|입니다|이고|이며|고객|환자|선생|과장|부장|대리|교수)|[,"'(]|\s*(?:전화|연락|주민|이메일)|$)/gu;

function unspaced(text: string, from: number, to: number, add: (one: Candidate) => void): void {
  const stretch = text.slice(from, to);
  for (const form of [CHINESE, HONOURED, JAPANESE, KOREAN]) {
    for (const match of stretch.matchAll(form)) {
      const name = (match[1] as string).replace(/(?:です|さん|と|の|は|が|に|を)$/u, '').trimEnd();
      const start = from + match.index + match[0].lastIndexOf(match[1] as string);
      if (name.length > 1)
        add({ id: 'person', start, end: start + name.length, score: form === JAPANESE ? 0.7 : 0.75 });
    }
  }
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hangul}]/u;

/** A title belongs to the name, as people read it. */
const TITLE =
  /(?<![\p{L}\p{N}])(?:Mrs?|Ms|Miss|Mx|Dr|Prof|Sir|Lady|Lord|Rev|Hon|Judge|Captain|Professor|Doctor|Herr|Frau|M|Mme|Mlle|Monsieur|Madame|Sra?|Srta|Do[nñ]a|Señora?|Sig|Sig\.ra|Signora?|Dott|Dott\.ssa|Avv|Dhr|Mevr|Pani?)\.? $/u;

/** What an address has beside its numbers: a word for a street, alone or at the end of its name, or a postal code. */
const STREET_ENDING =
  /(?:stra(?:ß|ss)e|str\.|weg|gasse|allee|platz|damm|ring|laan|straat|gracht|kade|plein|singel|dreef|gat(?:an|a)|vägen|gade|vej|veien|katu|tie|ul\.|al\.|os\.|pl\.|jl\.|ул\.|cad\.|no:|c\/|p\.? ?o\.? box)(?![\p{L}])|\b\d{5}\b|\b[A-Z]{1,2}\d{1,2} \d[A-Z]{2}\b/iu;

const MONTH = /^(?:Jan|Mar|Apr|April|May|Jun|June|Jul|August|Sep|Mai|Juni)$/;

/** What goes on without a space as names never do: `PROJ-12`, `golang.org`, `Socket(`, `Foo::bar`. */
const IDENTIFIER = /^(?:[-_/]\d|\.\p{Ll}|\(|::|->|\[)/u;

/** A preposition ends an address: what comes behind says where that is. */
const BEHIND_ADDRESS = / (?:in|near|by|at|for|from|until|since|next to|opposite|behind) /;

/** Short words for streets whose dot is theirs, not the sentence's. */
const ABBREVIATED = /\b(?:St|Ave|Rd|Blvd|Dr|Ln|Ct|Pl|Sq|Hwy|Pkwy|Ter|Cir)\.?$/;

const NOT_A_NAME = WORD.common | WORD.company | WORD.calendar | WORD.street | WORD.title | WORD.naming;

/** Names of persons, places where somebody lives, and addresses. */
export class People {
  readonly #tagger: Tagger;

  constructor(tagger: Tagger) {
    this.#tagger = tagger;
  }

  /** @param tokens of the whole text that is at hand; `first` to `last` are looked at, the others are around them */
  find(text: string, tokens: Tokens, first: number, last: number, add: (one: Candidate) => void): void {
    if (first >= last) return;
    const from = tokens.starts[first] as number;
    const to = tokens.ends[last - 1] as number;
    if (!this.#tagger.worthIt(tokens, first, last)) return;
    for (const seen of this.#tagger.tag(text, tokens, first, last)) {
      const one = this.#entity(text, tokens, seen);
      if (one !== undefined) add(one);
    }
    if (UNSPACED.test(text.slice(from, to))) unspaced(text, from, Math.min(text.length, to + 8), add);
  }

  #entity(text: string, tokens: Tokens, { label, from, to, score }: Seen): Candidate | undefined {
    const start = tokens.starts[from] as number;
    const end = tokens.ends[to - 1] as number;
    if (label === 'PER') return this.#person(text, tokens, from, to, score);
    if (label === 'ADR') return this.#address(text, tokens, from, to, score);
    if (label !== 'LOC') return;
    const before = text.slice(Math.max(0, start - 40), start);
    LIVES.lastIndex = 0;
    return { id: 'location', start, end, score: LIVES.test(before) ? Math.max(score, 0.6) : score * 0.4 };
  }

  #person(text: string, tokens: Tokens, first: number, after: number, score: number): Candidate | undefined {
    let from = first;
    let to = after;
    // A verb in small letters behind a name is the sentence going on.
    while (to > from + 1 && tokens.kinds[to - 1] === LOWER && tokens.kinds[from] !== LOWER) to--;
    const given = ((this.#tagger.traits.bits[from] as number) & WORD.given) !== 0;
    const begins = given && startsSentence(text, tokens.starts[from - 1] ?? 0);
    if (this.#goesOn(text, tokens, from - 1, from) && !begins) from--;
    while (to - after < 2 && this.#goesOn(text, tokens, to - 1, to)) to++;
    to = this.#afterInitial(text, tokens, to);
    while (this.#hyphened(text, tokens, to)) to += 2;
    // `Mieter Paul Weber`: what somebody is stands before the name, not in it.
    while (to > from + 1 && this.#bits(from, WORD.naming) && !this.#bits(from, WORD.given | WORD.surname))
      from++;
    let start = tokens.starts[from] as number;
    let end = tokens.ends[to - 1] as number;
    if (((this.#tagger.traits.bits[from] as number) & WORD.given) !== 0)
      end = start + beforeComma(text.slice(start, end));
    const written = text.slice(start, end);
    if (/[\d_@/\\<>={}]/.test(written) || written.length < 2 || written.length > 80) return;
    if (MONTH.test(written) && /^ \d/.test(text.slice(end, end + 2))) return;
    const bits = this.#tagger.traits.bits[from] as number;
    const known = (bits & (WORD.given | WORD.surname)) !== 0;
    // One word in capitals is an abbreviation, and one that texts use in lower case a word, unless it is a known name.
    if (to - from === 1 && !known && (tokens.kinds[from] === UPPER || (bits & NOT_A_NAME) !== 0)) return;
    if (/[_/\\.]/.test(text[start - 1] ?? ' ') || IDENTIFIER.test(text.slice(end, end + 3))) return;
    // `@Maria` speaks to her; `x@Maria` and `@Override` are something else.
    if (text[start - 1] === '@' && !(known && /\s/.test(text[start - 2] ?? ' '))) return;
    if (/[.,;:-]$/.test(written) && !/(?:\b(?:Jr|Sr)|\p{Lu})\.$/u.test(written))
      end = start + written.slice(0, -1).trimEnd().length;
    start -= TITLE.exec(text.slice(Math.max(0, start - 16), start))?.[0].length ?? 0;
    return { id: 'person', start, end, score };
  }

  /** Whether token `next` goes on where `at` leaves off: a capital, a space before it, and no word that is known otherwise. */
  #goesOn(text: string, tokens: Tokens, at: number, next: number): boolean {
    if (at < 0 || next >= tokens.count) return false;
    if (text.slice(tokens.ends[at] as number, tokens.starts[next] as number) !== ' ') return false;
    return this.#isName(tokens, at) && this.#isName(tokens, next);
  }

  #isName(tokens: Tokens, at: number): boolean {
    return (
      tokens.kinds[at] === CAPITAL &&
      (this.#bits(at, WORD.given | WORD.surname) || !this.#bits(at, NOT_A_NAME | WORD.place | WORD.country))
    );
  }

  /** Behind `Maria K.` comes her surname. */
  #afterInitial(text: string, tokens: Tokens, to: number): number {
    const dot = text[tokens.starts[to - 1] as number] === '.' ? to - 1 : to;
    const initial = dot - 1;
    const single = (tokens.ends[initial] as number) - (tokens.starts[initial] as number) === 1;
    if (initial < 0 || !single || tokens.kinds[initial] !== UPPER) return to;
    if (dot + 1 >= tokens.count || text.slice(tokens.ends[initial], tokens.starts[dot + 1]) !== '. ')
      return to;
    return this.#isName(tokens, dot + 1) ? dot + 2 : to;
  }

  /** Whether a hyphen and more of the name come next, without a space: `Anna Berg|-Larsen`, `Min|-jun`. */
  #hyphened(text: string, tokens: Tokens, to: number): boolean {
    const { count, ends, starts, kinds } = tokens;
    const end = ends[to - 1] as number;
    if (to + 1 >= count || text[end] !== '-' || starts[to + 1] !== end + 1) return false;
    return this.#isName(tokens, to + 1) || (kinds[to + 1] === LOWER && this.#bits(to + 1, WORD.given));
  }

  #bits(at: number, bits: number): boolean {
    return ((this.#tagger.traits.bits[at] as number) & bits) !== 0;
  }

  #address(text: string, tokens: Tokens, from: number, after: number, score: number): Candidate | undefined {
    let to = after;
    // What follows in small letters is the sentence going on.
    while (
      to > from + 1 &&
      tokens.kinds[to - 1] === LOWER &&
      /^[^\d]/.test(text.slice(tokens.starts[to - 1]))
    )
      to--;
    let start = tokens.starts[from] as number;
    let end = tokens.ends[to - 1] as number;
    start += /^(?:of|at|in|to|from) (?=\d)/.exec(text.slice(start, start + 8))?.[0].length ?? 0;
    end += restOfCode(text, end);
    const where = BEHIND_ADDRESS.exec(text.slice(start, end));
    if (where !== null && /\d/.test(text.slice(start, start + where.index))) end = start + where.index;
    if (/^\.(?:,| [\p{Ll}\d#])/u.test(text.slice(end, end + 3)) && ABBREVIATED.test(text.slice(start, end)))
      end++;
    const written = text.slice(start, end);
    if (!/\d/.test(written) || !/\p{L}{3}/u.test(written) || written.length < 8) return;
    let sure = STREET_ENDING.test(written);
    for (let at = from; at < to && !sure; at++)
      sure = ((this.#tagger.traits.bits[at] as number) & (WORD.street | WORD.place)) !== 0;
    const trimmed = /[.,;:-]$/.test(written) && !ABBREVIATED.test(written) ? 1 : 0;
    return { id: 'street_address', start, end: end - trimmed, score: sure ? score : score * 0.5 };
  }
}

/** `Maria Lopez, Madrid` is a name and a place; `Lopez, Maria` is a name. Where the name ends. */
function beforeComma(written: string): number {
  const comma = written.search(/[,;] /);
  return comma > 0 && written.slice(0, comma).includes(' ') ? comma : written.length;
}

/** How much of a postal code stands behind `end`: `02116|-1234`, `D02| XN29`, `SW1A| 2AA`. */
function restOfCode(text: string, end: number): number {
  const before = text.slice(end - 5, end);
  const behind = text.slice(end, end + 6);
  const rest = /^\d{5}$/.test(before)
    ? /^-\d{4}(?![\p{L}\p{N}-])/u.exec(behind)
    : /(?<![\p{L}\p{N}])[A-Z]{1,2}\d[A-Z\d]{0,2}$/u.test(before)
      ? /^ (?:\d[A-Z]{2}|\d[A-Z]\d|[A-Z\d]{4})(?![\p{L}\p{N}])/u.exec(behind)
      : null;
  return rest?.[0].length ?? 0;
}

/** Whether what begins here begins a sentence or a line. */
const startsSentence = (text: string, at: number): boolean =>
  /(?:^|[.!?:\n]["'”)]?\s*)$/.test(text.slice(Math.max(0, at - 4), at));
