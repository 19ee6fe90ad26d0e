import { randomBytes } from 'node:crypto';

/** ICE credentials of one end. */
export interface Credentials {
  readonly usernameFragment: string;
  readonly password: string;
}

/** Makes credentials of 48 and 144 random bits. @see RFC 8445 § 5.3 */
export const randomCredentials = (): Credentials => ({
  usernameFragment: randomBytes(6).toString('base64'),
  password: randomBytes(18).toString('base64'),
});
