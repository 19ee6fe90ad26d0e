export { createMedia, type Media, type MediaCounts, type MediaOptions } from './media.ts';
export type { CodecName } from './sdp/codec.ts';
export { fileDescriptors } from './transport/socketBudget.ts';
