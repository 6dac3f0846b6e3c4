/**
 * Where one looks from: the view is fitted to what is shown and follows it until it is moved by hand, it turns to axes, and
 * keys turn, move and scale it. Å.
 */
import type { View } from '../../protocol/view';
import { announce } from '../dom';
import { reducedMotion } from '../theme';
import type { Bounds } from './bounds';
import { fit, INITIAL_VIEW, lookAlong, pan, turn, zoom } from './camera';
import { distance } from './measure';
import type { ViewerState } from './state';

type Vector = readonly [number, number, number];

export interface Steering {
  /** Another view, by the person; not `fitted` once it was moved or scaled. */
  set(view: View, fitted?: boolean): void;
  /** Shows everything. */
  fit(): void;
  /** As at the beginning. */
  reset(): void;
  /** A fitted view holds as much in a panel of another shape, and stays where it is. */
  followAspect(): void;
  /**
   * A frame has come: a fitted view is fitted to it where it is of another kind, or lies elsewhere.
   * @param first of those that were shown
   * @param other atoms than before
   */
  follow(first: boolean, other: boolean): void;
  /** True if the key meant something here. */
  handleKey(event: KeyboardEvent): boolean;
}

export interface SteeringOptions {
  readonly state: () => ViewerState;
  /** Keeps a change without drawing it. */
  readonly keep: (changes: Partial<ViewerState>) => void;
  /** Keeps it and draws. */
  readonly change: (changes: Partial<ViewerState>) => void;
  readonly onView: (view: View) => void;
  readonly bounds: () => Bounds;
  readonly cell: () => Float64Array | undefined;
  /** Width / height of the view. */
  readonly aspect: () => number;
  /** The structures have nothing to do with each other: each is fitted anew, wherever it lies. */
  readonly unrelated: boolean;
  readonly disposed: () => boolean;
}

/** Radians a key turns by. */
const STEP = 0.12;
/** Half heights of the view a key moves by. */
const MOVE = 0.1;
const TURN_MILLISECONDS = 180;

export function createSteering({
  state,
  keep,
  change,
  onView,
  bounds,
  cell,
  aspect,
  unrelated,
  disposed,
}: SteeringOptions): Steering {
  function set(view: View, fitted = false): void {
    change({ view, fitted });
    onView(view);
  }

  function fitView(rotation = state().view.rotation): void {
    const { center, radius } = bounds();
    keep({ fittedAspect: aspect() });
    set(fit({ ...state().view, rotation }, center, radius, aspect()), true);
  }

  function reset(): void {
    fitView(INITIAL_VIEW.rotation);
    if (state().view.perspective) set({ ...state().view, perspective: false }, true);
  }

  function followAspect(): void {
    const { fitted, fittedAspect, view } = state();
    const now = aspect();
    if (!fitted || fittedAspect === 0 || Math.abs(now - fittedAspect) < 1e-3) return;
    keep({ fittedAspect: now });
    set({ ...view, extent: (view.extent * Math.min(1, fittedAspect)) / Math.min(1, now) }, true);
  }

  function follow(first: boolean, other: boolean): void {
    if (first) followAspect();
    const { center, radius } = bounds();
    const before = state();
    const view = fit(before.view, center, radius, aspect());
    const astray = distance(before.view.target, center) > 0.5 * radius;
    // A view from before was fitted, perhaps to another frame of the file, and stays unless the file is another now.
    const scale = before.view.extent / view.extent;
    const restored = first && before.fittedAspect > 0 && scale > 0.67 && scale < 1.5;
    if (before.fitted && ((other && !restored) || astray || unrelated)) keep({ view, fittedAspect: aspect() });
  }

  /** Turns to a direction; in a few steps, unless the person wants no motion. */
  function lookFrom(from: Vector, up: Vector): void {
    const rotation = lookAlong(from, up);
    if (reducedMotion()) {
      set({ ...state().view, rotation }, state().fitted);
      return;
    }
    const start = state().view.rotation;
    const same = start.reduce((sum, x, k) => sum + x * rotation[k], 0) < 0 ? -1 : 1;
    const begun = performance.now();
    const step = (): void => {
      if (disposed()) return;
      const t = Math.min(1, (performance.now() - begun) / TURN_MILLISECONDS);
      const s = t * t * (3 - 2 * t);
      const mixed = start.map((x, k) => x * (1 - s) + same * rotation[k] * s);
      const norm = Math.hypot(...mixed) || 1;
      const [x, y, z, w] = mixed.map((each) => each / norm);
      set({ ...state().view, rotation: t === 1 ? rotation : [x, y, z, w] }, state().fitted);
      if (t < 1) requestAnimationFrame(step);
    };
    step();
  }

  /** Along a vector of the cell. */
  function lookAlongCell(k: number): void {
    const vectors = cell();
    if (vectors === undefined) {
      announce('This structure has no cell.');
      return;
    }
    const row = (i: number): Vector => [vectors[3 * i], vectors[3 * i + 1], vectors[3 * i + 2]];
    lookFrom(row(k), row((k + 2) % 3));
  }

  /** Moves with Shift, else turns, which leaves a fitted view fitted. */
  function nudge(shift: boolean, right: number, up: number): void {
    const { view, fitted } = state();
    set(shift ? pan(view, -MOVE * right, -MOVE * up) : turn(view, STEP * right, -STEP * up), !shift && fitted);
  }

  function handleKey(event: KeyboardEvent): boolean {
    const { view, fitted } = state();
    switch (event.key.toLowerCase()) {
      case '1':
        lookFrom([1, 0, 0], [0, 0, 1]);
        return true;
      case '2':
        lookFrom([0, -1, 0], [0, 0, 1]);
        return true;
      case '3':
        lookFrom([0, 0, 1], [0, 1, 0]);
        return true;
      case '4':
      case '5':
      case '6':
        lookAlongCell(Number(event.key) - 4);
        return true;
      case 'a':
        nudge(event.shiftKey, -1, 0);
        return true;
      case 'd':
        nudge(event.shiftKey, 1, 0);
        return true;
      case 'w':
        nudge(event.shiftKey, 0, 1);
        return true;
      case 's':
        nudge(event.shiftKey, 0, -1);
        return true;
      case 'q':
        set(turn(view, 0, 0, -STEP), fitted);
        return true;
      case 'e':
        set(turn(view, 0, 0, STEP), fitted);
        return true;
      case '+':
      case '=':
        set(zoom(view, 1 / 1.15));
        return true;
      case '-':
        set(zoom(view, 1.15));
        return true;
      case 'f':
        fitView();
        return true;
      case 'r':
        reset();
        return true;
      default:
        return false;
    }
  }

  return { set, fit: () => fitView(), reset, followAspect, follow, handleKey };
}
