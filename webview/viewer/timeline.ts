/** The bar under the viewer: play, slider, frame and time, speed, loop. It counts frames and knows nothing of them. */
import { button, h, setButton, setText } from '../dom';
import { ordinal } from '../format';

const SPEEDS = [1, 2, 5, 10, 15, 24, 30, 60] as const;
/** Frames from one that is played to the next. */
const STRIDES = [1, 2, 5, 10, 50, 100] as const;
export const END = ['loop', 'bounce', 'stop'] as const;

export interface Timeline {
  readonly element: HTMLElement;
  /** How many frames there are; the position stays. */
  setCount(count: number, complete: boolean): void;
  /** What stands beside the slider: the frame that is shown and its time. */
  setShown(index: number, time: string): void;
  readonly index: number;
  readonly playing: boolean;
  /** The frame that playing comes to after the present one; undefined where it stops. */
  readonly next: number | undefined;
  go(index: number): void;
  toggle(): void;
  stop(): void;
  /** Plays from here to the end, and stops there whatever else is set. */
  playOnce(): void;
  handleKey(event: KeyboardEvent): boolean;
}

export interface TimelineOptions {
  readonly index: number;
  readonly speed: number;
  readonly stride: number;
  readonly end: (typeof END)[number];
  /** The person, or the clock, wants this frame. */
  readonly onWish: (index: number) => void;
  /** Whether the wish before has been met: playing waits for slow frames rather than skipping over them. */
  readonly ready: () => boolean;
  readonly onChange: (change: { speed: number; stride: number; end: (typeof END)[number] }) => void;
  /** Playing has begun, or stopped. */
  readonly onPlay?: (playing: boolean) => void;
}

export const TIMELINE_KEYS: readonly (readonly [string, string])[] = [
  ['Space', 'play or pause'],
  ['← →', 'one frame (Shift: ten)'],
  [', .', 'one frame, pausing'],
  ['Home End', 'first, last frame'],
];

const END_LABELS = {
  loop: 'At the end: start over',
  bounce: 'At the end: play back',
  stop: 'At the end: stop',
} as const;

export function createTimeline(options: TimelineOptions): Timeline {
  let count = 0;
  let index = options.index;
  let playing = false;
  let direction = 1;
  let once = false;
  let { speed, stride, end } = options;
  let timer: number | undefined;
  let last = 0;
  /** What is shown, and its time. */
  let shown: { readonly index: number; readonly time: string } | undefined;

  const play = button('play', 'Play', () => toggle(), { class: 'primary-icon', keys: 'Space' });
  const slider = h('input', { type: 'range', min: 0, max: 0, step: 1, value: 0, 'aria-label': 'Frame' });
  const label = h('output', { class: 'timeline-label' });
  const speedSelect = h(
    'select',
    { 'aria-label': 'Frames per second', title: 'Frames per second' },
    ...SPEEDS.map((each) => h('option', { value: each, selected: each === speed }, `${each} fps`)),
  );
  const strideSelect = h(
    'select',
    { 'aria-label': 'Frames that are played', title: 'Frames that are played' },
    ...STRIDES.map((each) =>
      h('option', { value: each, selected: each === stride }, each === 1 ? 'every frame' : `every ${ordinal(each)}`),
    ),
  );
  const endButton = button('loop', END_LABELS[end], () => {
    end = END[(END.indexOf(end) + 1) % END.length];
    describe();
    options.onChange({ speed, stride, end });
  });
  const element = h(
    'div',
    { class: 'timeline', role: 'group', 'aria-label': 'Frames' },
    button('previous', 'Previous frame', () => step(-1), { keys: '←' }),
    play,
    button('next', 'Next frame', () => step(1), { keys: '→' }),
    slider,
    label,
    speedSelect,
    strideSelect,
    endButton,
  );

  function describe(): void {
    setButton(play, playing ? 'pause' : 'play', playing ? 'Pause' : 'Play', 'Space');
    endButton.setAttribute('aria-label', END_LABELS[end]);
    endButton.title = END_LABELS[end];
    endButton.setAttribute('aria-pressed', String(end !== 'stop'));
    endButton.classList.toggle('bounce', end === 'bounce');
  }

  function go(to: number): void {
    index = Math.max(0, Math.min(count - 1, Math.round(to)));
    slider.value = String(index);
    options.onWish(index);
  }

  function step(by: number): void {
    if (count > 0) go(index + by);
  }

  function stop(): void {
    playing = once = false;
    if (timer !== undefined) cancelAnimationFrame(timer);
    timer = undefined;
    describe();
    options.onPlay?.(false);
  }

  function toggle(): void {
    if (playing) {
      stop();
      return;
    }
    if (count < 2) return;
    playing = true;
    direction = 1;
    if (index === count - 1 && end !== 'bounce') go(0);
    last = performance.now();
    timer = requestAnimationFrame(tick);
    describe();
    options.onPlay?.(true);
  }

  /** Where playing comes to from here, and in which direction; undefined where it stops. */
  function following(): { readonly index: number; readonly direction: number } | undefined {
    const to = index + direction * stride;
    if (to >= 0 && to < count) return { index: to, direction };
    if (end === 'stop' || once) return undefined;
    if (end === 'loop') return { index: 0, direction };
    return { index: Math.max(0, Math.min(count - 1, index - direction * stride)), direction: -direction };
  }

  function describeShown(): void {
    if (shown === undefined) return;
    const time = shown.time === '' ? ['', ''] : [`  ·  ${shown.time}`, `, ${shown.time}`];
    setText(label, `${shown.index} / ${Math.max(0, count - 1)}${time[0]}`);
    slider.setAttribute('aria-valuetext', `frame ${shown.index} of ${count}${time[1]}`);
  }

  function tick(now: number): void {
    if (!playing) return;
    timer = requestAnimationFrame(tick);
    const interval = 1000 / speed;
    if (now - last < interval - 2 || !options.ready()) return;
    // Falling behind must not be caught up with a burst.
    last = now - last > 2 * interval ? now : last + interval;
    const next = following();
    if (next === undefined) stop();
    else {
      direction = next.direction;
      go(next.index);
    }
  }

  slider.addEventListener('input', () => {
    stop();
    go(Number(slider.value));
  });
  strideSelect.addEventListener('change', () => {
    stride = Number(strideSelect.value);
    options.onChange({ speed, stride, end });
  });
  speedSelect.addEventListener('change', () => {
    speed = Number(speedSelect.value);
    options.onChange({ speed, stride, end });
  });
  describe();

  return {
    element,
    setCount: (next, complete) => {
      count = next;
      slider.max = String(Math.max(0, count - 1));
      index = Math.max(0, Math.min(index, count - 1));
      slider.value = String(index);
      slider.disabled = count < 2;
      play.disabled = count < 2;
      element.classList.toggle('growing', !complete);
      describeShown();
    },
    setShown: (now, time) => {
      shown = { index: now, time };
      describeShown();
    },
    get index() {
      return index;
    },
    get playing() {
      return playing;
    },
    get next() {
      return following()?.index;
    },
    go,
    toggle,
    stop,
    playOnce: () => {
      if (index === count - 1) go(0);
      if (!playing) toggle();
      direction = 1;
      once = playing;
      if (!playing) options.onPlay?.(false);
    },
    handleKey: (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return false;
      switch (event.key) {
        case ' ':
          toggle();
          return true;
        case 'ArrowLeft':
          step(event.shiftKey ? -10 : -1);
          return true;
        case 'ArrowRight':
          step(event.shiftKey ? 10 : 1);
          return true;
        case ',':
          stop();
          step(-1);
          return true;
        case '.':
          stop();
          step(1);
          return true;
        case 'Home':
          go(0);
          return true;
        case 'End':
          go(count - 1);
          return true;
        default:
          return false;
      }
    },
  };
}
