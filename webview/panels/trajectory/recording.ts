/** Records a film of what the viewer shows while it plays, and hands it over in pieces, however long it is. */
import { announce, button } from '../../dom';
import { canFilm, startFilm, type Film } from '../../viewer/film';
import type { Timeline } from '../../viewer/timeline';
import type { Viewer } from '../../viewer/viewer';

/** Of a film in one message. */
const PIECE_BYTES = 4_000_000;

export interface Recording {
  /** Begins one and ends it; and one that discards it, which is there while one is made. */
  readonly buttons: readonly HTMLElement[];
  /** Plays from the present frame to the end, and records it; once more: ends the film there. */
  toggle(): void;
  /** True if there was a film to discard. */
  discard(): boolean;
  /** What is on the screen has changed. */
  take(): void;
  /** Playing has stopped: the film is ready. */
  finish(): void;
}

export interface RecordingOptions {
  readonly viewer: () => Viewer;
  readonly timeline: () => Timeline;
  /** Takes a piece of the film; `saved` is false if the person doesn't want to have it. */
  readonly save: (offset: number, bytes: Uint8Array, last: boolean) => Promise<{ readonly saved: boolean }>;
  readonly failed: (text: string) => void;
}

export function createRecording({ viewer, timeline, save, failed }: RecordingOptions): Recording {
  let film: Film | undefined;
  /** Films are saved one after the other. */
  let saving: Promise<void> = Promise.resolve();
  const record = button('film', 'Record a film', () => toggle(), { keys: 'M' });
  const discardButton = button('close', 'Discard the film', () => discard(), { keys: 'Esc' });
  describe();

  function describe(): void {
    record.setAttribute('aria-pressed', String(film !== undefined));
    discardButton.hidden = film === undefined;
  }

  function toggle(): void {
    if (film !== undefined) {
      timeline().stop();
      return;
    }
    if (!canFilm()) {
      failed('This window can’t record films: its browser has no MediaRecorder for WebM.');
      return;
    }
    const { width, height } = viewer().size;
    film = startFilm(width * devicePixelRatio, height * devicePixelRatio, (into) => viewer().compose(into));
    describe();
    announce('Recording: M ends the film, Escape discards it');
    film.take();
    timeline().playOnce();
  }

  /** The film is no longer made. */
  function end(): Film | undefined {
    const ended = film;
    film = undefined;
    describe();
    return ended;
  }

  function discard(): boolean {
    const discarded = end();
    if (discarded === undefined) return false;
    discarded.cancel();
    timeline().stop();
    viewer().focus();
    announce('The film is discarded');
    return true;
  }

  async function send(whole: Blob): Promise<void> {
    if (whole.size === 0) throw new Error('it ended before a picture was taken');
    for (let offset = 0; offset < whole.size; offset += PIECE_BYTES) {
      const piece = whole.slice(offset, offset + PIECE_BYTES);
      const last = offset + PIECE_BYTES >= whole.size;
      const { saved } = await save(offset, new Uint8Array(await piece.arrayBuffer()), last);
      if (!saved) {
        announce('The film is not saved');
        return;
      }
    }
    announce('The film is saved');
  }

  return {
    buttons: [record, discardButton],
    toggle,
    discard,
    take: () => film?.take(),
    finish: () => {
      const finished = end();
      if (finished === undefined) return;
      const whole = finished.finish();
      saving = Promise.all([whole, saving])
        .then(([ready]) => send(ready))
        .catch((error: unknown) =>
          failed(`The film could not be saved: ${error instanceof Error ? error.message : String(error)}`),
        );
    },
  };
}
