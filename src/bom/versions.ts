/** A version of Python’s packages (PEP 440), taken apart; undefined where it is none. */
interface Pep440 {
  readonly epoch: number;
  readonly release: readonly number[];
  /** Phase and number: dev before a, b, rc, before the release itself, before post. */
  readonly pre: readonly [number, number];
  readonly post: number;
  readonly dev: number;
  readonly local: string;
}

const PATTERN =
  /^v?(?:(\d{1,9})!)?(\d{1,9}(?:\.\d{1,9}){0,20})(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d{0,9}))?(?:-(\d{1,9})|[-_.]?(?:post|rev|r)[-_.]?(\d{0,9}))?(?:[-_.]?dev[-_.]?(\d{0,9}))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+){0,20}))?$/;
const PHASE: Readonly<Record<string, number>> = {
  a: 1,
  alpha: 1,
  b: 2,
  beta: 2,
  c: 3,
  rc: 3,
  pre: 3,
  preview: 3,
};
/** A release has no phase: it comes after all of them. */
const FINAL = 4;

function parsed(text: string): Pep440 | undefined {
  const found = PATTERN.exec(text.trim().toLowerCase());
  if (found === null) return undefined;
  const [, epoch, release = '', phase, number, dashed, post, dev, local] = found;
  const isPost = dashed !== undefined || post !== undefined;
  const isDev = dev !== undefined;
  // 1.0.dev1 comes before 1.0a1.
  const first = phase === undefined ? (isDev && !isPost ? 0 : FINAL) : (PHASE[phase] ?? FINAL);
  return {
    epoch: Number(epoch ?? 0),
    release: release.split('.').map(Number),
    pre: [first, Number(number || 0)],
    post: isPost ? Number(dashed ?? (post || 0)) : -1,
    dev: isDev ? Number(dev || 0) : Number.POSITIVE_INFINITY,
    local: local ?? '',
  };
}

/** Negative where `a` is older than `b`, 0 where they are the same. What is no version of PEP 440 is compared as text. */
export function comparePep440(a: string, b: string): number {
  const [x, y] = [parsed(a), parsed(b)];
  if (x === undefined || y === undefined) return a < b ? -1 : a > b ? 1 : 0;
  if (x.epoch !== y.epoch) return x.epoch - y.epoch;
  for (let i = 0; i < Math.max(x.release.length, y.release.length); i++) {
    const difference = (x.release[i] ?? 0) - (y.release[i] ?? 0);
    if (difference !== 0) return difference;
  }
  for (const [one, other] of [
    [x.pre[0], y.pre[0]],
    [x.pre[1], y.pre[1]],
    [x.post, y.post],
    [x.dev, y.dev],
  ] as const)
    if (one !== other) return one < other ? -1 : 1;
  return compareLocal(x.local, y.local);
}

/** Segment by segment: numbers by value, and after words; whatever goes on comes after what ends. */
function compareLocal(a: string, b: string): number {
  const [x, y] = [a, b].map((one) => (one === '' ? [] : one.split(/[-_.]/)));
  for (let i = 0; i < Math.max(x?.length ?? 0, y?.length ?? 0); i++) {
    const [one, other] = [x?.[i], y?.[i]];
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
    const [isNumber, isOther] = [/^\d+$/.test(one), /^\d+$/.test(other)];
    if (isNumber !== isOther) return isNumber ? 1 : -1;
    const difference = isNumber ? Number(one) - Number(other) : one < other ? -1 : one > other ? 1 : 0;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether PEP 440 has it: only then has it a place in the order. */
export const isPep440 = (version: string): boolean => parsed(version) !== undefined;

/** Without the local label. */
export const publicOf = (version: string): string => version.split('+')[0] ?? version;

/** The same for npm (Semantic Versioning 2.0.0, section 11). */
export function compareSemver(a: string, b: string): number {
  const cut = (text: string) => {
    const [core = '', pre = ''] = text.replace(/^v/, '').replace(/\+.*$/, '').split(/-(.*)/s);
    return {
      core: core.split('.').map((one) => (/^\d{1,15}$/.test(one) ? Number(one) : 0)),
      pre: pre === '' ? [] : pre.split('.'),
    };
  };
  const [x, y] = [cut(a), cut(b)];
  for (let i = 0; i < 3; i++) {
    const difference = (x.core[i] ?? 0) - (y.core[i] ?? 0);
    if (difference !== 0) return difference;
  }
  if (x.pre.length === 0 || y.pre.length === 0) return y.pre.length - x.pre.length;
  for (let i = 0; i < Math.max(x.pre.length, y.pre.length); i++) {
    const [one, other] = [x.pre[i], y.pre[i]];
    if (one === other) continue;
    if (one === undefined) return -1;
    if (other === undefined) return 1;
    const areNumbers = /^\d+$/.test(one) && /^\d+$/.test(other);
    if (areNumbers) return Number(one) - Number(other);
    if (/^\d+$/.test(one) !== /^\d+$/.test(other)) return /^\d+$/.test(one) ? -1 : 1;
    return one < other ? -1 : 1;
  }
  return 0;
}
