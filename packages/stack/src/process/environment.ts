/** What a program needs to run at all. */
const PLAIN = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LANGUAGE', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR'];
const JAVA = [...PLAIN, 'JAVA_HOME', 'JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS'];
const PROXIES = ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]);
/** Profilers and debuggers are set up by the first, a company's certificates by the second. */
const NODE = [...PLAIN, 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'];

// The environment of `npm start` holds keys and whatever else a shell has, and everything that runs as the same user can read it in /proc:
// a child is handed these variables, and no others.
export const plainEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => only(PLAIN, env);
export const javaEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => only(JAVA, env);
export const nodeEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => only(NODE, env);

/** What a `settings.xml` refers to may be called `MAVEN_…`. */
export const mavenEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  only([...JAVA, ...PROXIES, ...Object.keys(env).filter((name) => /^(MAVEN|M2)_/.test(name))], env);

/** Those of the named variables that are set. */
export const only = (names: readonly string[], env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
