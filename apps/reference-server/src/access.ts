import { randomBytes } from 'node:crypto';
import type { Configuration } from './configuration.ts';

/** What opens the REST API and the inspector. */
export interface Access {
  readonly restKeys: readonly string[];
  readonly restJwtSecret: string | undefined;
  readonly inspectorToken: string;
  /** A key that was made up at the start, since none is configured for one of the two; nobody knows it who is not told. */
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
