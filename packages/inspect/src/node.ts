export type { AdmissionOptions } from './node/admission.ts';
export { type ServedFeed, type ServeFeedOptions, serveFeed } from './node/serveFeed.ts';
