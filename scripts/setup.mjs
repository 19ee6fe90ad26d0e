// What `npm start` and `npm test` need and a fresh clone lacks. Plain JavaScript on any Node ≥ 20, with nothing installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The tools of the workspace come first, the pinned Node among them. */
const environment = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, env: environment, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) {
    process.stderr.write(`\n${command} ${args.join(' ')} failed.\n`);
    process.exit(status ?? 1);
  }
}

/** Installs the dependencies, unless those of this lockfile are there. */
export function installDependencies() {
  const stamp = join(root, 'node_modules', '.installed-lockfile');
  const lockfile = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfile) return;
  run('npx', ['--yes', packageManager, 'install', '--frozen-lockfile', '--loglevel=error']);
  writeFileSync(stamp, lockfile);
}

/** Installs Debian packages that are missing, each known by a file it brings. */
export function installPackages(packages) {
  const missing = Object.entries(packages).flatMap(([name, file]) => (existsSync(file) ? [] : [name]));
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    process.stderr.write(`The tests need ${missing.join(' ')}: install them, then run the tests again.\n`);
    process.exit(1);
  }
  run('apt-get', ['update', '-q']);
  run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...missing]);
}

/** Builds packages or apps of the workspace, and what they depend on. */
export function build(...names) {
  run('turbo', ['run', 'build', '--output-logs=errors-only', ...names.map((name) => `--filter=${name}`)]);
}

/** Interval at which the end of npm is checked. Milliseconds. */
const lookMs = 250;

/** The shell that npm runs this in, when it does. */
// biome-ignore lint/suspicious/noUndeclaredEnvVars: npm sets it, and no task of turbo reads it
const npmShell = process.env.npm_lifecycle_event === undefined ? undefined : process.ppid;

/** Becomes another program: its output, its signals, its exit code. */
export function become(command, args) {
  const child = spawn(command, args, { cwd: root, env: environment, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // npm passes a signal on to its shell, which ends without passing it on: all that is left to notice is a new parent.
  if (npmShell !== undefined)
    setInterval(() => {
      if (process.ppid !== npmShell) child.kill('SIGTERM');
    }, lookMs).unref();
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 0)));
}

/** Runs a program to its end and returns its exit code. */
export const codeOf = (command, args) =>
  spawnSync(command, args, { cwd: root, env: environment, stdio: 'inherit' }).status ?? 1;

/** A file of the workspace. */
export const file = (...segments) => join(root, ...segments);
