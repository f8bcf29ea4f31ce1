import type { Clock } from '../../base/clock.ts';
import type { Provenance } from '../../exchange/part.ts';
import type { GuardAction } from '../../exchange/verdict.ts';
import type { Guard } from '../../guards/guard.ts';

/** A guard at its post: the guard itself and what the policy says of it. */
export interface GuardPost {
  readonly name: string;
  readonly guard: Guard;
  readonly action: { readonly prompt: GuardAction; readonly reply: GuardAction };
  readonly on: { readonly prompt: boolean; readonly reply: boolean };
  /** Texts it reads; undefined: all. */
  readonly provenance: ReadonlySet<Provenance> | undefined;
  /** Labels of a prompt in which it finds something, or could not look. */
  readonly label: Readonly<Record<string, string>>;
  readonly onError: 'block' | 'allow';
  /** Milliseconds over all texts of one prompt or reply. */
  readonly budget: number;
}

/** Everything the inspecting stages need to know of the policy, built once when it is loaded. */
export interface Watch {
  readonly posts: readonly GuardPost[];
  /** Those on duty in each direction. */
  readonly duty: { readonly prompt: readonly GuardPost[]; readonly reply: readonly GuardPost[] };
  /** Whether content that no guard can read is let through, by media type. */
  allowsMedia(media: string): boolean;
  readonly clock: Clock;
}
