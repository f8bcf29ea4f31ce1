/** What browsers hold a page of ours to, beside its own policy: it needs nothing of the machine, and is nobody's frame or popup. */
export const PAGE_HEADERS = {
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
} as const;
