/** Text of a prompt: for the model server only, never for a log, an error or the ledger. */
export const PROMPT = 'Say hello to canary-in-the-prompt.';

/** Text of a model server that nobody asked for. */
export const INSIDE = 'canary-inside-the-upstream';

/** Shaped like a key, so that the guard `secrets` knows it. */
export const KEY = ['sk-proj-', 'Zx8Kq2Vw7Rt1Yb5Nc3Md', 'T3BlbkFJ', 'Hg6Jf4Ds9Pa0Lo2Ie8Uz'].join('');
