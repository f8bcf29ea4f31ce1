import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Provenance } from '../../src/exchange/part.ts';
import type { Technique } from '../../src/exchange/technique.ts';

/** A text with what it is, as the files of a folder of sets have it. */
export interface Case {
  readonly set: string;
  readonly text: string;
  readonly attack: boolean;
  readonly provenance: Provenance;
  readonly technique: string | undefined;
  readonly lang: string;
}

const PROVENANCE: Readonly<Record<string, Provenance>> = {
  user: 'user',
  system: 'system',
  assistant: 'assistant',
  tool: 'tool-result',
  document: 'document',
  'tool-definition': 'tool-definition',
};

/** What the sets of this folder are, in the terms of the guard; rows of other sets say it themselves. */
const TECHNIQUE_OF: Readonly<Record<string, Technique>> = {
  'agent-tool': 'indirect',
  'email-planted': 'indirect',
  'table-planted': 'indirect',
  'code-planted': 'indirect',
  'direct-en-de': 'direct-override',
  'direct-many': 'direct-override',
  'injection-combined': 'direct-override',
  'jailbreak-template': 'jailbreak',
  'jailbreak-persona': 'jailbreak',
  'jailbreak-polite': 'jailbreak',
  'jailbreak-search': 'jailbreak',
  suffix: 'adversarial-suffix',
  obfuscated: 'encoded-payload',
  extraction: 'prompt-extraction',
};

interface Row {
  readonly text: string;
  readonly label: string;
  readonly role?: string;
  readonly technique?: string;
  readonly lang?: string;
}

/** The sets of a folder: `NAME.jsonl`, lines of `{text, label: attack|benign, role?, technique?, lang?}`. */
export function readSets(folder: string): Case[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) =>
      readFileSync(join(folder, name), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const { text, label, role = 'user', technique, lang = 'en' } = JSON.parse(line) as Row;
          const provenance = PROVENANCE[role];
          if (provenance === undefined) throw new Error(`${name}: no role “${role}”`);
          const set = basename(name, '.jsonl');
          const kind = TECHNIQUE_OF[set] ?? technique;
          return { set, text, attack: label === 'attack', provenance, technique: kind, lang };
        }),
    );
}
