/** Runs the part of a `kith` command that is one service's. A failure is a sentence and exit code 1; else the code is what `work` resolves to, or 0. */
export async function operatorScript(service: string, work: () => Promise<number | void>): Promise<void> {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    process.stderr.write(`${service}: ${Error.isError(error) ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
