import { servers } from './servers.ts';

export default async function teardown(): Promise<void> {
  await servers.disposeAsync();
}
