/**
 * What the pointer does on the canvas, told as what is meant: to turn, to move, to scale, to point at, to select. In CSS
 * pixels of the canvas, or in half heights of it, as the camera counts.
 */
import type { Box } from './overlay';

export interface Gestures {
  /** A plain drag draws a box instead of turning the view. */
  readonly boxing: () => boolean;
  turn(right: number, up: number): void;
  pan(right: number, up: number): void;
  /** @param factor above 1 to see more @param x right of the middle @param y above it */
  zoom(factor: number, x: number, y: number): void;
  /** The pointer rests here, while no button is pressed. */
  point(x: number, y: number): void;
  /** It no longer points at anything. */
  leave(): void;
  /** A box is being drawn; undefined: it was given up. */
  draw(box: Box | undefined): void;
  /** The box is drawn. */
  enclose(box: Box, adding: boolean): void;
  click(x: number, y: number, adding: boolean): void;
  doubleClick(x: number, y: number): void;
}

/** Pixels that a hand trembles: less is a click, not a drag. */
const TREMBLE = 4;
/** Radians for half the height of the view. */
const TURN = 1.4;

export function listenToPointer(canvas: HTMLCanvasElement, gestures: Gestures): void {
  let dragging: { x: number; y: number; moved: boolean; kind: 'turn' | 'pan' | 'box' } | undefined;
  let box: Box | undefined;
  let hovering: PointerEvent | undefined;

  const placeOf = (event: MouseEvent): [number, number] => {
    const { left, top } = canvas.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };

  /** Once a picture, where it is then. */
  function hover(event: PointerEvent): void {
    const waiting = hovering !== undefined;
    hovering = event;
    if (waiting) return;
    requestAnimationFrame(() => {
      const last = hovering;
      hovering = undefined;
      if (last !== undefined && dragging === undefined) gestures.point(...placeOf(last));
    });
  }

  function drag(event: PointerEvent, from: NonNullable<typeof dragging>): void {
    const dx = event.clientX - from.x;
    const dy = event.clientY - from.y;
    if (!from.moved && Math.hypot(dx, dy) < TREMBLE) return;
    if (from.kind === 'box') {
      from.moved = true;
      const [x, y] = placeOf(event);
      const [fromX, fromY] = [x - dx, y - dy];
      box = {
        left: Math.min(x, fromX),
        top: Math.min(y, fromY),
        right: Math.max(x, fromX),
        bottom: Math.max(y, fromY),
      };
      gestures.draw(box);
      return;
    }
    const half = canvas.clientHeight / 2;
    if (from.kind === 'pan') gestures.pan(dx / half, -dy / half);
    else gestures.turn((dx / half) * TURN, (-dy / half) * TURN);
    dragging = { ...from, x: event.clientX, y: event.clientY, moved: true };
  }

  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    const draws = event.ctrlKey || event.metaKey || (gestures.boxing() && !event.altKey);
    const kind = draws && event.button === 0 ? 'box' : event.shiftKey || event.button !== 0 ? 'pan' : 'turn';
    dragging = { x: event.clientX, y: event.clientY, moved: false, kind };
    gestures.leave();
  });
  canvas.addEventListener('pointermove', (event) => {
    if (dragging === undefined) hover(event);
    else drag(event, dragging);
  });
  canvas.addEventListener('pointerup', (event) => {
    const clicked = dragging?.moved === false && event.button === 0;
    const drawn = box;
    dragging = box = undefined;
    if (drawn !== undefined) gestures.enclose(drawn, event.shiftKey);
    else if (clicked) gestures.click(...placeOf(event), event.shiftKey);
  });
  canvas.addEventListener('pointercancel', () => {
    dragging = box = undefined;
    gestures.draw(undefined);
  });
  canvas.addEventListener('pointerleave', () => gestures.leave());
  canvas.addEventListener('contextmenu', (event) => event.preventDefault());
  canvas.addEventListener('dblclick', (event) => gestures.doubleClick(...placeOf(event)));
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      gestures.leave();
      const { width, height } = canvas.getBoundingClientRect();
      const [x, y] = placeOf(event);
      const half = height / 2;
      const lines = event.deltaMode === 1 ? 16 : 1;
      const factor = Math.exp(Math.max(-0.5, Math.min(0.5, event.deltaY * lines * 0.0013)));
      gestures.zoom(factor, (x - width / 2) / half, (half - y) / half);
    },
    { passive: false },
  );
}
