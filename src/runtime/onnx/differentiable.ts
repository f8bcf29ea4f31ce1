import type { Resolve } from '../../graph/decode.ts';
import { type DifferentiateOptions, differentiate } from '../../graph/differentiate.ts';
import { encodeModel } from '../../graph/encode.ts';
import type { OnnxModel } from '../../graph/onnx.ts';
import type { Tensor, Tensors } from '../../tensors/tensor.ts';
import { factsOf } from './facts.ts';
import { preparedModel } from './prepared-model.ts';
import { OnnxSession, type SessionOptions } from './session.ts';

/** A model and its gradients, both run by ONNX Runtime. */
export class DifferentiableModel {
  readonly output: string;
  /** Nodes at which gradients are zero almost everywhere. */
  readonly flat: readonly string[];
  readonly #session: OnnxSession;
  readonly #cotangent: string;
  readonly #gradients: ReadonlyMap<string, string>;

  private constructor(
    session: OnnxSession,
    made: Pick<ReturnType<typeof differentiate>, 'output' | 'flat' | 'cotangent' | 'gradients'>,
  ) {
    this.#session = session;
    this.output = made.output;
    this.flat = made.flat;
    this.#cotangent = made.cotangent;
    this.#gradients = made.gradients;
  }

  /**
   * @param samples two inputs that differ in every size that may vary: see {@link factsOf}
   *
   * Rejects with `NotDifferentiable` where a node stands in the way, `CannotUpgrade` where the model is too old, and
   * `MalformedModel` where there is none.
   */
  static async open(
    bytes: Uint8Array,
    samples: readonly Tensors[],
    options: DifferentiateOptions & SessionOptions & { readonly resolve?: Resolve | undefined } = {},
  ): Promise<DifferentiableModel> {
    const model = await preparedModel(bytes, async () => samples, options.resolve);
    return DifferentiableModel.of(model, samples, options);
  }

  /** The same of a model that was read and prepared. */
  static async of(
    model: OnnxModel,
    samples: readonly Tensors[],
    options: DifferentiateOptions & SessionOptions = {},
  ): Promise<DifferentiableModel> {
    const derivative = differentiate(model, await factsOf(model, samples), options);
    const session = await OnnxSession.open(encodeModel(derivative.model), options);
    return new DifferentiableModel(session, derivative);
  }

  /**
   * The output, and the gradient of Σ cotangent · output with respect to what was asked for, by its name.
   *
   * @param cotangent in the shape of the output; of a model that was opened with a `loss`, the target
   */
  async gradients(
    inputs: Tensors,
    cotangent: Tensor,
  ): Promise<{ readonly output: Tensor; readonly gradients: ReadonlyMap<string, Tensor> }> {
    const wanted = [...this.#gradients.values()];
    const made = await this.#session.run(new Map([...inputs, [this.#cotangent, cotangent]]), [
      this.output,
      ...wanted,
    ]);
    const of = (name: string): Tensor => made.get(name) as Tensor;
    return {
      output: of(this.output),
      gradients: new Map([...this.#gradients].map(([name, gradient]) => [name, of(gradient)])),
    };
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}
