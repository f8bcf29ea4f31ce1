import type { Role } from '../inspection/question.ts';

/** A message as chat APIs have it. Of parts, those with a `text` are read. */
export interface Message {
  /** `user`, `system`, `developer`, `assistant`, `tool`, `document`…; one that is not known is read as data. */
  readonly role: string;
  readonly content: string | readonly object[] | null | undefined;
}

const ROLE_OF: Readonly<Record<string, Role>> = {
  user: 'user',
  human: 'user',
  system: 'system',
  developer: 'system',
  assistant: 'assistant',
  ai: 'assistant',
  model: 'assistant',
  tool: 'tool',
  function: 'tool',
  document: 'document',
};

/** The texts of a message, and how many parts have none. Data may give no orders, so what is not known is data. */
export function textsOf({ role, content }: Message): {
  readonly role: Role;
  readonly texts: readonly string[];
  readonly others: number;
} {
  const known = (Object.hasOwn(ROLE_OF, role) && ROLE_OF[role]) || 'document';
  if (content === null || content === undefined) return { role: known, texts: [], others: 0 };
  if (typeof content === 'string') return { role: known, texts: [content], others: 0 };
  const texts = content.flatMap((part) =>
    'text' in part && typeof part.text === 'string' ? [part.text] : [],
  );
  return { role: known, texts, others: content.length - texts.length };
}
