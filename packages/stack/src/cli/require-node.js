// This file is plain JavaScript and `node --import` loads it before the first TypeScript file. An older Node.js would only
// report ERR_UNKNOWN_FILE_EXTENSION. npm installs Node.js too, unless optional dependencies are left out.
const OLDEST = [24, 12];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(
    `Kith needs Node.js ${OLDEST.join('.')} or newer; this is ${process.versions.node}. ` +
      'Run `npm ci` (without --omit=optional), which installs it, or install Node.js 24 yourself.\n',
  );
  process.exit(1);
}
