/** What the story came to, for programs. */
export interface Report {
  /** Nothing got through, and everything that was to be found was found. */
  readonly held: boolean;
  /** What did not hold, in words. */
  readonly failures: readonly string[];
  /** Facts that the attacker was after, over all attacks, and got. */
  readonly facts: { readonly wanted: number; readonly without: number; readonly through: number };
  readonly attacks: readonly AttackReport[];
  readonly alerts: readonly { readonly rule: string; readonly level: string; readonly count: number }[];
  readonly incident: {
    readonly id: string;
    readonly title: string;
    readonly playbook: string;
    readonly ms_to: Times;
  };
  readonly reviews: readonly { readonly decision: 'pass' | 'block'; readonly answered: string }[];
  readonly tampering: readonly Tampering[];
  readonly ms: number;
}

export interface Times {
  readonly detect: number | null;
  readonly contain: number | null;
  readonly recover: number | null;
}

export interface AttackReport {
  readonly name: string;
  readonly by: string;
  readonly wanted: number;
  /** Facts that came out, asking the model itself and through the gateway. */
  readonly without: number;
  readonly through: number;
  /** What the gateway said: a code, or `completed`. */
  readonly outcome: string;
  /** What the guards found, by reason. */
  readonly reasons: readonly string[];
}

/** One way of editing the ledger, and what verification says of it. */
export interface Tampering {
  readonly what: string;
  readonly exit: number | null;
  readonly says: string;
}
