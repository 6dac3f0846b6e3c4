/** Drawings of the page as documents of their own: what the style sheet says of an SVG element stands in it. */
import { readTheme } from '../theme';

const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-opacity',
  'stroke-width',
  'stroke-dasharray',
  'font-size',
  'font-family',
] as const;
/** Pixels of a picture for each of the screen. */
const RATIO = 2;

/** What is on the screen, but for parts of the class `without`. */
export function standaloneSvg(picture: SVGElement, without: string): string {
  const { width, height } = picture.getBoundingClientRect();
  const copy = picture.cloneNode(true) as SVGElement;
  const parts = copy.querySelectorAll('*');
  picture.querySelectorAll('*').forEach((part, k) => {
    const styles = getComputedStyle(part);
    for (const name of STYLES) parts[k].setAttribute(name, styles.getPropertyValue(name));
  });
  for (const part of parts) {
    if (part.classList.contains(without)) part.remove();
    part.removeAttribute('class');
  }
  for (const name of ['class', 'aria-hidden']) copy.removeAttribute(name);
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const ground = document.createElementNS(copy.namespaceURI, 'rect');
  for (const [name, value] of [['width', '100%'], ['height', '100%'], ['fill', readTheme().background]]) ground.setAttribute(name, value); // prettier-ignore
  copy.prepend(ground);
  return `${new XMLSerializer().serializeToString(copy)}\n`;
}

/** An SVG document as a PNG, in base64. */
export async function paintSvg(svg: string): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = RATIO * image.width;
  canvas.height = RATIO * image.height;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png').replace(/^.*,/, '');
}
