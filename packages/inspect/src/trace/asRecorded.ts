import { plainWith } from './plain.ts';
import { type SecretOptions, secrets } from './secret.ts';

/**
 * A value as a recorder writes it: JSON, without secrets, what is no plain object as its name in brackets. What was recorded
 * is compared with what is now by this.
 */
export const asRecorded = (value: unknown, options?: SecretOptions): unknown => plainWith(secrets(options))(value);
