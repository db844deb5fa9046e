/** `gap`: events of this subject before this one were missed. */
export type Place = 'next' | 'copy' | 'gap';

/**
 * Tells copies and gaps by `ce_sequence`, which counts per topic and `ce_subject`: a contact and each of its notes have counts of their own,
 * under one key. A subscriber that stores what it reads keeps this number with it, and writes both in one transaction.
 */
export function sequences() {
  const last = new Map<string, number>();
  return (topic: string, subject: string, sequence: number): Place => {
    const counted = `${topic} ${subject}`;
    const before = last.get(counted) ?? 0;
    if (sequence <= before) return 'copy';
    last.set(counted, sequence);
    return sequence === before + 1 ? 'next' : 'gap';
  };
}
