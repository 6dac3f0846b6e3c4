/**
 * Where a plot is drawn: two canvases over each other, so that what follows the pointer needs no second look at all points,
 * with a tooltip; drawn anew when size or theme change; exported as SVG or PNG.
 */
import { h } from '../dom';
import { onThemeChange, readTheme, type Theme } from '../theme';
import { drawPng, penOf, type Pen } from './pen';
import { drawSvg } from './svg';

/** Draws into a rectangle of so many CSS pixels. */
export type Draw = (pen: Pen, theme: Theme, width: number, height: number) => void;

export interface Stage {
  readonly element: HTMLElement;
  /** The upper canvas: takes focus, pointer and keys. */
  readonly input: HTMLCanvasElement;
  readonly theme: Theme;
  size(): { readonly width: number; readonly height: number };
  /** Draws both layers with the next picture of the screen. */
  draw(): void;
  /** Draws the upper layer now. */
  drawTop(): void;
  /** Where an event happened, CSS pixels from the upper left corner. */
  placeOf(event: MouseEvent): { readonly x: number; readonly y: number };
  /** Shows text beside a place, or nothing. */
  tell(text: string | undefined, x?: number, y?: number): void;
  toSvg(): string;
  /** base64 */
  toPng(): string;
  dispose(): void;
}

/** @param kind `parity` or `histogram`: what the plot is called, and its class */
export function createStage(kind: string, drawBase: Draw, drawTop: Draw): Stage {
  let theme = readTheme();
  let waiting = false;
  let disposed = false;
  const base = h('canvas', { class: 'plot-layer', 'aria-hidden': 'true' });
  const input = h('canvas', {
    class: 'plot-layer plot-input',
    tabindex: 0,
    role: 'application',
    'aria-roledescription': `${kind} plot`,
  });
  const tooltip = h('div', { class: 'tooltip', role: 'tooltip', hidden: true });
  const element = h('div', { class: `parity-stage plot-${kind}` }, base, input, tooltip);
  const size = (): { width: number; height: number } => ({ width: element.clientWidth, height: element.clientHeight });

  function drawLayer(canvas: HTMLCanvasElement, draw: Draw): void {
    const { width, height } = size();
    const pen = penOf(canvas, width, height);
    if (pen !== undefined) draw(pen, theme, width, height);
  }
  const drawTopNow = (): void => drawLayer(input, drawTop);
  function drawNow(): void {
    drawLayer(base, drawBase);
    drawTopNow();
  }
  function drawSoon(): void {
    if (waiting || disposed) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      if (!disposed) drawNow();
    });
  }
  const forget = onThemeChange((next) => {
    theme = next;
    drawSoon();
  });
  const observer = new ResizeObserver(drawNow);
  observer.observe(element);

  return {
    element,
    input,
    get theme() {
      return theme;
    },
    size,
    draw: drawSoon,
    drawTop: drawTopNow,
    placeOf: (event) => {
      const box = element.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    },
    tell: (text, x = 0, y = 0) => {
      tooltip.hidden = text === undefined;
      if (text === undefined) return;
      tooltip.textContent = text;
      const { width, height } = size();
      const below = y + 16 + tooltip.offsetHeight <= height;
      tooltip.style.left = `${Math.max(2, Math.min(x + 14, width - tooltip.offsetWidth - 2))}px`;
      tooltip.style.top = `${below ? y + 16 : Math.max(2, y - tooltip.offsetHeight - 12)}px`;
    },
    toSvg: () => {
      const { width, height } = size();
      return drawSvg(width, height, theme.background, (pen) => drawBase(pen, theme, width, height));
    },
    toPng: () => {
      const { width, height } = size();
      return drawPng(width, height, theme.background, (pen) => drawBase(pen, theme, width, height));
    },
    dispose: () => {
      disposed = true;
      observer.disconnect();
      forget();
      element.remove();
    },
  };
}
