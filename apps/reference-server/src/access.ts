import { randomBytes } from 'node:crypto';
import type { Configuration } from './configuration.ts';

/** Credentials for the REST API and the inspector. */
export interface Access {
  readonly restKeys: readonly string[];
  readonly restJwtSecret: string | undefined;
  readonly inspectorToken: string;
  /** The key that was generated at the start, because none is configured for one of the two. */
  readonly madeUp: string | undefined;
}

/** Reads what opens the REST API and the inspector, and makes up what is not configured. */
export function accessOf({ restKeys, restJwtSecret, inspectorToken }: Configuration): Access {
  const isRestOpen = restKeys !== undefined || restJwtSecret !== undefined;
  const madeUp = isRestOpen && inspectorToken !== undefined ? undefined : randomBytes(24).toString('base64url');
  return {
    restKeys: restKeys ?? (isRestOpen || madeUp === undefined ? [] : [madeUp]),
    restJwtSecret,
    inspectorToken: inspectorToken ?? madeUp ?? '',
    madeUp,
  };
}
