/** An exchange as it is listed (`GET /admin/v1/exchanges`). */
export interface Listed {
  readonly seq: number;
  readonly began: number;
  readonly time: string;
  readonly id: string;
  readonly caller: string;
  readonly name: string;
  readonly team: string;
  readonly model: string;
  readonly upstream: string;
  readonly operation: string;
  readonly outcome: string;
  readonly code: string;
  readonly admin: boolean;
  readonly status: number;
  readonly ms: number;
  /** Milliseconds of these that guards were at work. */
  readonly guarding: number;
  readonly input: number;
  readonly output: number;
  readonly cost: string;
  readonly findings?: number;
}
