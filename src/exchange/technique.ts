/**
 * Ways of attacking a model through its text. Ids are ours; the numbers are those of the OWASP Top 10 for LLM
 * Applications (2025, and the numbering of 2026) and of MITRE ATLAS.
 */
export interface TechniqueFacts {
  /** For people, in a sentence of its own. */
  readonly about: string;
  readonly owasp2025: string;
  readonly owasp2026: string;
  readonly atlas: string;
}

export const TECHNIQUES = {
  'direct-override': {
    about: 'It tries to set the instructions of the model aside, or to put others in their place.',
    owasp2025: 'LLM01',
    owasp2026: 'LLM01',
    atlas: 'AML.T0051.000',
  },
  jailbreak: {
    about: 'It tries to talk the model out of its safety rules: a persona, a story, a pretext.',
    owasp2025: 'LLM01',
    owasp2026: 'LLM01',
    atlas: 'AML.T0054',
  },
  'prompt-extraction': {
    about: 'It tries to make the model give away its instructions or what it was trusted with.',
    owasp2025: 'LLM07',
    owasp2026: 'LLM08',
    atlas: 'AML.T0056',
  },
  'encoded-payload': {
    about: 'An attack is hidden in an encoding or broken into pieces that are to be put together.',
    owasp2025: 'LLM01',
    owasp2026: 'LLM01',
    atlas: 'AML.T0068',
  },
  indirect: {
    about: 'Data (a document, a message, a tool result) gives orders, which only a user or the operator may.',
    owasp2025: 'LLM01',
    owasp2026: 'LLM01',
    atlas: 'AML.T0051.001',
  },
  'tool-poisoning': {
    about: 'The description of a tool gives the model orders beyond the use of that tool.',
    owasp2025: 'LLM03',
    owasp2026: 'LLM04',
    atlas: 'AML.T0110',
  },
  crescendo: {
    about:
      'Over several turns the conversation is led, in small steps, to where a first request would be refused.',
    owasp2025: 'LLM01',
    owasp2026: 'LLM01',
    atlas: 'AML.T0054',
  },
  exfiltration: {
    about: 'It tries to carry data out: a link, a picture or a call whose address holds it.',
    owasp2025: 'LLM02',
    owasp2026: 'LLM02',
    atlas: 'AML.T0077',
  },
  'delimiter-forgery': {
    about: 'It forges the marks that tell the model who is speaking: a chat template, a tag, an end of data.',
    owasp2025: 'LLM01',
    owasp2026: 'LLM01',
    atlas: 'AML.T0051',
  },
  'adversarial-suffix': {
    about: 'It carries a string that looks machine-made to push the model over its rules.',
    owasp2025: 'LLM01',
    owasp2026: 'LLM01',
    atlas: 'AML.T0043.000',
  },
  'many-shot': {
    about: 'It shows the model many made-up turns in which it already does what it must not.',
    owasp2025: 'LLM01',
    owasp2026: 'LLM01',
    atlas: 'AML.T0054',
  },
} as const satisfies Readonly<Record<string, TechniqueFacts>>;

export type Technique = keyof typeof TECHNIQUES;
