/** Directions in whole numbers of 16 bits, each with the factor that makes it what it was. */
export function quantised(
  basis: Float32Array,
  features: number,
): { readonly basis: Int16Array; readonly factors: Float32Array } {
  const count = basis.length / features;
  const whole = new Int16Array(basis.length);
  const factors = new Float32Array(count);
  for (let component = 0; component < count; component++) {
    const own = basis.subarray(component * features, (component + 1) * features);
    const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    const steps = own.map((value) => Math.round((value / largest) * 32767));
    const length = Math.sqrt(steps.reduce((sum, step) => sum + step * step, 0)) || 1;
    whole.set(steps, component * features);
    // Rounding changes the length a little: the factor makes it one again.
    factors[component] = 1 / length;
  }
  return { basis: whole, factors };
}
