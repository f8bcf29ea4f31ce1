/** Rows of floats as int8, with a scale for each column: the greatest weights of a column are cut a little. */
export function quantised(
  table: Float32Array,
  width: number,
): { readonly table: Int8Array; readonly scale: Float32Array } {
  const scale = new Float32Array(width);
  for (let k = 0; k < width; k++) {
    const sizes: number[] = [];
    for (let at = k; at < table.length; at += width) {
      const size = Math.abs(table[at] as number);
      if (size > 1e-6) sizes.push(size);
    }
    sizes.sort((a, b) => b - a);
    scale[k] = (sizes[Math.floor(sizes.length * 0.0005)] ?? 1) / 127;
  }
  const out = new Int8Array(table.length);
  for (let at = 0; at < table.length; at++) {
    const value = Math.round((table[at] as number) / (scale[at % width] as number));
    out[at] = Math.max(-127, Math.min(127, value));
  }
  return { table: out, scale };
}
