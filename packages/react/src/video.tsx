import { type ComponentPropsWithoutRef, forwardRef, useEffect, useImperativeHandle, useRef } from 'react';

/** Props of {@link Video}: those of `<video>`, and the stream. */
export interface VideoProps extends Omit<ComponentPropsWithoutRef<'video'>, 'src' | 'children'> {
  /** Stream to show; `undefined` or `null` for none. Nothing yet: `undefined` or `null`. */
  readonly stream: MediaStream | null | undefined;
  /**
   * Called when the browser blocks sound because the user has not touched the page yet. The video plays muted; call `unmute` in a
   * click handler.
   */
  readonly onSoundBlocked?: (unmute: () => void) => void;
}

/**
 * A `<video>` that shows a `MediaStream` and starts automatically, muted if the browser blocks sound. With `autoPlay={false}`,
 * you start it.
 *
 * @example
 * <Video stream={camera} muted style={{ transform: 'scaleX(-1)' }} />
 */
export const Video = forwardRef<HTMLVideoElement, VideoProps>(function Video(
  { stream, autoPlay = true, playsInline = true, onSoundBlocked, ...rest },
  ref,
) {
  const own = useRef<HTMLVideoElement>(null);
  useImperativeHandle(ref, () => own.current as HTMLVideoElement);
  const soundBlocked = useRef(onSoundBlocked);
  useEffect(() => {
    soundBlocked.current = onSoundBlocked;
  });
  useEffect(() => {
    const video = own.current;
    if (video === null) return;
    if (video.srcObject !== (stream ?? null)) video.srcObject = stream ?? null;
    if (!stream || !autoPlay) return;
    video.play().catch(({ name }: Error) => {
      // Any other error: another stream has replaced this one.
      if (name !== 'NotAllowedError' || video.muted) return;
      video.muted = true;
      video.play().catch(() => {});
      soundBlocked.current?.(() => {
        video.muted = false;
      });
    });
  }, [stream, autoPlay]);
  return <video {...rest} ref={own} playsInline={playsInline} />;
});
