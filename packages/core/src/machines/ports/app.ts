/** A message of the other peer's application, for the own. Performed by `@sigchart/browser`. */
export interface AppNotifyEffect {
  readonly type: 'app.notify';
  readonly definition: string | undefined;
  readonly data: unknown;
}

/** Request of a client's application. */
export type AppEvent =
  | ({ readonly type: 'app.publish' } & PublishRequest)
  | ({ readonly type: 'app.play' } & PlayRequest)
  | ({ readonly type: 'app.join' } & JoinRequest)
  | ({ readonly type: 'app.enter' } & EnterRequest)
  /** A message of the application for the other peer of a call. */
  | { readonly type: 'app.send'; readonly definition?: string | undefined; readonly data?: unknown }
  /** The largest height to be sent of a track, or without `trackId` of all. 0: the server chooses. */
  | { readonly type: 'app.prefer'; readonly height: number; readonly trackId?: string | undefined }
  | { readonly type: 'app.open' }
  /** The application will not run for a while, and no socket may stay open meanwhile. */
  | { readonly type: 'app.suspend' }
  /** The application runs again, or has reason to believe that the network has changed. */
  | { readonly type: 'app.resume' }
  | { readonly type: 'app.stop' }
  | { readonly type: 'app.close' };

/** Parameters of an application's stream; the rest of `publish` follows the protocol. */
export interface PublishRequest {
  readonly streamId: string;
  readonly token?: string | undefined;
  readonly video?: boolean | undefined;
  readonly audio?: boolean | undefined;
  readonly subscriberId?: string | undefined;
  readonly subscriberCode?: string | undefined;
  readonly streamName?: string | undefined;
  readonly mainTrack?: string | undefined;
  readonly metaData?: string | undefined;
}

/** Parameters of an application's player. */
export interface PlayRequest {
  readonly streamId: string;
  readonly token?: string | undefined;
  readonly room?: string | undefined;
  readonly trackList?: readonly string[] | undefined;
  readonly subscriberId?: string | undefined;
  readonly subscriberCode?: string | undefined;
}

/** Parameters of an application's call. */
export interface JoinRequest {
  readonly streamId: string;
  readonly token?: string | undefined;
}

/** Parameters of an application's room. */
export interface EnterRequest {
  readonly room: string;
  /** The stream id to publish under. Default one that the server gives. */
  readonly streamId?: string | undefined;
  /** True to publish, or only to watch. Default `true`. */
  readonly publish?: boolean | undefined;
  readonly token?: string | undefined;
  /** A name to show to the others. */
  readonly streamName?: string | undefined;
  readonly metaData?: string | undefined;
}
