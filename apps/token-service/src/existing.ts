/** What a command that creates leaves behind. */
export function existing<State extends { readonly status: string }>(
  state: State,
): Exclude<State, { status: 'absent' }> {
  if (state.status === 'absent') throw new Error('What was created is absent.');
  return state as Exclude<State, { status: 'absent' }>;
}
