/** At once, over all workspaces. One workspace alone may use them all. */
const SHARED = 128;
/** Besides those, for workspaces that hold fewer than `FEW`: nobody waits for what another workspace's name servers hold up. */
const RESERVED = 32;
const FEW = 4;

/** What is left, and who holds the rest. */
export type Room = {
  readonly shared: number;
  readonly reserved: number;
  /** Who holds fewer may take a reserved place. */
  readonly few: number;
  readonly held: ReadonlyMap<string, number>;
};

type OfWorkspace = { readonly workspaceId: string };

/** The places of checks that are being made in this process. */
export function newPlaces() {
  const held = new Map<string, number>();
  let taken = 0;

  const room = (): Room => {
    const shared = Math.max(SHARED - taken, 0);
    return { shared, reserved: Math.max(SHARED + RESERVED - taken, 0) - shared, few: FEW, held };
  };
  return {
    room,
    /** Those that there is a place for, first come, first served. */
    admit<Check extends OfWorkspace>(checks: readonly Check[]): readonly Check[] {
      const { shared, reserved } = room();
      const holding = new Map(held);
      let admitted = 0;
      return checks.filter(({ workspaceId }) => {
        const own = holding.get(workspaceId) ?? 0;
        if (admitted >= (own < FEW ? shared + reserved : shared)) return false;
        holding.set(workspaceId, own + 1);
        admitted++;
        return true;
      });
    },
    take({ workspaceId }: OfWorkspace): void {
      held.set(workspaceId, (held.get(workspaceId) ?? 0) + 1);
      taken++;
    },
    /** Whether somebody may have waited for it. */
    giveBack({ workspaceId }: OfWorkspace): boolean {
      const left = (held.get(workspaceId) ?? 0) - 1;
      if (left > 0) held.set(workspaceId, left);
      else held.delete(workspaceId);
      return taken-- >= SHARED;
    },
  };
}
