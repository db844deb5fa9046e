import { Problem } from '@kith/contracts';

import { requireVersion } from './version.ts';

/** The workspace that a command is given for, and the versions it insists on, if any. */
export type Within = { readonly workspaceId: string; readonly ifVersions?: readonly number[] | undefined };

type Active = { readonly status: 'active'; readonly workspaceId: string; readonly version: number };

/** The state that a command is about. Another workspace's does not exist (WD-52). */
export function existing<State extends { readonly status: string }>(
  state: State,
  { workspaceId, ifVersions }: Within,
  noun: string,
): Extract<State, Active> {
  if (!isActive(state) || state.workspaceId !== workspaceId) throw new Problem('not-found', `No such ${noun}.`);
  requireVersion(state.version, ifVersions);
  return state;
}

const isActive = <State extends { readonly status: string }>(state: State): state is Extract<State, Active> =>
  state.status === 'active';
