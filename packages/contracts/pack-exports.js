// Run as `node pack-exports.js dist|src`: a packed package exports JavaScript, as Node strips no types under node_modules.
import { readFileSync, writeFileSync } from 'node:fs';

const [, , to] = process.argv;
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
for (const [subpath, target] of Object.entries(manifest.exports)) {
  const file = (target.default ?? target).replace(/^\.\/(src|dist)\//, '').replace(/\.(ts|js)$/, '');
  manifest.exports[subpath] =
    to === 'dist' ? { types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` } : `./src/${file}.ts`;
}
writeFileSync('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
