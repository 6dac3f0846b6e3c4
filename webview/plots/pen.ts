/** What plots draw with: a canvas, or an SVG document that is written down. And canvases that are as sharp as the screen. */

/** The part of a 2-D canvas context that plots use. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | 'save'
  | 'restore'
  | 'beginPath'
  | 'closePath'
  | 'moveTo'
  | 'lineTo'
  | 'arc'
  | 'rect'
  | 'clip'
  | 'fill'
  | 'stroke'
  | 'fillRect'
  | 'strokeRect'
  | 'fillText'
  | 'setLineDash'
  | 'translate'
  | 'rotate'
> & {
  strokeStyle: string | CanvasGradient | CanvasPattern;
  fillStyle: string | CanvasGradient | CanvasPattern;
  lineWidth: number;
  font: string;
  textAlign: CanvasTextAlign;
  textBaseline: CanvasTextBaseline;
  /** Pixels that are drawn per CSS pixel. */
  readonly ratio: number;
  /** A picture of any resolution, each of its pixels as a rectangle of one colour. */
  picture(image: ImageData, left: number, top: number, width: number, height: number): void;
  /** Many marks of one shape and colour at places given as x₀ y₀ x₁ y₁ …. */
  marks(places: Float32Array, mark: Mark): void;
};

export interface Mark {
  readonly shape: 'disc' | 'diamond' | 'square';
  readonly radius: number;
  readonly color: string;
  /** 0…1 */
  readonly opacity: number;
}

const SHAPES = ['disc', 'diamond', 'square'] as const;

/** By the number of a group, so that colour is not all that tells them apart; `.swatch` has the same. */
export const shapeOf = (which: number): Mark['shape'] => SHAPES[which % SHAPES.length];

/**
 * Clears a canvas that covers its stage and returns what draws on it, in CSS pixels; undefined while it has no size.
 * @param ratio pixels of the canvas per CSS pixel
 */
export function penOf(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  ratio = Math.min(3, devicePixelRatio),
): Pen | undefined {
  if (width === 0 || height === 0) return undefined;
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
  return Object.assign(context, {
    ratio,
    picture: (image: ImageData, left: number, top: number, w: number, h: number) => {
      const picture = document.createElement('canvas');
      picture.width = image.width;
      picture.height = image.height;
      picture.getContext('2d')?.putImageData(image, 0, 0);
      context.imageSmoothingEnabled = false;
      context.drawImage(picture, left, top, w, h);
    },
    marks: (places: Float32Array, mark: Mark) => {
      const sprite = spriteOf(mark, ratio * 2);
      const half = sprite.width / ratio / 4;
      for (let k = 0; k < places.length; k += 2)
        context.drawImage(sprite, places[k] - half, places[k + 1] - half, 2 * half, 2 * half);
    },
  });
}

/** The outline of a mark around a place. */
export function outline(
  pen: Pick<Pen, 'moveTo' | 'lineTo' | 'arc' | 'closePath'>,
  x: number,
  y: number,
  mark: Mark,
): void {
  const { shape, radius } = mark;
  if (shape === 'disc') {
    pen.moveTo(x + radius, y);
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  const r = shape === 'diamond' ? radius * 1.2 : radius * 0.9;
  const corners = shape === 'diamond' ? [0, -r, r, 0, 0, r, -r, 0] : [-r, -r, r, -r, r, r, -r, r];
  pen.moveTo(x + corners[0], y + corners[1]);
  for (let k = 2; k < 8; k += 2) pen.lineTo(x + corners[k], y + corners[k + 1]);
  pen.closePath();
}

function spriteOf(mark: Mark, ratio: number): HTMLCanvasElement {
  const side = Math.ceil((2 * mark.radius + 2) * ratio);
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d');
  if (context === null) return canvas;
  context.setTransform(ratio, 0, 0, ratio, side / 2, side / 2);
  context.globalAlpha = mark.opacity;
  context.fillStyle = mark.color;
  context.beginPath();
  outline(context, 0, 0, mark);
  context.fill();
  return canvas;
}

/** Pixels of an exported picture per CSS pixel: enough for print at the size of the screen. */
const EXPORT_RATIO = 4;

/** What `draw` draws as a PNG, base64. */
export function drawPng(width: number, height: number, background: string, draw: (pen: Pen) => void): string {
  const canvas = document.createElement('canvas');
  const pen = penOf(canvas, width, height, EXPORT_RATIO);
  if (pen === undefined) return '';
  pen.fillStyle = background;
  pen.fillRect(0, 0, width, height);
  draw(pen);
  return canvas.toDataURL('image/png').replace(/^.*,/, '');
}
