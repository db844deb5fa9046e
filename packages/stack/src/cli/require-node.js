// Plain JavaScript, loaded by `node --import` before the first TypeScript file: an older Node.js could only say
// ERR_UNKNOWN_FILE_EXTENSION. npm brings Node.js along unless optional dependencies were left out.
const OLDEST = [24, 12];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(
    `Kith needs Node.js ${OLDEST.join('.')} or newer; this is ${process.versions.node}. ` +
      'Run `npm ci` (without --omit=optional), which brings it along, or install Node.js 24.\n',
  );
  process.exit(1);
}
