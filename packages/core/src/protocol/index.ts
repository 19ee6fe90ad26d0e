export { type Broadcast, broadcast, broadcastStatus } from './broadcast.ts';
export * from './decode.ts';
export { encode } from './encode.ts';
export { type ErrorDefinition, type ErrorEntry, errors } from './error.ts';
export { type EndReason, maxLengths } from './field.ts';
export {
  type ClientCommand,
  type ClientMessage,
  clientMessages,
  type Notification,
  type RoomMessage,
  type ServerMessage,
  serverMessages,
} from './message.ts';
export { type NotificationDefinition, notifications } from './notification.ts';
