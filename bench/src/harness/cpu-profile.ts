import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { REPOSITORY } from './kith.ts';

type Frame = { readonly functionName: string; readonly url: string; readonly lineNumber: number };
type Profile = {
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame; readonly children?: readonly number[] }[];
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
};

const TOP = 14;

/** Makes V8 sample every process started from now on, and reports later where the time of our services went. */
export function profiling(parent: string, goal: string) {
  const folder = resolve(parent, goal);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  process.env['NODE_OPTIONS'] = `--cpu-prof --cpu-prof-dir=${folder}`;
  let since = 0;
  return {
    /** Leaves out everything before this call, which is the start. The profiles use the same clock. */
    begin() {
      since = Number(process.hrtime.bigint() / 1000n);
    },
    summary: () =>
      readdirSync(folder)
        .map((file) => join(folder, file))
        .flatMap((file) => {
          const profile = JSON.parse(readFileSync(file, 'utf8')) as Profile;
          const main = profile.nodes
            .map(({ callFrame }) => placeOf(callFrame))
            .find((place) => /^apps\/.+main\.ts$/.test(place));
          return main ? [`${main}  (${file})\n${describe(profile, since)}\n`] : [];
        })
        .join('\n'),
  };
}

/** Lists functions by their own time, native ones by their caller; then the same by package. Percentages are of the busy time. */
function describe({ nodes, startTime, samples, timeDeltas }: Profile, since: number): string {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const chainOf = (id: number | undefined): Frame[] =>
    id === undefined ? [] : [frames.get(id)!, ...chainOf(parents.get(id))];

  const [functions, packages] = [new Map<string, number>(), new Map<string, number>()];
  let now = startTime;
  for (const [n, id] of samples.entries()) {
    const time = timeDeltas[n] ?? 0;
    now += time;
    const chain = chainOf(id);
    if (now < since || chain[0]?.functionName === '(idle)') continue;
    const outside = chain.find(({ url }) => url.startsWith('file:'));
    add(functions, chain[0] === outside ? named(outside) : `${named(chain[0])} ← ${named(outside)}`, time);
    add(packages, outside ? packageOf(placeOf(outside)) : named(chain[0]), time);
  }
  return `${topOf(functions)}\n  by package:\n${topOf(packages)}`;
}

const add = (times: Map<string, number>, name: string, time: number) => times.set(name, (times.get(name) ?? 0) + time);

function topOf(times: ReadonlyMap<string, number>): string {
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, TOP)
    .map(([name, time]) => `  ${((time / total) * 100).toFixed(1).padStart(5)} %  ${name}`)
    .join('\n');
}

const named = (frame: Frame | undefined) =>
  frame
    ? `${frame.functionName || '(anonymous)'} ${placeOf(frame)}${frame.url ? `:${frame.lineNumber + 1}` : ''}`.trim()
    : '(node)';

const placeOf = ({ url }: Frame) => (url.startsWith('file:') ? relative(REPOSITORY, fileURLToPath(url)) : url);

const packageOf = (place: string) =>
  /^node_modules\/(?:@[^/]+\/)?[^/]+|^(?:apps|packages)\/[^/]+/.exec(place)?.[0] ?? place;
