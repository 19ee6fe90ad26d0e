import type * as v from 'valibot';
import { getRoomInfo, joinRoom, leaveFromRoom, roomInformation } from './conference.ts';
import { error } from './error.ts';
import { takeCandidate, takeConfiguration } from './negotiation.ts';
import type { notifications } from './notification.ts';
import { join, leave, peerMessageCommand } from './peer.ts';
import {
  assignVideoTrackCommand,
  enableTrack,
  forceStreamQuality,
  getBroadcastObject,
  getDebugInfo,
  getStreamInfo,
  getSubscriberCount,
  getSubscribers,
  getSubtracks,
  getSubtracksCount,
  getTrackList,
  getVideoTrackAssignmentsCommand,
  play,
  setMaxVideoTrackCountCommand,
  streamInformation,
  toggleAudio,
  toggleVideo,
  trackList,
  updateVideoTrackAssignmentsCommand,
} from './play.ts';
import { publish, start, stop, updateStreamMetaData } from './publish.ts';
import {
  getIceServerConfig,
  iceServerConfig,
  ping,
  pong,
  registerPushNotificationToken,
  sendPushNotification,
} from './session.ts';

/** Messages of a client, by command. */
export const clientMessages = {
  publish,
  play,
  stop,
  takeConfiguration,
  takeCandidate,
  join,
  leave,
  peerMessageCommand,
  joinRoom,
  leaveFromRoom,
  getRoomInfo,
  getStreamInfo,
  getTrackList,
  enableTrack,
  toggleVideo,
  toggleAudio,
  getVideoTrackAssignmentsCommand,
  assignVideoTrackCommand,
  updateVideoTrackAssignmentsCommand,
  setMaxVideoTrackCountCommand,
  forceStreamQuality,
  updateStreamMetaData,
  getBroadcastObject,
  getSubtracks,
  getSubtracksCount,
  getSubscriberCount,
  getSubscribers,
  getDebugInfo,
  registerPushNotificationToken,
  sendPushNotification,
  ping,
  getIceServerConfig,
};

/** Messages of a server other than notifications, by command. */
export const serverMessages = {
  start,
  stop,
  takeConfiguration,
  takeCandidate,
  error,
  peerMessageCommand,
  streamInformation,
  roomInformation,
  trackList,
  iceServerConfig,
  pong,
};

/** The name of what a client may say. */
export type ClientCommand = keyof typeof clientMessages;

/** A message from a client to a server. */
export type ClientMessage = v.InferOutput<(typeof clientMessages)[ClientCommand]>;

/** A notification from a server. */
export type Notification = v.InferOutput<(typeof notifications)[keyof typeof notifications]>;

/** A message from a server to a client. */
export type ServerMessage = v.InferOutput<(typeof serverMessages)[keyof typeof serverMessages]> | Notification;

/** A message that says something of a room without being in it. */
export type RoomMessage = Extract<ClientMessage, { readonly command: 'joinRoom' | 'leaveFromRoom' | 'getRoomInfo' }>;
