/** Variables that every program needs. */
const PLAIN = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LANGUAGE', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR'];
const JAVA = [...PLAIN, 'JAVA_HOME', 'JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS'];
const PROXIES = ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]);
/** The first of the two sets up profilers and debuggers, the second a company's certificates. */
const NODE = [...PLAIN, 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'];

// The environment of `npm start` holds keys and the shell's own secrets, and every process of the same user can read it in /proc.
// So a child gets these variables and no others.
export const plainEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => only(PLAIN, env);
export const javaEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => only(JAVA, env);
export const nodeEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => only(NODE, env);

/** A `settings.xml` may refer to variables called `MAVEN_…`. */
export const mavenEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  only([...JAVA, ...PROXIES, ...Object.keys(env).filter((name) => /^(MAVEN|M2)_/.test(name))], env);

/** Selects the named variables that are set. */
export const only = (names: readonly string[], env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
