import type { ChildProcess } from 'node:child_process';

/** Sends the child this signal when our process ends without disposing of it. */
export function endWithUs(child: ChildProcess, signal: NodeJS.Signals): void {
  const end = () => void child.kill(signal);
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
}
