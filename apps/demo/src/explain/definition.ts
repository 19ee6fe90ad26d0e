import type { ErrorDefinition } from '@sigchart/core/protocol';

/** Explanation of an error definition in plain words. */
export interface DefinitionText {
  readonly title: string;
  readonly advice: string;
}

/** Every definition this project's server sends. One that is missing here does not compile. */
const texts: Readonly<Record<ErrorDefinition, DefinitionText>> = {
  noStreamNameSpecified: {
    title: 'The stream has no id.',
    advice: 'Type a stream id and start again.',
  },
  invalidStreamName: {
    title: 'This id cannot be used.',
    advice: 'Use letters, digits, hyphens, underscores and dots, no spaces, 255 at most.',
  },
  fieldTooLong: {
    title: 'A text is too long.',
    advice: 'Choose a shorter name, or less data about the stream.',
  },
  invalidMessage: {
    title: 'The server could not read a message.',
    advice: 'Reload the page. If that does not help, report it to the author of the page.',
  },
  no_room_specified: {
    title: 'No room was named.',
    advice: 'Type the name of a room and join again.',
  },
  not_allowed_unregistered_streams: {
    title: 'This server only accepts registered streams.',
    advice: 'Ask the operator of the server to register this id, or use a registered one.',
  },
  unauthorized_access: {
    title: 'The server refused access.',
    advice: 'A valid token for this stream is required. Ask the operator for one and enter it under “More”.',
  },
  no_encoder_settings: {
    title: 'This browser and the server share no video or audio format.',
    advice: 'The server forwards VP8, VP9, H.264, H.265, AV1 and Opus. Try another or a newer browser.',
  },
  no_peer_associated_before: {
    title: 'The server does not know this session.',
    advice: 'It may have been restarted. Stop, then start again.',
  },
  notSetLocalDescription: {
    title: 'The server could not set up its end of the connection.',
    advice: 'Start again. If it happens every time, the log of the server says why.',
  },
  notSetRemoteDescription: {
    title: 'The server could not use what this browser offered.',
    advice: 'Start again. If it happens every time, try another browser, and report a bug.',
  },
  no_stream_exist: {
    title: 'Nobody is publishing this stream right now.',
    advice: 'Check the id, or start to publish it on another page, then press Play again.',
  },
  streamIdInUse: {
    title: 'This id is already being published.',
    advice: 'Choose another id, or wait until the other publisher has stopped.',
  },
  already_publishing: {
    title: 'This page is publishing this stream already.',
    advice: 'You need not do anything: the first one continues.',
  },
  already_playing: {
    title: 'This page is playing this stream already.',
    advice: 'You need not do anything: the first one continues.',
  },
  publishTimeoutError: {
    title: 'Your video did not reach the server in time.',
    advice: 'A firewall may be blocking UDP between you and the server. Try another network, or a TURN server.',
  },
  user_blocked: {
    title: 'You are blocked from this stream for the time being.',
    advice: 'Wait, or ask the operator of the server to lift the block.',
  },
  stream_not_active_or_expired: {
    title: 'This stream is not open at this time.',
    advice: 'It has a planned time. Come back then, or ask the operator of the server.',
  },
  room_not_active_or_expired: {
    title: 'This room is not open at this time.',
    advice: 'It has a planned time. Come back then, or ask the operator of the server.',
  },
  viewerLimitReached: {
    title: 'Viewer limit reached.',
    advice: 'Try again when another viewer has stopped.',
  },
  main_track_has_max_subtrack_count__not_allowed_to_add_more_subtracks: {
    title: 'The room is full.',
    advice: 'Start again when another member has left.',
  },
  data_store_not_available: {
    title: 'The server cannot check your access right now.',
    advice: 'Try again later. The operator finds the cause in the server log.',
  },
  highResourceUsage: {
    title: 'A limit of the server has been reached.',
    advice: 'Stop something else on this page, or try again later.',
  },
  server_error_check_logs: {
    title: 'Something went wrong inside the server.',
    advice: 'Start again. If it happens every time, the operator finds the cause in the server log.',
  },
  NoSpaceForNewPeer: {
    title: 'Two people are in this call already.',
    advice: 'Choose another id for a call of your own.',
  },
};

/** Explanation of a server's `error`. Definitions of other servers are quoted. */
export function explainDefinition(definition: string): DefinitionText {
  if (Object.hasOwn(texts, definition)) return texts[definition as ErrorDefinition];
  return {
    title: `The server refused: “${definition}”.`,
    advice: 'Ask the operator of the server what this means.',
  };
}
