/** What a `kith` command runs for a service. It says in a sentence why it cannot, and ends with 1; else with what `work` resolves to, or 0. */
export async function operatorScript(service: string, work: () => Promise<number | void>): Promise<void> {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    process.stderr.write(`${service}: ${Error.isError(error) ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
