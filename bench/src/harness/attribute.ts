/** The CPU time of a process, and the process that started it. */
export type Usage = { readonly parent: number; readonly ticks: number };

/** Names the processes under the root that have no name: npm and the supervisor. */
export const REST = 'the rest';

/** Sums the usage under `root` by the nearest named ancestor of each process. */
export function attribute(
  usages: ReadonlyMap<number, Usage>,
  root: number,
  named: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const names = new Map(Object.entries(named).map(([name, pid]) => [pid, name]));
  const ownerOf = (pid: number): string | undefined => {
    const name = names.get(pid);
    if (name !== undefined) return name;
    if (pid === root) return REST;
    const usage = usages.get(pid);
    return usage && pid > 1 ? ownerOf(usage.parent) : undefined;
  };
  const sums: Record<string, number> = {};
  for (const [pid, { ticks }] of usages) {
    const owner = ownerOf(pid);
    if (owner !== undefined) sums[owner] = (sums[owner] ?? 0) + ticks;
  }
  const order = [...Object.keys(named).toSorted(), REST];
  return Object.fromEntries(order.flatMap((name) => (sums[name] === undefined ? [] : [[name, sums[name]]])));
}
