import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { cacheFolder } from '../files/cache-folder.ts';
import { javaEnvironment, mavenEnvironment } from '../process/environment.ts';
import { exists, writeWhole } from '../files/files.ts';
import type { KafkaOptions } from '../process/way.ts';
import { runProgram } from '../process/run-program.ts';

const POM = join(import.meta.dirname, '../../kafka/pom.xml');
const OLDEST_JAVA = 17;

/** The files to run Kafka from its jars. */
export type KafkaJars = {
  readonly classPath: string;
  /** Kafka's classes in the JVM's own form (AppCDS), written by the first stop. A start takes 0.9 s instead of 1.5 s. */
  readonly archive: string;
};

/** The jars, or the reason why they are missing. The first call on a machine fetches them. */
export async function kafkaJars(options: KafkaOptions): Promise<KafkaJars | { reason: string }> {
  const { env = process.env } = options;
  const java = await javaVersion(env);
  if (!java) return { reason: `there is no java: install Java ${OLDEST_JAVA} or newer (a JRE will do)` };
  if (java.major < OLDEST_JAVA) {
    return { reason: `Java ${java.major} is too old: install Java ${OLDEST_JAVA} or newer (a JRE will do)` };
  }
  const cache = cacheFolder(env);
  // Another pom names other jars, and another Java cannot read the archive.
  const key = createHash('sha256')
    .update(await readFile(POM))
    .update(java.full)
    .digest('hex')
    .slice(0, 12);
  const remembered = join(cache, `kafka-${key}.classpath`);
  const archive = join(cache, `kafka-${key}.jsa`);

  const classPath = await readClassPath(remembered);
  if (classPath) return { classPath, archive };

  await mkdir(cache, { recursive: true });
  await rm(archive, { force: true });
  const failure = await fetchJars(`${remembered}.${process.pid}`, options);
  if (failure) return failure;
  const fetched = await readFile(`${remembered}.${process.pid}`, 'utf8');
  await rm(`${remembered}.${process.pid}`);
  await writeWhole(remembered, fetched);
  return { classPath: fetched, archive };
}

/** The class path of an earlier start, if none of its jars has been removed since. */
async function readClassPath(file: string): Promise<string | undefined> {
  if (!(await exists(file))) return undefined;
  const classPath = await readFile(file, 'utf8');
  const present = await Promise.all(classPath.split(delimiter).map(exists));
  return present.every(Boolean) ? classPath : undefined;
}

async function fetchJars(
  outputFile: string,
  { env = process.env, log, signal }: KafkaOptions,
): Promise<{ reason: string } | undefined> {
  log('Kafka: fetching its jars with Maven, once (43 MB)');
  try {
    await runProgram(
      'mvn',
      ['--batch-mode', '--quiet', '--file', POM, 'dependency:build-classpath', `-Dmdep.outputFile=${outputFile}`],
      { env: mavenEnvironment(env), ...(signal && { signal }) },
    );
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    if (codeOf(error) === 'ENOENT') return { reason: 'there is no mvn: install Apache Maven' };
    const output = Error.isError(error) && 'stdout' in error ? String(error.stdout) : String(error);
    const because = /^\[ERROR\] (.+)$/m.exec(output)?.[1] ?? output.trim();
    return {
      reason: `Maven could not fetch Kafka's jars; check the network and start again; the jars fetched so far are kept. Maven said: ${because}`,
    };
  }
}

async function javaVersion(env: NodeJS.ProcessEnv): Promise<{ major: number; full: string } | undefined> {
  try {
    const { stderr } = await runProgram('java', ['-version'], { env: javaEnvironment(env) });
    // "17.0.15", "25"; before Java 9 "1.8.0_402".
    const version = /version "(?:1\.)?(\d+)/.exec(stderr);
    // The JVM also prints the options that it picks up from the environment.
    const full = stderr.replaceAll(/^Picked up .*\n/gm, '');
    return { major: Number(version?.[1]), full };
  } catch {
    return undefined;
  }
}

const codeOf = (error: unknown) => (Error.isError(error) && 'code' in error ? error.code : undefined);
