/** A pen that writes an SVG document (SVG 1.1): what a plot draws on the screen, as lines and text that can be edited. */
import { outline, type Mark, type Pen } from './pen';

const round = (x: number): string => String(Math.round(x * 100) / 100);
const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => escapes[character]);

interface Style {
  strokeStyle: Pen['strokeStyle'];
  fillStyle: Pen['fillStyle'];
  lineWidth: number;
  font: string;
  textAlign: CanvasTextAlign;
  textBaseline: CanvasTextBaseline;
  dash: readonly number[];
  transform: string;
  clipped: string;
}

const ANCHORS: Readonly<Record<CanvasTextAlign, string>> = {
  left: 'start',
  start: 'start',
  center: 'middle',
  right: 'end',
  end: 'end',
};
/** Where the baseline lies below the given place, in heights of the font. */
const SHIFTS: Readonly<Record<CanvasTextBaseline, number>> = {
  top: 0.8,
  hanging: 0.8,
  middle: 0.35,
  alphabetic: 0,
  ideographic: 0,
  bottom: -0.2,
};

/** The document that `draw` draws, `width` × `height` CSS pixels on `background`. */
export function drawSvg(width: number, height: number, background: string, draw: (pen: Pen) => void): string {
  const elements: string[] = [];
  let clips = 0;
  let path = '';
  const saved: Style[] = [];
  const style: Style = {
    strokeStyle: '#000',
    fillStyle: '#000',
    lineWidth: 1,
    font: '10px sans-serif',
    textAlign: 'start',
    textBaseline: 'alphabetic',
    dash: [],
    transform: '',
    clipped: '',
  };
  const paint = (color: Pen['fillStyle']): string => (typeof color === 'string' ? escape(color) : '#888');
  const place = (): string =>
    (style.clipped === '' ? '' : ` clip-path="url(#${style.clipped})"`) +
    (style.transform === '' ? '' : ` transform="${style.transform}"`);
  const add = (element: string): void => void elements.push(element);
  const line = (): string =>
    ` fill="none" stroke="${paint(style.strokeStyle)}" stroke-width="${style.lineWidth}"` +
    (style.dash.length === 0 ? '' : ` stroke-dasharray="${style.dash.join(' ')}"`);

  const trace = {
    moveTo: (x: number, y: number) => void (path += `M${round(x)} ${round(y)}`),
    lineTo: (x: number, y: number) => void (path += `L${round(x)} ${round(y)}`),
    closePath: () => void (path += 'Z'),
    /** Whole circles only: plots draw no others. */
    arc: (x: number, y: number, radius: number) => {
      const [r, d] = [round(radius), round(2 * radius)];
      path += `M${round(x - radius)} ${round(y)}a${r} ${r} 0 1 0 ${d} 0a${r} ${r} 0 1 0 -${d} 0`;
    },
  };
  const pen: Pen = Object.assign(style, trace, {
    // Pictures within are as fine as on a sharp screen.
    ratio: 2,
    save: () => void saved.push({ ...style }),
    restore: () => void Object.assign(style, saved.pop()),
    beginPath: () => void (path = ''),
    rect: (x: number, y: number, w: number, h: number) =>
      void (path += `M${round(x)} ${round(y)}h${round(w)}v${round(h)}h${round(-w)}Z`),
    clip: () => {
      style.clipped = `clip${clips++}`;
      add(`<clipPath id="${style.clipped}"><path d="${path}"/></clipPath>`);
    },
    fill: () => add(`<path d="${path}" fill="${paint(style.fillStyle)}"${place()}/>`),
    stroke: () => add(`<path d="${path}"${line()}${place()}/>`),
    fillRect: (x: number, y: number, w: number, h: number) =>
      add(
        `<rect x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}" fill="${paint(style.fillStyle)}"${place()}/>`,
      ),
    strokeRect: (x: number, y: number, w: number, h: number) =>
      add(`<rect x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}"${line()}${place()}/>`),
    fillText: (text: string, x: number, y: number) => {
      const [, weight = '', size = '10', family = 'sans-serif'] = /^(\d+ )?([\d.]+)px (.*)$/.exec(style.font) ?? [];
      add(
        `<text x="${round(x)}" y="${round(y + SHIFTS[style.textBaseline] * Number(size))}" font-size="${size}" font-family="${escape(family)}"${weight === '' ? '' : ` font-weight="${weight.trim()}"`} text-anchor="${ANCHORS[style.textAlign]}" fill="${paint(style.fillStyle)}"${place()}>${escape(text)}</text>`,
      );
    },
    setLineDash: (dash: number[]) => void (style.dash = dash),
    translate: (x: number, y: number) => void (style.transform += `translate(${round(x)} ${round(y)})`),
    rotate: (angle: number) => void (style.transform += `rotate(${round((angle * 180) / Math.PI)})`),
    picture: (image: ImageData, x: number, y: number, w: number, h: number) => {
      const canvas = document.createElement('canvas');
      canvas.width = image.width;
      canvas.height = image.height;
      canvas.getContext('2d')?.putImageData(image, 0, 0);
      add(
        `<image x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}" preserveAspectRatio="none" style="image-rendering:pixelated" href="${canvas.toDataURL('image/png')}"${place()}/>`,
      );
    },
    marks: (places: Float32Array, mark: Mark) => {
      path = '';
      for (let k = 0; k < places.length; k += 2) outline(trace, places[k], places[k + 1], mark);
      add(`<path d="${path}" fill="${paint(mark.color)}" fill-opacity="${mark.opacity}"${place()}/>`);
    },
  });
  draw(pen);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="100%" height="100%" fill="${escape(background)}"/>${elements.join('')}</svg>\n`;
}
