/** A prediction that could not be made. Says nothing of what was asked. */
export class PredictionFailed extends Error {
  override readonly name = 'PredictionFailed';
  /**
   * `busy`: too much waits; `gone`: nobody waits for it any more; `model`: the model does not take it, or its process ended;
   * `reply`: the answer is longer than it may be.
   */
  readonly reason: 'busy' | 'timeout' | 'closed' | 'gone' | 'model' | 'reply';
  constructor(reason: PredictionFailed['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}
