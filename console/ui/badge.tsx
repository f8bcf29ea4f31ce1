/** The mark of an outcome, a state or a severity: a word first, so that nobody has to tell colours apart. */
export const Badge = ({ word }: { readonly word: string }) => (
  <span class={`badge ${TONES[word] ?? 'plain'}`}>{word.replaceAll('_', ' ')}</span>
);

const TONES: Readonly<Record<string, string>> = {
  completed: 'good',
  clean: 'good',
  done: 'good',
  resolved: 'good',
  active: 'good',
  open: 'good',
  ran: 'good',
  verified: 'good',
  recorded: 'good',
  passed: 'good',
  yours: 'good',
  blocked: 'bad',
  block: 'bad',
  below: 'bad',
  findings: 'bad',
  not_recorded: 'bad',
  failed: 'bad',
  critical: 'bad',
  revoked: 'bad',
  disabled: 'bad',
  high: 'bad',
  refused: 'warn',
  held: 'warn',
  undecided: 'warn',
  coarser: 'warn',
  misinformation: 'warn',
  decoy: 'warn',
  cut: 'warn',
  skipped: 'warn',
  waiting: 'warn',
  medium: 'warn',
  retiring: 'warn',
};
