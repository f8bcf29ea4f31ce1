/** How the ledger stands (`GET /admin/v1/ledger`). */
export interface LedgerState {
  readonly state: string;
  readonly entries: number;
  readonly signed: number;
  readonly root: string;
  readonly witnesses?: {
    readonly quorum: number;
    /** Entries that a quorum has cosigned. */
    readonly cosigned: number;
    readonly since: string | null;
    readonly witnesses: readonly {
      readonly name: string;
      readonly cosigned: number;
      readonly at: string | null;
      readonly trouble: string | null;
    }[];
  };
}
