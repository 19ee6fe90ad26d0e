import { explainCapture, explainCaptureEnd } from '../explain/capture.ts';
import type { Explanation } from '../explain/explanation.ts';
import { openSource, type PictureSize, type Source, type SourceKind, sourceKinds } from './source.ts';

/** What was chosen, and runs. */
export interface Chosen extends Source {
  readonly kind: SourceKind;
}

/** How a source is chosen. */
export interface ChoiceOptions {
  /** What the page's address says. */
  readonly given: string | undefined;
  readonly size?: PictureSize;
  /** Hears that the source has ended by itself, and why. */
  readonly lost: (explanation: Explanation) => void;
}

/** Offers the sources as the page's radio buttons. Returns how to open the chosen one, or why that cannot be. */
export function offerSources({ given, size, lost }: ChoiceOptions): () => Promise<Chosen | Explanation> {
  const radios = [...document.querySelectorAll<HTMLInputElement>('[name=source]')];
  const preset = sourceKinds.find((kind) => kind === given) ?? 'camera';
  for (const radio of radios) radio.checked = radio.value === preset;

  return async () => {
    // Read from the radio buttons, since a form leaves out what is disabled.
    const checked = radios.find((radio) => radio.checked)?.value;
    const kind = sourceKinds.find((each) => each === checked) ?? 'camera';
    try {
      const { stream, close } = await openSource(kind, size);
      const ended = () => lost(explainCaptureEnd(kind));
      for (const track of stream.getTracks()) track.addEventListener('ended', ended);
      return {
        kind,
        stream,
        close() {
          for (const track of stream.getTracks()) track.removeEventListener('ended', ended);
          close();
        },
      };
    } catch (error) {
      return explainCapture(kind, error instanceof Error ? error.name : String(error), isSecureContext);
    }
  };
}

/** Shows in a frame what is sent. Returns how to end that. */
export function preview(frame: HTMLElement, video: HTMLVideoElement, { kind, stream }: Chosen): () => void {
  video.srcObject = stream;
  frame.dataset.source = kind;
  frame.classList.add('filled');
  return () => {
    // A start that was called off may end while the next one is shown.
    if (video.srcObject !== stream) return;
    video.srcObject = null;
    frame.classList.remove('filled');
  };
}
