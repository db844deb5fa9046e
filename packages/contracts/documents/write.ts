import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { asyncApiYaml } from './asyncapi.ts';
import { breaking, currentEvents, docs, releasedEvents, write } from './released.ts';

// `npm run documents`: writes docs/asyncapi.yaml and docs/events, which a test compares with the schemas.
const current = currentEvents();
const broken = breaking(await releasedEvents(), current);
if (broken.length > 0) {
  process.stderr.write(`Released events only gain what is optional:\n${broken.map((line) => `  ${line}\n`).join('')}`);
  process.exitCode = 1;
} else {
  await write(current);
  await writeFile(join(docs, 'asyncapi.yaml'), asyncApiYaml());
}
