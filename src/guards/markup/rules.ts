import type { PatternSource } from '../../regex/pattern-set.ts';
import type { Found } from '../guard.ts';

/** What would run, load or be obeyed where an answer is shown. */
export const KINDS = [
  'script',
  'embed',
  'style',
  'form',
  'svg',
  'handler',
  'url',
  'terminal',
  'formula',
  'sql',
  'shell',
] as const;
export type MarkupKind = (typeof KINDS)[number];

/** What is harmless to most that show answers is looked for where the policy names it. */
export const DEFAULT_KINDS: readonly MarkupKind[] = KINDS.filter(
  (kind) => kind !== 'sql' && kind !== 'shell',
);

interface Rule {
  readonly kind: MarkupKind;
  readonly source: string;
  /** A mask of its first character only, which takes the danger and leaves the words. */
  readonly first?: string;
  readonly replacement?: string;
}

/** A tag as browsers read it (HTML Standard, 13.2.5.6): its name comes at once, and ends in a blank, slash or bracket. */
const tag = (kind: MarkupKind, names: string): Rule => ({
  kind,
  source: `<\\/?(?:${names})[\\s\\/>]`,
  first: '&lt;',
});

/** A letter, or the character reference that says it. */
const letter = (char: string): string => {
  const codes = [char.toLowerCase(), char.toUpperCase()].map((one) => one.charCodeAt(0));
  return `(?:${char}|&#0{0,20}(?:${codes.join('|')});?|&#x0{0,20}(?:${codes.map((code) => code.toString(16)).join('|')});?)`;
};
/** What browsers leave out of an address (WHATWG URL, 4.4): tabs and line ends. */
const SKIPPED = '(?:[\\t\\n\\r]|&(?:tab|newline|#0{0,4}(?:9|10|13)|#x0{0,4}[9ad]);?){0,8}';
const spelled = (word: string): string => [...word].map(letter).join(SKIPPED);
const COLON = '(?::|&colon;|&#0{0,20}58;?|&#x0{0,20}3a;?)';

/** Formulas that reach out, of which no program has the names. */
const REACHING =
  '(?:_xlfn\\.)?(?:hyperlink|webservice|filterxml|importxml|importdata|importfeed|importhtml|importrange|ddeauto)\\s{0,4}\\(';
const FORMULAS =
  'hyperlink|webservice|filterxml|encodeurl|importxml|importdata|importfeed|importhtml|importrange|image|dde|ddeauto|call|register(?:\\.id)?|exec|rtd|cmd|indirect';

/** Those that run by themselves or at the first touch (HTML Standard, 8.1.8.2). */
const HANDLERS =
  'on(?:error|load|loadstart|loadend|toggle|beforetoggle|focus|focusin|blur|click|dblclick|auxclick|mouseover|mouseenter|mousemove|mousedown|mouseout|pointerover|pointerenter|pointermove|pointerdown|touchstart|wheel|scroll|scrollend|animationstart|animationend|animationiteration|transitionrun|transitionstart|transitionend|webkitanimationstart|begin|end|repeat|start|finish|bounce|canplay|play|playing|pageshow|hashchange|message|resize|submit|input|change|keydown|keyup|keypress|copy|cut|paste|drag|dragstart|drop|contextmenu|cuechange|securitypolicyviolation|slotchange|contentvisibilityautostatechange|unhandledrejection)';

const RULES: readonly Rule[] = [
  tag('script', 'script|noscript|xml|template'),
  tag('embed', 'iframe|frame|frameset|object|embed|applet|portal|fencedframe'),
  tag('style', 'style|link|meta|base'),
  tag('form', 'form|input|button|textarea|select|keygen|isindex'),
  tag('svg', 'svg|math|foreignobject|animate|set|use'),
  { kind: 'handler', source: '<[a-z][^<>]{0,300}[\\s"\'\\/]on[a-z]{3,30}\\s{0,8}=', first: '&lt;' },
  // Behind the quote of another attribute's value: whatever that value is, the tag is not over.
  { kind: 'handler', source: `["'/\\s](?:${HANDLERS})\\s{0,64}=`, replacement: ' removed=' },
  { kind: 'url', source: `${spelled('javascript')}${SKIPPED}${COLON}[^\\s]`, replacement: 'removed:' },
  // In an attribute blanks may follow.
  {
    kind: 'url',
    source: `["'=]\\s{0,8}${spelled('javascript')}${SKIPPED}${COLON}`,
    replacement: '"removed:',
  },
  { kind: 'url', source: `${spelled('vbscript')}${SKIPPED}${COLON}[^\\s]`, replacement: 'removed:' },
  {
    kind: 'url',
    source: 'data:(?:text\\/html|text\\/xml|image\\/svg\\+xml|application\\/xhtml\\+xml)',
    replacement: 'removed:',
  },
  // ECMA-48: control sequences, and strings such as OSC 8 (links) and OSC 52 (the clipboard); CVE-2003-0063 and its kin.
  { kind: 'terminal', source: '(?:\\u001b\\[|\\u009b)[0-9;:<=>?]{0,64}[ -\\/]{0,8}[@-~]', replacement: '' },
  {
    kind: 'terminal',
    source:
      '(?:\\u001b[\\]PX\\^_]|[\\u0090\\u0098\\u009d\\u009e\\u009f])[^\\u0007\\u001b\\u009c]{0,500}(?:\\u0007|\\u001b\\\\|\\u009c)',
    replacement: '',
  },
  { kind: 'terminal', source: '[\\u001b\\u0080-\\u009f]', replacement: '' },
  // OWASP, “CSV Injection”; the first character of a cell makes it a formula.
  { kind: 'formula', source: `[=+@-](?:${FORMULAS})\\s{0,4}\\(`, first: "'=" },
  // Blanks may stand before them, and other formulas around them.
  { kind: 'formula', source: `[=+@-]\\s{0,8}${REACHING}`, first: "'=" },
  {
    kind: 'formula',
    source: `[=+@-](?:_xlfn\\.)?(?:if|ifs|iferror|ifna|and|or|not|sum|concat|concatenate|textjoin|let|lambda|choose|index|switch|t|n)\\([^\\n]{0,200}[^a-z0-9.]${REACHING}`,
    first: "'=",
  },
  {
    kind: 'formula',
    source: '[=+@-][+@-]?[a-z0-9]{2,20}\\s{0,4}\\|\\s{0,4}[\'"][^!\\n]{0,200}!',
    first: "'=",
  },
  { kind: 'sql', source: '\\b(?:drop|truncate|alter)\\s{1,8}(?:table|database|schema|user)\\b' },
  {
    kind: 'sql',
    source:
      '\\b(?:union\\s{1,8}(?:all\\s{1,8})?select|delete\\s{1,8}from|insert\\s{1,8}into|xp_cmdshell|into\\s{1,8}outfile)\\b',
  },
  { kind: 'sql', source: '[\'"]\\s{0,8}or\\s{1,8}[\'"]?1[\'"]?\\s{0,8}=\\s{0,8}[\'"]?1' },
  { kind: 'shell', source: '\\brm\\s{1,8}-[a-z-]{0,20}[rf]' },
  {
    kind: 'shell',
    source: '\\b(?:curl|wget|iwr)\\s[^\\n|]{1,200}\\|\\s{0,4}(?:sudo\\s{1,4})?(?:ba|z|da|k)?sh\\b',
  },
  {
    kind: 'shell',
    source:
      '\\b(?:mkfs(?:\\.\\w{1,8})?|dd\\s{1,4}if=|chmod\\s{1,4}(?:-r\\s{1,4})?777|powershell(?:\\.exe)?\\s{1,4}-e(?:nc)?\\b|invoke-expression|nc\\s{1,4}-e|>\\s{0,4}\\/dev\\/sd)',
  },
  { kind: 'shell', source: ':\\(\\)\\s{0,4}\\{' },
];

export interface MarkupRule {
  readonly source: PatternSource;
  meaning(name: string): Omit<Found, 'start' | 'end'> & { readonly within?: readonly [number, number] };
}

export const rulesFor = (kinds: readonly MarkupKind[]): MarkupRule[] =>
  RULES.filter(({ kind }) => kinds.includes(kind)).map(({ kind, source, first, replacement = first }, i) => ({
    source: { id: `${kind} ${i}`, source, flags: 'i' },
    meaning: (name) => ({
      reason: `${name}.${kind}`,
      ...(replacement !== undefined && { replacement }),
      ...(first !== undefined && { within: [0, 1] as const }),
    }),
  }));
