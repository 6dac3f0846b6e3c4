/** A film (WebM) of what the viewer shows: each frame is recorded when it is drawn, at the speed at which it plays. */

/** Bits per second: clear pictures of a few hundred kilobytes a second. */
const BITS_PER_SECOND = 12_000_000;
const KINDS = ['video/webm;codecs=vp9', 'video/webm;codecs=vp8', 'video/webm'];

export interface Film {
  /** Takes what is on the screen as the next picture. */
  take(): void;
  /** The film (WebM). */
  finish(): Promise<Blob>;
  /** Ends it for nothing. */
  cancel(): void;
}

/** A canvas' track, of which the standard's types of the DOM know nothing. */
const hasRequestFrame = (track: MediaStreamTrack): track is MediaStreamTrack & { requestFrame(): void } =>
  'requestFrame' in track;

/** Whether this window can record. */
export const canFilm = (): boolean =>
  typeof MediaRecorder !== 'undefined' && KINDS.some((kind) => MediaRecorder.isTypeSupported(kind));

/**
 * Begins a film.
 * @param width in pixels @param height in pixels
 * @param compose draws what is on the screen
 */
export function startFilm(width: number, height: number, compose: (into: HTMLCanvasElement) => void): Film {
  const canvas = document.createElement('canvas');
  // Encoders want even sizes.
  canvas.width = width - (width % 2);
  canvas.height = height - (height % 2);
  canvas.getContext('2d');
  const stream = canvas.captureStream(0);
  const [track] = stream.getVideoTracks();
  const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
  const recorder = new MediaRecorder(stream, { mimeType, videoBitsPerSecond: BITS_PER_SECOND });
  const pieces: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => {
    if (data.size > 0) pieces.push(data);
  });
  recorder.start(1000);
  const stopped = new Promise<void>((resolve) => recorder.addEventListener('stop', () => resolve(), { once: true }));
  const stop = (): void => {
    if (recorder.state !== 'inactive') recorder.stop();
    track.stop();
  };
  return {
    take: () => {
      compose(canvas);
      if (hasRequestFrame(track)) track.requestFrame();
    },
    finish: async () => {
      // The last picture is part of the film only if something follows it.
      await new Promise((resolve) => setTimeout(resolve, 100));
      stop();
      await stopped;
      return new Blob(pieces, { type: 'video/webm' });
    },
    cancel: stop,
  };
}
