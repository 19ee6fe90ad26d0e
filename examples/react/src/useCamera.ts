import { useEffect, useState } from 'react';

/** Camera and microphone while the component is mounted, or the error. */
export function useCamera(): { readonly stream: MediaStream | undefined; readonly error: string | undefined } {
  const [stream, setStream] = useState<MediaStream>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    let isMounted = true;
    let opened: MediaStream | undefined;
    const stop = () => {
      for (const track of opened?.getTracks() ?? []) track.stop();
    };
    navigator.mediaDevices.getUserMedia({ video: true, audio: true }).then(
      (media) => {
        opened = media;
        if (isMounted) setStream(media);
        else stop();
      },
      ({ message }: Error) => isMounted && setError(message),
    );
    return () => {
      isMounted = false;
      stop();
    };
  }, []);
  return { stream, error };
}
