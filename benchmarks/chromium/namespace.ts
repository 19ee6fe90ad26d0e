import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The address of this machine in the network of the namespaces. */
export const bridgeAddress = '10.77.0.1';

const bridge = 'sigchart';

const ip = (...args: readonly string[]) => run('ip', ...args);

function run(program: string, ...args: readonly string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** A network namespace behind a link of its own, which programs are started in. */
export interface Namespace {
  /** A program that starts another in the namespace, with the arguments it is given. */
  readonly program: string;
  /** Limits the incoming bandwidth: kbit/s with a queue of 300 ms; `undefined` lifts the limit. */
  limit(kbps: number | undefined): void;
  /** Drops a share of the incoming UDP datagrams. */
  lose(share: number): void;
  close(): void;
}

/** A network of namespaces, and of this machine. */
export interface Network {
  namespace(name: string, program: string): Namespace;
  close(): void;
}

/** Makes a network. Throws where that is not permitted: it takes root, `iproute2`, `nftables`, and `tbf` in the kernel. */
export function createNetwork(): Network {
  const folder = mkdtempSync(join(tmpdir(), 'sigchart-links-'));
  ip('link', 'add', bridge, 'type', 'bridge');
  ip('address', 'add', `${bridgeAddress}/24`, 'dev', bridge);
  ip('link', 'set', bridge, 'up');
  let host = 1;
  return {
    namespace(name, program) {
      host += 1;
      const namespace = `${bridge}-${name}`;
      const [outside, inside] = [`sc-${name}`, `sc-${name}-in`];
      const within = (...args: readonly string[]) => ip('netns', 'exec', namespace, ...args);
      ip('netns', 'add', namespace);
      ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', inside, 'netns', namespace);
      ip('link', 'set', outside, 'master', bridge, 'up');
      within('ip', 'address', 'add', `10.77.0.${host}/24`, 'dev', inside);
      for (const device of ['lo', inside]) within('ip', 'link', 'set', device, 'up');
      // Chromium gathers no candidates without a default route.
      within('ip', 'route', 'add', 'default', 'via', bridgeAddress);
      const starter = join(folder, name);
      writeFileSync(starter, `#!/bin/sh\nexec ip netns exec ${namespace} ${program} "$@"\n`, { mode: 0o755 });
      return {
        program: starter,
        limit(kbps) {
          const change =
            kbps === undefined ? ['noqueue'] : ['tbf', 'rate', `${kbps}kbit`, 'burst', '4kb', 'latency', '300ms'];
          run('tc', 'qdisc', 'replace', 'dev', outside, 'root', ...change);
        },
        lose(share) {
          within('nft', 'add table inet links { chain in { type filter hook input priority 0 ; } ; }');
          within('nft', `add rule inet links in udp dport > 0 numgen random mod 1000 < ${1000 * share} drop`);
        },
        close: () => ip('netns', 'delete', namespace),
      };
    },
    close() {
      ip('link', 'delete', bridge);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
