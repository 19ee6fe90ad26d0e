import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';

/** The PEM files of a certificate. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Interval at which the files are checked. Milliseconds. Links are followed, so that every way of renewing them is detected. */
const lookMs = 2_000;

/**
 * Reads a certificate and its key.
 *
 * @throws {Error} when one cannot be read, is no PEM, or belongs to another.
 */
export function readCertificate({ certificate, key }: CertificateFiles) {
  const pem = (file: string) => {
    try {
      return readFileSync(file);
    } catch (error) {
      throw new Error(`cannot read "${file}" (${(error as NodeJS.ErrnoException).code})`);
    }
  };
  const read = { cert: pem(certificate), key: pem(key) };
  try {
    createSecureContext(read);
  } catch (error) {
    throw new Error(`"${certificate}" and "${key}" are not a certificate and its key: ${(error as Error).message}`);
  }
  return read;
}

/**
 * Makes servers read a certificate again when its files change, and on `reload`. Open connections continue. If the files do not
 * match, as during a renewal, the previous certificate stays.
 */
export function renewCertificate(
  files: CertificateFiles,
  servers: readonly Server[],
  renewed: (error?: unknown) => void,
): { reload(): void; close(): void } {
  const reload = () => {
    try {
      const read = readCertificate(files);
      for (const server of servers) server.setSecureContext(read);
      renewed();
    } catch (error) {
      renewed(error);
    }
  };
  const watched = [files.certificate, files.key];
  for (const file of watched) watchFile(file, { interval: lookMs, persistent: false }, reload);
  return {
    reload,
    close() {
      for (const file of watched) unwatchFile(file, reload);
    },
  };
}
