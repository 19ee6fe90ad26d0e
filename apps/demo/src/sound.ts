/** Plays with sound. If the browser blocks sound because the user has not clicked yet, plays muted. */
export async function playWithSound(video: HTMLVideoElement): Promise<void> {
  try {
    await video.play();
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
    video.muted = true;
    await video.play().catch(() => {});
  }
}

/** Shows a stream, with sound where that is allowed. Returns once it plays. */
export async function showStream(video: HTMLVideoElement, stream: MediaStream | undefined): Promise<void> {
  if (video.srcObject === (stream ?? null)) return;
  video.srcObject = stream ?? null;
  if (stream !== undefined) await playWithSound(video);
}
