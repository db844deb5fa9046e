/** The state that a command which creates leaves behind. */
export function existing<State extends { readonly status: string }>(
  state: State,
): Exclude<State, { status: 'absent' }> {
  if (state.status === 'absent') throw new Error('A command that creates has left nothing behind.');
  return state as Exclude<State, { status: 'absent' }>;
}
