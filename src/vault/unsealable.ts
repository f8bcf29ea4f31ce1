/** Why sealed content does not open. */
export type UnsealableCause =
  /** Changed, cut, swapped, or sealed for something else: authentication failed. */
  | 'tampered'
  /** Its key was destroyed: the content is gone. */
  | 'erased';

/** Sealed content that does not open. Says nothing of the content. */
export class Unsealable extends Error {
  override readonly name = 'Unsealable';
  readonly code: UnsealableCause;

  constructor(code: UnsealableCause, cause?: unknown) {
    super(code === 'erased' ? 'its key was destroyed' : 'authentication failed', { cause });
    this.code = code;
  }
}
