export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** What attacks on a version came to. */
export interface Robustness {
  readonly report: string;
  readonly tool: string;
  readonly verdict: string;
  readonly norm: string;
  readonly rows: number;
  readonly clean: Share;
  readonly runs: readonly {
    readonly attack: string;
    readonly epsilon: number;
    readonly robust: Share;
    readonly queries: number;
  }[];
  readonly worst: readonly { readonly epsilon: number; readonly robust: Share }[];
  readonly warnings: readonly string[];
  readonly by: string;
  readonly time: string;
}

/** A version of a sealed model (`GET /admin/v1/registry/NAME@VERSION`). */
export interface Model {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly state: string;
  readonly root: string | null;
  readonly files: number;
  readonly bytes: number;
  readonly signer: string | null;
  readonly submitter: { readonly owner: string };
  readonly scan: {
    readonly verdict: string;
    readonly version: string;
    readonly time: string;
    readonly until: string | null;
  } | null;
  readonly approvals: readonly { readonly owner: string; readonly time: string }[];
  readonly robustness: readonly Robustness[];
  readonly created: string;
  readonly revoked: string | null;
}

/** A model that classifies or scores, as it is served (`GET /admin/v1/predictions`). */
export interface Prediction {
  readonly name: string;
  readonly from: string;
  readonly of: string;
  readonly ready: boolean;
  readonly contract: {
    readonly max_rows: number;
    readonly inputs: readonly {
      readonly name: string;
      readonly type: string;
      readonly shape: readonly (number | string)[];
      readonly features: readonly {
        readonly name: string;
        readonly kind: string;
        readonly values: string;
        readonly missing: boolean;
      }[];
    }[];
  };
  readonly calibrated: {
    readonly rows: number;
    readonly monitors: readonly string[];
    readonly accuracy: number | null;
  } | null;
  readonly ladder: readonly {
    readonly respond: string;
    readonly approval: boolean;
    readonly shapers: readonly string[];
  }[];
  readonly shapers: readonly string[];
}

/** A caller whom monitors raised an alarm about (`GET /admin/v1/alarms`). */
export interface Alarm {
  readonly model: string;
  readonly caller: { readonly id: string; readonly name: string; readonly team: string };
  readonly stance: string;
  readonly waits_for: string | null;
  readonly held: boolean;
  readonly strange: number;
  readonly last: string;
  readonly alarms: number;
  readonly latest: { readonly monitor: string; readonly time: string } | null;
}

export const labelOf = ({ name, version }: Pick<Model, 'name' | 'version'>): string => `${name}@${version}`;

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
