/** A moment as the admin API writes it (RFC 3339, in UTC). */
export const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
