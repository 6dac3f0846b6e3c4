/**
 * Reference against prediction, or the error against the reference, on a canvas of its own: raw points while few are in
 * view, a density picture else. Click, `n` and `p` select a point. eV/atom, eV/Å; errors in meV/atom, meV/Å.
 */
import { SETS, type SetName } from '../../protocol/parity';
import { announce, h } from '../dom';
import { formatCount, formatFixed, formatNumber } from '../format';
import { onThemeChange, readTheme, withAlpha, type Theme } from '../theme';
import { viridisCss } from '../viewer/colors';
import { bin, paint } from './density';
import {
  rangeOf,
  UNITS,
  visibleByIndex,
  widen,
  worstRows,
  type ParityRows,
  type Quantity,
  type Range,
  type Visible,
} from './parity-rows';
import { niceTicks, type Ticks } from './ticks';

/** With more points than this in view, the eye sees only a blot. */
const RAW_POINTS = 20_000;
/** How many of the worst `n` and `p` go through. */
const WORST = 1000;
/** CSS pixels within which a point is hit. */
const REACH = 9;

export interface ParityPlot {
  readonly element: HTMLElement;
  setRows(rows: ParityRows | undefined): void;
  setVisible(visible: Visible): void;
  setResidual(residual: boolean): void;
  /** Marks a row, or none; says nothing to the listener. */
  mark(row: number | undefined): void;
  /** Selects the next (1) or previous (−1) of the worst rows. */
  step(by: 1 | -1): void;
  dispose(): void;
}

export interface ParityPlotOptions {
  readonly quantity: Quantity;
  readonly visible: Visible;
  readonly residual: boolean;
  readonly onSelect: (row: number) => void;
  readonly onVisible: (visible: Visible) => void;
  /** Lines of the readout that say which structure and atom a row is about. */
  readonly describe: (row: number) => readonly string[];
}

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const NAMES = { energy: 'energy per atom', force: 'force component' } as const;

export function createParityPlot(options: ParityPlotOptions): ParityPlot {
  const { quantity } = options;
  const unit = UNITS[quantity];
  let { visible, residual } = options;
  let theme = readTheme();
  let rows: ParityRows | undefined;
  /** predicted − reference in eV, made when first needed. */
  let errors: Float64Array | undefined;
  let x: Range = { low: 0, high: 1 };
  let y: Range = { low: 0, high: 1 };
  let marked: number | undefined;
  let hovered: number | undefined;
  let worst: Int32Array | undefined;

  const base = h('canvas', { class: 'plot-layer', 'aria-hidden': 'true' });
  const top = h('canvas', {
    class: 'plot-layer plot-input',
    tabindex: 0,
    role: 'application',
    'aria-roledescription': 'parity plot',
  });
  const tooltip = h('div', { class: 'tooltip', role: 'tooltip', hidden: true });
  const stage = h('div', { class: 'parity-stage' }, base, top, tooltip);
  const boxes = new Map<SetName, HTMLInputElement>();
  const table = h('table', { class: 'statistics' });
  const element = h('div', { class: 'parity' }, stage, table);

  // ----- geometry -----

  const size = (): { width: number; height: number } => ({ width: stage.clientWidth, height: stage.clientHeight });

  /** Marks of the upward axis in its unit. */
  function upwardTicks(height: number): Ticks {
    const scale = residual ? 1000 : 1;
    return niceTicks(y.low * scale, y.high * scale, Math.max(2, height / 48));
  }

  /** Room for the longest number of the upward axis, in pixels; digits of the small font are about 7 wide. */
  function labelWidth(height: number): number {
    const { values, decimals } = upwardTicks(height);
    return 7 * Math.max(4, ...values.map((value) => formatFixed(value, decimals).length));
  }

  function frameOf(): Frame {
    const { width, height } = size();
    const [right, above, below] = [14, 10, 40];
    const ht = Math.max(10, height - above - below);
    const left = labelWidth(ht) + 26;
    const w = Math.max(10, width - left - right);
    if (residual) return { left, top: above, width: w, height: ht };
    const side = Math.min(w, ht);
    return { left: Math.round(left + Math.max(0, (w - side) / 2 - 12)), top: above, width: side, height: side };
  }

  /** What is plotted upwards. */
  function ordinate(): Float64Array {
    if (rows === undefined) return new Float64Array();
    if (!residual) return rows.predicted;
    if (errors === undefined) {
      errors = new Float64Array(rows.count);
      for (let i = 0; i < rows.count; i++) errors[i] = rows.predicted[i] - rows.reference[i];
    }
    return errors;
  }

  function resetView(): void {
    if (rows === undefined) return;
    if (residual) {
      const error = rangeOf(ordinate()) ?? { low: -1, high: 1 };
      const most = Math.max(Math.abs(error.low), Math.abs(error.high)) || 1e-3;
      x = widen(rangeOf(rows.reference) ?? { low: 0, high: 1 });
      y = widen({ low: -most, high: most }, 0.04);
    } else {
      x = widen(rangeOf(rows.reference, rows.predicted) ?? { low: 0, high: 1 });
      y = x;
    }
    draw();
  }

  // ----- drawing -----

  let drawing = false;
  let disposed = false;
  function draw(): void {
    if (drawing || disposed) return;
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      if (!disposed) {
        drawBase();
        drawTop();
      }
    });
  }

  function prepare(canvas: HTMLCanvasElement): CanvasRenderingContext2D | undefined {
    const { width, height } = size();
    if (width === 0 || height === 0) return undefined;
    const ratio = Math.min(3, devicePixelRatio);
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    // Whole pixels: a stage of fractional width would stretch the canvas and blur its text.
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const context = canvas.getContext('2d');
    if (context === null) return undefined;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    return context;
  }

  const toX = (frame: Frame, value: number): number => frame.left + ((value - x.low) / (x.high - x.low)) * frame.width;
  const toY = (frame: Frame, value: number): number =>
    frame.top + (1 - (value - y.low) / (y.high - y.low)) * frame.height;

  function drawBase(): void {
    const context = prepare(base);
    if (context === undefined) return;
    const frame = frameOf();
    drawAxes(context, frame);
    if (rows !== undefined) {
      context.save();
      context.beginPath();
      context.rect(frame.left, frame.top, frame.width, frame.height);
      context.clip();
      drawPoints(context, frame, rows);
      context.strokeStyle = withAlpha(theme.foreground, 0.6);
      context.lineWidth = 1;
      context.setLineDash([5, 4]);
      context.beginPath();
      if (residual) {
        context.moveTo(frame.left, toY(frame, 0));
        context.lineTo(frame.left + frame.width, toY(frame, 0));
      } else {
        const low = Math.min(x.low, y.low);
        const high = Math.max(x.high, y.high);
        context.moveTo(toX(frame, low), toY(frame, low));
        context.lineTo(toX(frame, high), toY(frame, high));
      }
      context.stroke();
      context.restore();
    }
    context.strokeStyle = theme.highContrast ? theme.foreground : withAlpha(theme.foreground, 0.3);
    context.lineWidth = 1;
    context.setLineDash([]);
    context.strokeRect(
      Math.round(frame.left) + 0.5,
      Math.round(frame.top) + 0.5,
      Math.round(frame.width),
      Math.round(frame.height),
    );
  }

  function drawAxes(context: CanvasRenderingContext2D, frame: Frame): void {
    context.font = `11px ${theme.font}`;
    context.lineWidth = 1;
    const across = niceTicks(x.low, x.high, Math.max(4, frame.width / 60));
    const scale = residual ? 1000 : 1;
    const upwards = upwardTicks(frame.height);
    context.strokeStyle = theme.grid;
    context.fillStyle = theme.muted;
    context.textAlign = 'center';
    context.textBaseline = 'top';
    for (const value of across.values) {
      const at = Math.round(toX(frame, value)) + 0.5;
      context.beginPath();
      context.moveTo(at, frame.top);
      context.lineTo(at, frame.top + frame.height);
      context.stroke();
      context.fillText(formatFixed(value, across.decimals), at, frame.top + frame.height + 6);
    }
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (const value of upwards.values) {
      const at = Math.round(toY(frame, value / scale)) + 0.5;
      context.beginPath();
      context.moveTo(frame.left, at);
      context.lineTo(frame.left + frame.width, at);
      context.stroke();
      context.fillText(formatFixed(value, upwards.decimals), frame.left - 7, at);
    }
    context.fillStyle = theme.foreground;
    context.textAlign = 'center';
    context.textBaseline = 'bottom';
    context.fillText(
      `reference ${NAMES[quantity]} (${unit.value})`,
      Math.round(frame.left + frame.width / 2),
      Math.round(frame.top + frame.height + 38),
    );
    context.save();
    context.translate(frame.left - labelWidth(frame.height) - 8, frame.top + frame.height / 2);
    context.rotate(-Math.PI / 2);
    context.fillText(residual ? `predicted − reference (${unit.error})` : `predicted (${unit.value})`, 0, 0);
    context.restore();
  }

  function drawPoints(context: CanvasRenderingContext2D, frame: Frame, { count, reference, set }: ParityRows): void {
    const values = ordinate();
    const shown = visibleByIndex(visible);
    if (count > RAW_POINTS) {
      const ratio = Math.min(3, devicePixelRatio);
      const width = Math.max(1, Math.round((frame.width * ratio) / 2));
      const height = Math.max(1, Math.round((frame.height * ratio) / 2));
      const bins = bin(
        count,
        reference,
        values,
        set,
        shown,
        { offset: x.low, scale: width / (x.high - x.low) },
        { offset: y.high, scale: -height / (y.high - y.low) },
        width,
        height,
      );
      if (bins.inside > RAW_POINTS) {
        const picture = document.createElement('canvas');
        picture.width = width;
        picture.height = height;
        picture.getContext('2d')?.putImageData(paint(bins, theme.dark), 0, 0);
        context.imageSmoothingEnabled = false;
        context.drawImage(picture, frame.left, frame.top, frame.width, frame.height);
        drawScale(context, frame, bins.largest);
        return;
      }
    }
    const many = count > 2000;
    // The train set first, so that the few test points lie on top.
    SETS.forEach((_, which) => {
      if (!shown[which]) return;
      const sprite = marker(which, theme, many);
      const half = sprite.width / sprite.ratio / 2;
      for (let i = 0; i < count; i++) {
        if (set[i] !== which) continue;
        const px = toX(frame, reference[i]);
        const py = toY(frame, values[i]);
        if (
          px < frame.left - 6 ||
          px > frame.left + frame.width + 6 ||
          !(py >= frame.top - 6 && py <= frame.top + frame.height + 6)
        )
          continue;
        context.drawImage(sprite.canvas, px - half, py - half, 2 * half, 2 * half);
      }
    });
  }

  /** The colour scale of the density picture. */
  function drawScale(context: CanvasRenderingContext2D, frame: Frame, largest: number): void {
    const width = 84;
    const [left, above] = residual
      ? [frame.left + frame.width - width - 12, frame.top + 12]
      : [frame.left + frame.width - width - 12, frame.top + frame.height - 34];
    const ramp = context.createLinearGradient(left, 0, left + width, 0);
    for (let k = 0; k <= 8; k++)
      ramp.addColorStop(k / 8, viridisCss(theme.dark ? 0.22 + (0.78 * k) / 8 : 0.78 - (0.78 * k) / 8));
    context.fillStyle = ramp;
    context.fillRect(left, above, width, 7);
    context.fillStyle = theme.muted;
    context.font = `10px ${theme.font}`;
    context.textBaseline = 'top';
    context.textAlign = 'left';
    context.fillText('1', left, above + 10);
    context.textAlign = 'right';
    context.fillText(`${formatCount(largest)} points`, left + width, above + 10);
  }

  function drawTop(): void {
    const context = prepare(top);
    if (context === undefined || rows === undefined) return;
    const frame = frameOf();
    const values = ordinate();
    const circle = (row: number, radius: number, width: number, color: string): void => {
      const px = toX(frame, rows!.reference[row]);
      const py = toY(frame, values[row]);
      const inside =
        px >= frame.left - 1 &&
        px <= frame.left + frame.width + 1 &&
        py >= frame.top - 1 &&
        py <= frame.top + frame.height + 1;
      if (!inside) return;
      context.strokeStyle = color;
      context.lineWidth = width;
      context.beginPath();
      context.arc(px, py, radius, 0, 2 * Math.PI);
      context.stroke();
    };
    if (hovered !== undefined) circle(hovered, 5.5, 1.5, theme.foreground);
    if (marked !== undefined) {
      circle(marked, 7, 4.5, theme.background);
      circle(marked, 7, 2.5, theme.warning);
    }
  }

  // ----- pointing -----

  /** The visible row nearest to a place on the stage, within reach. A plain loop: 10⁶ rows take a few milliseconds. */
  function rowAt(px: number, py: number): number | undefined {
    if (rows === undefined) return undefined;
    const frame = frameOf();
    const { count, reference, set } = rows;
    const values = ordinate();
    const shown = visibleByIndex(visible);
    const kx = frame.width / (x.high - x.low);
    const ky = frame.height / (y.high - y.low);
    const cx = x.low + (px - frame.left) / kx;
    const cy = y.high - (py - frame.top) / ky;
    let found: number | undefined;
    let nearest = REACH * REACH;
    for (let i = 0; i < count; i++) {
      const dx = (reference[i] - cx) * kx;
      const dy = (values[i] - cy) * ky;
      const squared = dx * dx + dy * dy;
      if (squared < nearest && shown[set[i]]) {
        nearest = squared;
        found = i;
      }
    }
    return found;
  }

  function readout(row: number): string[] {
    if (rows === undefined) return [];
    const digits = quantity === 'energy' ? 5 : 4;
    return [
      ...options.describe(row),
      `reference  ${formatFixed(rows.reference[row], digits)} ${unit.value}`,
      `predicted  ${formatFixed(rows.predicted[row], digits)} ${unit.value}`,
      `error  ${formatNumber((rows.predicted[row] - rows.reference[row]) * 1000, 4)} ${unit.error}`,
    ];
  }

  let pointer: { x: number; y: number } | undefined;
  function hover(event: PointerEvent): void {
    const waiting = pointer !== undefined;
    const box = stage.getBoundingClientRect();
    pointer = { x: event.clientX - box.left, y: event.clientY - box.top };
    if (waiting) return;
    requestAnimationFrame(() => {
      const at = pointer;
      pointer = undefined;
      if (at === undefined || dragging !== undefined || disposed) return;
      const row = rowAt(at.x, at.y);
      if (row !== hovered) {
        hovered = row;
        drawTop();
      }
      top.classList.toggle('over-point', row !== undefined);
      tooltip.hidden = row === undefined;
      if (row === undefined) return;
      tooltip.textContent = readout(row).join('\n');
      const { width, height } = size();
      tooltip.style.left = `${Math.max(2, Math.min(at.x + 14, width - tooltip.offsetWidth - 2))}px`;
      tooltip.style.top = `${at.y + 16 + tooltip.offsetHeight > height ? Math.max(2, at.y - tooltip.offsetHeight - 12) : at.y + 16}px`;
    });
  }

  function leave(): void {
    hovered = undefined;
    tooltip.hidden = true;
    drawTop();
  }

  let dragging: { x: number; y: number; moved: boolean } | undefined;
  top.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    top.setPointerCapture(event.pointerId);
    dragging = { x: event.clientX, y: event.clientY, moved: false };
  });
  top.addEventListener('pointermove', (event) => {
    if (dragging === undefined) {
      hover(event);
      return;
    }
    const dx = event.clientX - dragging.x;
    const dy = event.clientY - dragging.y;
    if (!dragging.moved && Math.hypot(dx, dy) < 4) return;
    leave();
    const frame = frameOf();
    panBy(-dx / frame.width, dy / frame.height);
    dragging = { x: event.clientX, y: event.clientY, moved: true };
  });
  top.addEventListener('pointerup', (event) => {
    const clicked = dragging?.moved === false;
    dragging = undefined;
    if (!clicked) return;
    const box = stage.getBoundingClientRect();
    const row = rowAt(event.clientX - box.left, event.clientY - box.top);
    if (row !== undefined) choose(row);
  });
  top.addEventListener('pointercancel', () => (dragging = undefined));
  top.addEventListener('pointerleave', leave);
  top.addEventListener('dblclick', resetView);
  top.addEventListener(
    'wheel',
    (event) => {
      // The page scrolls as everywhere; zooming asks for Ctrl, as trackpad pinches do, or for the focus.
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== top) return;
      event.preventDefault();
      const frame = frameOf();
      const box = stage.getBoundingClientRect();
      zoomAt(
        Math.exp(Math.max(-0.5, Math.min(0.5, event.deltaY * (event.deltaMode === 1 ? 16 : 1) * 0.0016))),
        (event.clientX - box.left - frame.left) / frame.width,
        1 - (event.clientY - box.top - frame.top) / frame.height,
      );
    },
    { passive: false },
  );
  top.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    switch (event.key) {
      case '+':
      case '=':
        zoomAt(1 / 1.3, 0.5, 0.5);
        break;
      case '-':
        zoomAt(1.3, 0.5, 0.5);
        break;
      case '0':
      case 'f':
        resetView();
        break;
      case 'ArrowLeft':
        panBy(-0.1, 0);
        break;
      case 'ArrowRight':
        panBy(0.1, 0);
        break;
      case 'ArrowUp':
        panBy(0, 0.1);
        break;
      case 'ArrowDown':
        panBy(0, -0.1);
        break;
      case 'n':
        step(1);
        break;
      case 'p':
        step(-1);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  });

  function zoomAt(factor: number, fx: number, fy: number): void {
    const scaled = ({ low, high }: Range, at: number): Range => {
      const fixed = low + (high - low) * at;
      return { low: fixed + (low - fixed) * factor, high: fixed + (high - fixed) * factor };
    };
    const [nextX, nextY] = [scaled(x, fx), scaled(y, fy)];
    // Below this, floating-point numbers cannot tell pixels apart.
    const least = 1e-9 * Math.max(1e-3, Math.abs(nextX.low), Math.abs(nextY.low));
    if (nextX.high - nextX.low < least || nextY.high - nextY.low < least || nextX.high - nextX.low > 1e9) return;
    x = nextX;
    y = nextY;
    tooltip.hidden = true;
    draw();
  }

  function panBy(dx: number, dy: number): void {
    const shifted = ({ low, high }: Range, by: number): Range => ({
      low: low + (high - low) * by,
      high: high + (high - low) * by,
    });
    x = shifted(x, dx);
    y = shifted(y, dy);
    draw();
  }

  function choose(row: number): void {
    marked = row;
    drawTop();
    announce(readout(row).join(', '));
    options.onSelect(row);
  }

  function step(by: 1 | -1): void {
    if (rows === undefined) return;
    worst ??= worstRows(rows, visible, WORST);
    if (worst.length === 0) return;
    const at = marked === undefined ? -1 : worst.indexOf(marked);
    const to = at < 0 ? (by > 0 ? 0 : worst.length - 1) : (at + by + worst.length) % worst.length;
    choose(worst[to]);
  }

  // ----- statistics -----

  function drawTable(): void {
    boxes.clear();
    const heads = ['', 'N', 'RMSE', 'MAE', 'max', 'R²'];
    const body = SETS.flatMap((name, which) => {
      if (name === 'validation' && !rows?.statistics.validation) return [];
      const box = h('input', { type: 'checkbox', 'aria-label': `show ${name}` });
      box.checked = visible[name];
      box.addEventListener('change', () => {
        options.onVisible({ ...visible, [name]: box.checked });
      });
      boxes.set(name, box);
      const statistics = rows?.statistics[name];
      const milli = (value: number | undefined): string =>
        formatNumber(value === undefined ? undefined : value * 1000, 3);
      return h(
        'tr',
        {},
        h('th', { scope: 'row' }, h('label', {}, box, h('span', { class: `swatch series-${which}` }), name)),
        h('td', {}, statistics ? formatCount(statistics.count) : '–'),
        h('td', { class: 'strong' }, milli(statistics?.rmse)),
        h('td', {}, milli(statistics?.mae)),
        h('td', {}, milli(statistics?.maximum)),
        h('td', {}, statistics?.r2 === null || statistics?.r2 === undefined ? '–' : formatFixed(statistics.r2, 5)),
      );
    });
    table.replaceChildren(
      h('caption', {}, `Errors in ${unit.error}`),
      h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
      h('tbody', {}, ...body),
    );
  }

  const forget = onThemeChange((next) => {
    theme = next;
    draw();
  });
  const observer = new ResizeObserver(() => {
    drawBase();
    drawTop();
  });
  observer.observe(stage);
  drawTable();

  return {
    element,
    setRows: (next) => {
      const first = rows === undefined;
      rows = next;
      errors = undefined;
      worst = undefined;
      hovered = undefined;
      if (next === undefined || (marked !== undefined && marked >= next.count)) marked = undefined;
      top.setAttribute(
        'aria-label',
        next === undefined
          ? `Parity plot of ${NAMES[quantity]}: no data yet`
          : `Parity plot of ${NAMES[quantity]} with ${next.count} points. N and P step through the largest errors, plus and minus zoom.`,
      );
      drawTable();
      if (first) resetView();
      else draw();
    },
    setVisible: (next) => {
      visible = next;
      worst = undefined;
      for (const [name, box] of boxes) box.checked = visible[name];
      draw();
    },
    setResidual: (next) => {
      if (residual === next) return;
      residual = next;
      resetView();
    },
    mark: (row) => {
      marked = row;
      drawTop();
    },
    step,
    dispose: () => {
      disposed = true;
      observer.disconnect();
      forget();
      element.remove();
    },
  };
}

interface Sprite {
  readonly canvas: HTMLCanvasElement;
  readonly width: number;
  readonly ratio: number;
}

/** The mark of a set by its number: a disc, a diamond, a square, so that colour is not all that tells them apart. */
function marker(which: number, theme: Theme, many: boolean): Sprite {
  const ratio = Math.min(3, devicePixelRatio) * 2;
  const radius = many ? 2 : 3.2;
  const side = Math.ceil((2 * radius + 2) * ratio);
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d');
  if (context !== null) {
    context.setTransform(ratio, 0, 0, ratio, side / 2, side / 2);
    const color = theme.series[which];
    context.fillStyle = withAlpha(color, many ? 0.5 : 0.72);
    context.strokeStyle = withAlpha(color, many ? 0.5 : 1);
    context.lineWidth = 0.8;
    context.beginPath();
    if (which === 0) context.arc(0, 0, radius, 0, 2 * Math.PI);
    else {
      const r = radius * 1.2;
      if (which === 2) context.rotate(Math.PI / 4);
      context.moveTo(0, -r);
      context.lineTo(r, 0);
      context.lineTo(0, r);
      context.lineTo(-r, 0);
      context.closePath();
    }
    context.fill();
    if (!many) context.stroke();
  }
  return { canvas, width: side, ratio };
}
