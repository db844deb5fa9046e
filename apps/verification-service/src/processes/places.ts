/** The places of all workspaces together. A workspace that is alone may use them all. */
const SHARED = 128;
/** More places, for workspaces that hold fewer than `FEW`: slow name servers of one workspace hold up no other. */
const RESERVED = 32;
const FEW = 4;

/** The free places, and the number that each workspace holds. */
export type Room = {
  readonly shared: number;
  readonly reserved: number;
  /** A workspace that holds fewer than this may take a reserved place. */
  readonly few: number;
  readonly held: ReadonlyMap<string, number>;
};

type OfWorkspace = { readonly workspaceId: string };

/** The places of the checks that run in this process. */
export function newPlaces() {
  const held = new Map<string, number>();
  let taken = 0;

  const room = (): Room => {
    const shared = Math.max(SHARED - taken, 0);
    return { shared, reserved: Math.max(SHARED + RESERVED - taken, 0) - shared, few: FEW, held };
  };
  return {
    room,
    /** Answers the checks that there is a place for, first come, first served. */
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
    /** Frees a place, and says whether a check may have waited for it. */
    giveBack({ workspaceId }: OfWorkspace): boolean {
      const left = (held.get(workspaceId) ?? 0) - 1;
      if (left > 0) held.set(workspaceId, left);
      else held.delete(workspaceId);
      return taken-- >= SHARED;
    },
  };
}
