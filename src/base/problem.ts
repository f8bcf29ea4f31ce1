/** What a command or a start-up ran into: closed codes that map to the exit codes of the command line. */
export const EXIT = {
  ok: 0,
  /** Findings, or a refusal. */
  findings: 1,
  /** Could not decide. */
  undecided: 2,
  /** Wrong usage: arguments, configuration, policy. */
  usage: 3,
  /** Environment: port, file, network. */
  environment: 4,
} as const;

export type ProblemKind = Exclude<keyof typeof EXIT, 'ok'>;

/** An error meant for a person at a terminal: what went wrong, and what to do about it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly kind: ProblemKind;
  /** One line: what to do. */
  readonly advice: string | undefined;

  constructor(kind: ProblemKind, message: string, advice?: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
    this.advice = advice;
  }
}
