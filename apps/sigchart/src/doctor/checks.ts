import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { createServer, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { RTCPeerConnection } from 'werift';
import { type Finding, fine, warning, wrong } from './finding.ts';

/** Input of `doctor`: the options that the server would be started with. */
export interface DoctorRequest {
  readonly port: number;
  readonly mediaPorts?: readonly [number, number];
  readonly announcedAddress?: string;
  readonly iceServers: readonly { readonly urls: string; readonly username?: string; readonly credential?: string }[];
  readonly tlsCertificate?: string;
  readonly tlsKey?: string;
  /** Milliseconds until a TURN server must have answered. */
  readonly timeout: number;
}

const ownAddresses = () =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address);

/** Addresses that cannot be reached from the internet. @see RFC 1918, RFC 4193, RFC 6598, RFC 3927, RFC 4291 § 2.5.6 */
const isPrivate = (address: string) =>
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.|127\.|f[cd]|fe80|::1$)/i.test(
    address,
  );

/** Checks the version of Node that runs this. */
export function checkNode(version = process.versions.node): Finding {
  const major = Number(version.split('.')[0]);
  if (major < 22) return wrong('Node', version, 'Install Node 22 or later.');
  return fine('Node', version);
}

/** Checks that a TCP port can be listened on. */
export function checkPort(port: number): Promise<Finding> {
  const subject = `TCP port ${port}`;
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EACCES')
        resolve(wrong(subject, 'may not be used by this user', 'Choose a port from 1024 up, or use a proxy.'));
      else
        resolve(wrong(subject, `cannot be used (${code})`, 'Stop what listens there, or choose another with --port.'));
    });
    server.listen(port, () => server.close(() => resolve(fine(subject, 'is free'))));
  });
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind(port, () => socket.close(() => resolve(true)));
  });

/** Number of ports below which most deployments run out: a publisher or player uses one for each address family. */
const enoughPorts = 100;

/** Checks the UDP ports of media. */
export async function checkMediaPorts(range: DoctorRequest['mediaPorts']): Promise<Finding> {
  const subject = 'UDP ports of media';
  if (range === undefined)
    return warning(subject, 'any', 'Behind a firewall, name a range with --media-ports and open it for UDP.');
  const [first, last] = range;
  const all = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const sample = all.filter((_, index) => index % Math.ceil(all.length / 200) === 0);
  const free = (await Promise.all(sample.map(isFree))).filter(Boolean).length;
  if (free === 0) return wrong(subject, `${first}-${last}: none is free`, 'Choose another range with --media-ports.');
  const count = Math.round((free / sample.length) * all.length);
  const found = `${first}-${last}: about ${count} of ${all.length} are free`;
  if (count < enoughPorts)
    return warning(subject, found, 'Each publisher and player takes one for each address: make the range larger.');
  return fine(subject, found);
}

/** Checks the address at which clients reach media. */
export async function checkAddress(
  announced: string | undefined,
  own: readonly string[] = ownAddresses(),
): Promise<Finding> {
  const subject = 'Address of media';
  if (announced === undefined) {
    const listed = own.length === 0 ? 'only this machine' : own.join(', ');
    if (own.some((address) => !isPrivate(address))) return fine(subject, listed);
    return warning(
      subject,
      `${listed}: private`,
      'Clients of other networks need the public address, with --announced-address.',
    );
  }
  const names = announced.split(',').filter((name) => name !== '');
  const addresses = (
    await Promise.all(
      names.map((name) =>
        isIP(name)
          ? [name]
          : lookup(name, { all: true }).then(
              (found) => found.map(({ address }) => address),
              () => [],
            ),
      ),
    )
  ).flat();
  if (addresses.length === 0) return wrong(subject, `${announced} has no address`, 'Correct --announced-address.');
  const found = names.every((name) => addresses.includes(name)) ? announced : `${announced} (${addresses.join(', ')})`;
  if (addresses.every(isPrivate))
    return warning(subject, `${found}: private`, 'Only clients of this network reach it. Announce the public address.');
  if (addresses.some((address) => own.includes(address))) return fine(subject, found);
  return warning(
    subject,
    `${found}: not of this machine`,
    'Let the NAT in front forward the UDP ports of media to this machine, each to the same port.',
  );
}

/** Checks that a STUN or TURN server answers with a candidate. */
export async function checkIceServer(server: DoctorRequest['iceServers'][number], timeoutMs: number): Promise<Finding> {
  const isTurn = server.urls.startsWith('turn');
  const subject = isTurn ? `TURN server ${server.urls}` : `STUN server ${server.urls}`;
  const wanted = isTurn ? 'relay' : 'srflx';
  const connection = new RTCPeerConnection({ iceServers: [{ ...server }] });
  try {
    connection.createDataChannel('probe');
    const found = new Promise<string | undefined>((resolve) => {
      connection.onIceCandidate.subscribe((candidate) => {
        if (candidate === undefined || candidate === null) return;
        const { candidate: line } = candidate.toJSON();
        if (line?.includes(` typ ${wanted}`)) resolve(line.split(' ')[4]);
      });
      setTimeout(() => resolve(undefined), timeoutMs).unref();
    });
    void connection.createOffer().then((offer) => connection.setLocalDescription(offer));
    const address = await found;
    if (address !== undefined) return fine(subject, `gives ${address}`);
    return wrong(
      subject,
      `gives no address within ${timeoutMs} ms`,
      isTurn
        ? 'Check its address, that UDP reaches it, and the user name and credential.'
        : 'Check its address, and that UDP reaches it.',
    );
  } finally {
    await connection.close();
  }
}

/** Checks that certificate and key belong together and are valid. */
export function checkTls(certificateFile: string | undefined, keyFile: string | undefined, now = new Date()): Finding {
  const subject = 'TLS';
  if (certificateFile === undefined && keyFile === undefined)
    return warning(
      subject,
      'none',
      'Browsers give camera and microphone to https: pages and localhost only. Use --tls-certificate and --tls-key, or a proxy.',
    );
  if (certificateFile === undefined || keyFile === undefined)
    return wrong(subject, 'one of two files', 'Give both --tls-certificate and --tls-key.');
  try {
    const certificate = new X509Certificate(readFileSync(certificateFile));
    if (!certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile))))
      return wrong(
        subject,
        'the key is not that of the certificate',
        'Give the key that the certificate was made for.',
      );
    const names = certificate.subjectAltName ?? certificate.subject;
    const { validToDate, validFromDate } = certificate;
    if (now < validFromDate || now > validToDate)
      return wrong(
        subject,
        `${names}: valid from ${certificate.validFrom} to ${certificate.validTo}`,
        'Renew the certificate.',
      );
    const days = Math.floor((validToDate.getTime() - now.getTime()) / 86_400_000);
    if (days < 14) return warning(subject, `${names}: expires in ${days} days`, 'Renew the certificate.');
    return fine(subject, `${names}, until ${certificate.validTo}`);
  } catch (error) {
    return wrong(subject, (error as Error).message, 'Give PEM files that this user may read.');
  }
}

/** Sockets that a server of moderate size needs: one for each WebSocket and for each publisher and player. */
const enoughFiles = 4_096;

/** Checks how many files and sockets a process may have open. Linux only; elsewhere there is nothing to say. */
export function checkOpenFiles(limits = readLimits()): Finding | undefined {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  if (soft === undefined) return undefined;
  if (soft !== 'unlimited' && Number(soft) < enoughFiles)
    return warning(
      'Open files',
      `at most ${soft}`,
      `Each client takes two or more: raise it (ulimit -n ${enoughFiles}).`,
    );
  return fine('Open files', `at most ${soft}`);
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}

/** Everything that can be checked before the server runs. */
export async function doctor(request: DoctorRequest): Promise<readonly Finding[]> {
  const { port, mediaPorts, announcedAddress, iceServers, tlsCertificate, tlsKey, timeout } = request;
  const openFiles = checkOpenFiles();
  return [
    checkNode(),
    await checkPort(port),
    await checkMediaPorts(mediaPorts),
    await checkAddress(announcedAddress),
    ...(await Promise.all(iceServers.map((server) => checkIceServer(server, timeout)))),
    ...(iceServers.some(({ urls }) => urls.startsWith('turn'))
      ? []
      : [
          warning(
            'TURN',
            'none',
            'Clients whose network blocks UDP to this server cannot connect. Add a TURN server with --ice-servers.',
          ),
        ]),
    checkTls(tlsCertificate, tlsKey),
    ...(openFiles === undefined ? [] : [openFiles]),
  ];
}
