import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';

function distribution(): string {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? type();
  } catch {
    return type();
  }
}

/** Machine and date of a benchmark, in one line. */
export function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const date = new Date().toISOString().slice(0, 10);
  return `${cpu?.model.trim()}, ${cpus().length} cores, ${memory} GiB · ${distribution()}, ${type()} ${release()} · Node ${process.versions.node} · ${date}`;
}
