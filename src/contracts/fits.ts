import type { Contract } from './contract.ts';
import type { ModelInput } from './infer.ts';

/** Why a contract is not one for this model, in words; undefined: it is. Sizes that the model leaves open may be fixed by it. */
export function misfit({ inputs }: Contract, model: readonly ModelInput[]): string | undefined {
  const there = new Map(model.map((input) => [input.name, input]));
  for (const name of there.keys()) if (!inputs.has(name)) return 'the contract lacks an input of the model';
  for (const [name, { type, dims }] of inputs) {
    const input = there.get(name);
    if (input === undefined) return `the model has no input “${name}”`;
    if (input.type !== type) return `the model takes “${name}” as ${input.type}`;
    const shaped =
      input.dims.length === dims.length &&
      input.dims.every((size, axis) => typeof size !== 'number' || size < 0 || size === dims[axis]);
    if (!shaped) return `the model takes “${name}” in another shape`;
  }
  return undefined;
}
