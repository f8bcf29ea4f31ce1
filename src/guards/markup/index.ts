import Type, { type Static } from 'typebox';
import { PatternSet } from '../../regex/pattern-set.ts';
import type { GuardKind } from '../guard.ts';
import { MatchReader } from '../match-reader.ts';
import { OutsideCode } from './code.ts';
import { DEFAULT_KINDS, KINDS, rulesFor } from './rules.ts';

const Settings = Type.Object(
  {
    kinds: Type.Optional(
      Type.Array(Type.Enum([...KINDS]), {
        minItems: 1,
        description: 'What is looked for. Default: all but sql and shell.',
      }),
    ),
    code: Type.Optional(
      Type.Enum(['text', 'find'], {
        description:
          'Blocks and spans of code in Markdown: shown as text, or looked at like the rest. Default: text.',
      }),
    ),
  },
  { additionalProperties: false },
);

/** What would run where an answer is shown: in a browser, a terminal, a spreadsheet. */
export const markup: GuardKind<Static<typeof Settings>> = {
  kind: 'markup',
  about: 'What would run where it is shown: scripts, frames, forms, terminal escapes, formulas.',
  settings: Settings,
  build(name, { kinds = DEFAULT_KINDS, code = 'text' }) {
    const rules = rulesFor(kinds);
    const set = PatternSet.compile(rules.map(({ source }) => source));
    const reader = () => new MatchReader(set, (_, pattern) => rules[pattern]?.meaning(name));
    return {
      name,
      // JSON and the arguments of tools know no blocks of code.
      open: ({ format, provenance }) =>
        code === 'find' || format === 'json' || provenance === 'tool-arguments'
          ? reader()
          : new OutsideCode(reader()),
    };
  },
  proof: {
    settings: {},
    catches: [
      { text: 'a <ScRiPt>alert(1)</script>', reason: 'markup.script' },
      { text: 'open ` <iframe/src=x> here', reason: 'markup.embed' },
      { text: '<img src=x onerror = alert(1)>', reason: 'markup.handler' },
      { text: '[x](java&Tab;&#115;cript&colon;alert(1))', reason: 'markup.url' },
      { text: 'red \u001b[31mtext\u001b]8;;https://x.test\u0007link', reason: 'markup.terminal' },
      { text: 'name,=HYPERLINK("https://x.test")', reason: 'markup.formula' },
      { text: "a;+cmd|' /C calc'!A0", reason: 'markup.formula' },
      { text: '```js\nlet a;\n```\n<svg/x>', reason: 'markup.svg' },
    ],
    passes: [
      'The `<script>` tag loads code, and ``<iframe src="`">`` a page.',
      '```html\n<script>let a = 1 < 2;</script>\n```\ndone',
      '> ~~~\n> <form>\n> ~~~\n> a < b and c > d, JavaScript: a language, x = image (y)',
      'DROP TABLE ships; 1 - 2, e@mail.test',
      '',
    ],
  },
};
