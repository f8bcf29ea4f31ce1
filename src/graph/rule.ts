import type { Tensor } from '../tensors/tensor.ts';
import type { Attributes, Emitter, RealType, Value } from './emitter.ts';
import type { OnnxNode } from './onnx.ts';

/** A value that a gradient flows through. */
export type RealValue = Value & { readonly type: RealType };

/** One node on the way back: what it took and made, and where the gradients of its inputs are written. */
export interface Step {
  readonly node: OnnxNode;
  readonly emit: Emitter;
  /** An input that must be there. */
  input(index: number): Value;
  /** Whether an optional input is given. */
  has(index: number): boolean;
  /** An output that must be there. */
  output(index: number): Value;
  /** The name of an optional output, which the node then makes even if nobody used it before. */
  extra(index: number): string;
  /** The gradient of an output: undefined where nothing depends on it. */
  readonly cotangents: readonly (string | undefined)[];
  /** The gradient of the first output. Rules of nodes with one output use this. */
  readonly cotangent: string;
  /** Whether the gradient of an input is used: rules need not write those that are not. */
  wants(index: number): boolean;
  /** The elements of an input that does not depend on what is given to the model, nor on sizes that vary. */
  constant(index: number): Tensor | undefined;
  int(name: string, otherwise: number): number;
  ints(name: string): readonly number[] | undefined;
  floats(name: string): readonly number[] | undefined;
  float(name: string, otherwise: number): number;
  word(name: string, otherwise: string): string;
  /** Where the node is of a kind that the rule does not know: throws `NotDifferentiable`, naming the node. */
  refuse(why: string): never;
}

/** The gradient of each input, by its index; null or missing: nothing flows there. */
export type Backward = (step: Step) => readonly (string | null)[];

/** How an input of a sample is made: random reals in a range, or the tensor itself. */
export type SampleInput =
  | { readonly dims: readonly number[]; readonly from?: number; readonly to?: number }
  | { readonly tensor: Tensor };

/** A node to be checked against finite differences; undefined is an optional input that is not given. */
export interface Sample {
  readonly inputs: readonly (SampleInput | undefined)[];
  readonly attributes?: Attributes | undefined;
  readonly outputs?: number | undefined;
}

/** Draws sizes and choices for samples; the same seed draws the same. */
export interface Draw {
  /** A whole number, both ends included. */
  int(from: number, to: number): number;
  pick<T>(choices: readonly T[]): T;
}

/** The reverse rule of one operator. */
export interface Rule {
  readonly op: string;
  /** `''`: a standard operator. */
  readonly domain?: string | undefined;
  /** The version of the operators that first has it as the rule knows it, where that is after 17. */
  readonly since?: number | undefined;
  /** It takes the gradients of all its outputs; other rules take that of the first, and are refused where others are used. */
  readonly several?: true | undefined;
  readonly backward: Backward;
  /**
   * Nodes of every kind that the rule knows, in shapes drawn at random: the contract test runs each, and its gradients of
   * all real inputs, against finite differences. Keep away from kinks and ties.
   */
  readonly proof: (draw: Draw) => readonly Sample[];
}
