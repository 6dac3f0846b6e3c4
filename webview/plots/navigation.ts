/** Moving about in a plot and drawing regions: pointer, wheel and keys. A region is a box or a lasso. */
import { withAlpha, type Theme } from '../theme';
import type { Frame } from './axes';
import type { Change } from './error-plot';
import type { Range } from './parity-rows';
import type { Pen } from './pen';
import { rectangle, type Polygon } from './region';
import type { Stage } from './stage';

/** What dragging does. */
export type Tool = 'pan' | 'box' | 'lasso';

interface Point {
  readonly x: number;
  readonly y: number;
}

interface View {
  readonly x: Range;
  readonly y: Range;
}

export interface Navigation {
  setTool(tool: Tool): void;
  /** The region that is being drawn. */
  drawRegion(pen: Pen, theme: Theme): void;
}

/** Pixels below which a drag is a click. */
const CLICK = 4;

export function createNavigation(
  stage: Stage,
  options: {
    readonly tool: Tool;
    readonly frame: () => Frame;
    readonly view: () => View;
    readonly onView: (x: Range, y: Range) => void;
    readonly onReset: () => void;
    /** At most once for each picture of the screen. */
    readonly onHover: (at: Point | undefined) => void;
    readonly onClick: (at: Point, change: Change) => void;
    /** In the coordinates of the view. */
    readonly onRegion: (polygon: Polygon, change: Change) => void;
  },
): Navigation {
  const { input } = stage;
  let { tool } = options;
  let drag: { tool: Tool; path: Point[]; moved: boolean } | undefined;
  let pointer: Point | undefined;

  const changeOf = (event: MouseEvent | KeyboardEvent): Change =>
    event.altKey ? 'remove' : event.shiftKey || event.ctrlKey || event.metaKey ? 'add' : 'replace';

  function corners({ tool: drawn, path }: NonNullable<typeof drag>): Polygon {
    const [from, to] = [path[0], path[path.length - 1]];
    return drawn === 'box' ? rectangle(from.x, from.y, to.x, to.y) : path.flatMap((point) => [point.x, point.y]);
  }

  function finish(event: PointerEvent, ended: NonNullable<typeof drag>): void {
    if (!ended.moved) options.onClick(stage.placeOf(event), changeOf(event));
    else if (ended.tool !== 'pan') {
      const { left, top, width, height } = options.frame();
      const { x, y } = options.view();
      const polygon = corners(ended).map((value, k) =>
        k % 2 === 0
          ? x.low + ((value - left) / width) * (x.high - x.low)
          : y.high - ((value - top) / height) * (y.high - y.low),
      );
      options.onRegion(polygon, changeOf(event));
      stage.drawTop();
    }
  }

  input.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    input.setPointerCapture(event.pointerId);
    // Shift draws a box also where dragging moves the view.
    drag = { tool: tool === 'pan' && event.shiftKey ? 'box' : tool, path: [stage.placeOf(event)], moved: false };
  });
  input.addEventListener('pointermove', (event) => {
    const at = stage.placeOf(event);
    if (drag === undefined) {
      hover(at);
      return;
    }
    const last = drag.path[drag.path.length - 1];
    if (!drag.moved && Math.hypot(at.x - last.x, at.y - last.y) < CLICK) return;
    if (!drag.moved) options.onHover(undefined);
    drag.moved = true;
    if (drag.tool === 'pan') {
      const { width, height } = options.frame();
      panBy((last.x - at.x) / width, (at.y - last.y) / height);
      drag.path = [at];
    } else {
      drag.path.push(at);
      stage.drawTop();
    }
  });
  input.addEventListener('pointerup', (event) => {
    const ended = drag;
    drag = undefined;
    if (ended !== undefined) finish(event, ended);
  });
  input.addEventListener('pointercancel', () => {
    drag = undefined;
    stage.drawTop();
  });
  input.addEventListener('pointerleave', () => options.onHover(undefined));
  input.addEventListener('dblclick', options.onReset);
  input.addEventListener(
    'wheel',
    (event) => {
      // The page scrolls as everywhere; zooming asks for Ctrl, as trackpad pinches do, or for the focus.
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== input) return;
      event.preventDefault();
      const { left, top, width, height } = options.frame();
      const at = stage.placeOf(event);
      const turned = event.deltaY * (event.deltaMode === 1 ? 16 : 1) * 0.0016;
      zoomAt(Math.exp(Math.max(-0.5, Math.min(0.5, turned))), (at.x - left) / width, 1 - (at.y - top) / height);
    },
    { passive: false },
  );
  input.addEventListener('keydown', (event) => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(KEYS, key)) return;
    KEYS[key]();
    event.preventDefault();
    event.stopPropagation();
  });
  const KEYS: Readonly<Record<string, () => void>> = {
    '+': () => zoomAt(1 / 1.3, 0.5, 0.5),
    '=': () => zoomAt(1 / 1.3, 0.5, 0.5),
    '-': () => zoomAt(1.3, 0.5, 0.5),
    '0': options.onReset,
    f: options.onReset,
    ArrowLeft: () => panBy(-0.1, 0),
    ArrowRight: () => panBy(0.1, 0),
    ArrowUp: () => panBy(0, 0.1),
    ArrowDown: () => panBy(0, -0.1),
  };

  function hover(at: Point): void {
    const waiting = pointer !== undefined;
    pointer = at;
    if (waiting) return;
    requestAnimationFrame(() => {
      const latest = pointer;
      pointer = undefined;
      if (drag === undefined && input.matches(':hover')) options.onHover(latest);
    });
  }

  function zoomAt(factor: number, fx: number, fy: number): void {
    const scaled = ({ low, high }: Range, at: number): Range => {
      const fixed = low + (high - low) * at;
      return { low: fixed + (low - fixed) * factor, high: fixed + (high - fixed) * factor };
    };
    const view = options.view();
    const [x, y] = [scaled(view.x, fx), scaled(view.y, fy)];
    // Below this, floating-point numbers cannot tell pixels apart.
    const least = 1e-9 * Math.max(1e-3, Math.abs(x.low), Math.abs(y.low));
    if (x.high - x.low < least || y.high - y.low < least || x.high - x.low > 1e9) return;
    options.onView(x, y);
  }

  function panBy(dx: number, dy: number): void {
    const shifted = ({ low, high }: Range, by: number): Range => ({
      low: low + (high - low) * by,
      high: high + (high - low) * by,
    });
    const { x, y } = options.view();
    options.onView(shifted(x, dx), shifted(y, dy));
  }

  function setCursor(): void {
    input.classList.toggle('selects', tool !== 'pan');
  }
  setCursor();

  return {
    setTool: (next) => {
      tool = next;
      setCursor();
    },
    drawRegion: (pen, theme) => {
      if (drag === undefined || !drag.moved || drag.tool === 'pan') return;
      const path = corners(drag);
      pen.beginPath();
      for (let k = 0; k < path.length; k += 2)
        if (k === 0) pen.moveTo(path[0], path[1]);
        else pen.lineTo(path[k], path[k + 1]);
      pen.closePath();
      pen.fillStyle = withAlpha(theme.focus, 0.16);
      pen.fill();
      pen.strokeStyle = theme.focus;
      pen.lineWidth = 1.2;
      pen.setLineDash([]);
      pen.stroke();
    },
  };
}
