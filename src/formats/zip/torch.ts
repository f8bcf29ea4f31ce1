/** What PyTorch writes into its archives beside pickles and source (caffe2/serialize, torch/export/pt2_archive). */

/** Numbers without a header: what they are says the pickle, and torch only ever copies them. */
const RAW =
  /^(?:data|constants|tensors)\/\d+$|^\.data\/\d+\.storage$|^data\/(?:weights\/weight|constants\/tensor)_\d+$/;

/** Small members, with all that can be in them. */
const MARKS: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:\.data\/)?version$/, /^\d{1,10}\n?$/],
  [/^byteorder$/, /^(?:little|big)$/],
  [/^\.(?:format_version|storage_alignment)$/, /^\d{1,10}\n?$/],
  [/^\.data\/serialization_id$/, /^\d{1,64}$/],
  [/^\.data\/python_version$/, /^\d[\w.+-]{0,30}$/],
  [/^archive_format$/, /^pt2$/],
  [/^archive_version$/, /^\d{1,10}\n?$/],
];

const SOURCE = /^code\/.*\.py$/;

/** What members of a torch archive are, by their place in it. A folder with a `data.pkl` is one. */
export class TorchArchive {
  readonly #roots: ReadonlySet<string>;

  constructor(names: readonly string[]) {
    this.#roots = new Set(
      names.flatMap((name) => {
        const root = /^([^/]*\/)(?:data\.pkl|\.data\/extern_modules|archive_format)$/.exec(name)?.[1];
        return root === undefined ? [] : [root];
      }),
    );
  }

  /** Undefined for what its content has to say, as everywhere. */
  kindOf(name: string): 'raw' | 'torchscript' | { readonly mark: RegExp } | undefined {
    const root = name.slice(0, name.indexOf('/') + 1);
    if (!this.#roots.has(root)) return;
    const rest = name.slice(root.length);
    if (RAW.test(rest)) return 'raw';
    if (SOURCE.test(rest)) return 'torchscript';
    const mark = MARKS.find(([place]) => place.test(rest))?.[1];
    return mark && { mark };
  }
}
