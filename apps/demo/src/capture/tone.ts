/** A tone that runs. */
export interface Tone {
  readonly track: MediaStreamTrack | undefined;
  close(): void;
}

const toneMs = 90;
const hertz = 880;

/** One second of sound: a short soft tone, then silence. */
function second(context: AudioContext): AudioBuffer {
  const buffer = context.createBuffer(1, context.sampleRate, context.sampleRate);
  const samples = buffer.getChannelData(0);
  const length = (context.sampleRate * toneMs) / 1000;
  for (let index = 0; index < length; index += 1) {
    const envelope = Math.sin((Math.PI * index) / length) ** 2;
    samples[index] = 0.25 * envelope * Math.sin((2 * Math.PI * hertz * index) / context.sampleRate);
  }
  return buffer;
}

/** Makes a tone at every full second. */
export function openTone(): Tone {
  const context = new AudioContext();
  const destination = context.createMediaStreamDestination();
  const source = new AudioBufferSourceNode(context, { buffer: second(context), loop: true });
  source.connect(destination);
  source.start(context.currentTime + (1000 - (Date.now() % 1000)) / 1000);
  // A page that starts automatically has no sound until the user clicks.
  const resume = () => void context.resume();
  document.addEventListener('pointerdown', resume);
  document.addEventListener('keydown', resume);
  return {
    track: destination.stream.getAudioTracks()[0],
    close() {
      document.removeEventListener('pointerdown', resume);
      document.removeEventListener('keydown', resume);
      void context.close();
    },
  };
}
