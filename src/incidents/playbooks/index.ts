import { parsePlaybook } from '../playbook.ts';
import { DATA_LEAK } from './data-leak.ts';
import { MODEL_EXTRACTION } from './model-extraction.ts';
import { PROMPT_INJECTION } from './prompt-injection.ts';
import { STOLEN_KEY } from './stolen-key.ts';

/** The playbooks that ship; a new one is a file and a line here. */
export const PLAYBOOKS = [PROMPT_INJECTION, STOLEN_KEY, MODEL_EXTRACTION, DATA_LEAK].map((text) =>
  parsePlaybook(text, 'a playbook that ships'),
);
