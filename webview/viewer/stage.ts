/**
 * Where it is drawn: the canvas of the atoms, the one for lines and labels over it, and what is said where there is no
 * WebGL. It draws when told to, once a picture, and gives pictures away. Places are in CSS pixels from the upper left.
 */
import { afterPicture, button, fill, h } from '../dom';
import type { Theme } from '../theme';
import { openEye, type Eye } from './camera';
import type { Content } from './content';
import { distance } from './measure';
import type { Over } from './overlay';
import { openScene, type AtomScene } from './scene';
import type { ViewerState } from './state';

type Point = readonly [number, number, number];
interface Size {
  readonly width: number;
  readonly height: number;
}

/** Above this, drawing everything once more for ambient occlusion shows in how smoothly it turns. */
const MAXIMUM_OCCLUDED_ATOMS = 100_000;

export interface Stage {
  readonly element: HTMLElement;
  /** The one of the atoms; another one after a loss of the graphics context. */
  readonly canvas: HTMLCanvasElement;
  /** What draws, as WebGL names it; '' where it is missing. */
  readonly renderer: string;
  size(): Size;
  eye(): Eye;
  /** Where a point (Å) is seen. */
  placeOf(point: Point, eye: Eye): [number, number];
  /** With the next picture of the browser. */
  draw(): void;
  /** The picture of now with what is over it, as large as the settings say; undefined where there is none. */
  image(): HTMLCanvasElement | undefined;
  /** What is on the screen, as large as fits. */
  compose(into: HTMLCanvasElement): void;
  setTheme(theme: Theme): void;
  dispose(): void;
}

export interface StageOptions {
  readonly state: () => ViewerState;
  readonly theme: () => Theme;
  readonly content: Content;
  /** What is over the atoms, as plain data in places on the stage; undefined: nothing. */
  readonly over: (eye: Eye) => Over | undefined;
  readonly drawOver: (context: CanvasRenderingContext2D, over: Over, size: Size) => void;
  /** Draws what floats beside the atoms on the screen, for images and films. */
  readonly drawLegend: (context: CanvasRenderingContext2D, size: Size) => void;
  /** What floats over the canvases. */
  readonly panels: readonly HTMLElement[];
  readonly label: string;
  /** A canvas is there, with WebGL or (`undefined`) without. */
  readonly onStart: (canvas: HTMLCanvasElement | undefined) => void;
  readonly onResize: () => void;
  readonly onDrawn: () => void;
  /** What is on the screen is another picture now. */
  readonly onPicture: () => void;
}

export function createStage(options: StageOptions): Stage {
  const { state, content } = options;
  const element = h('div', { class: 'viewer-stage' });
  const overlay = h('canvas', { class: 'viewer-overlay', 'aria-hidden': 'true' });
  const message = h('div', { class: 'viewer-message', role: 'alert', hidden: true });
  let canvas = h('canvas');
  let scene: AtomScene | undefined;
  let drawing = false;
  let disposed = false;

  const measured = (): Size => ({ width: element.clientWidth, height: element.clientHeight });
  /** What is drawn over the atoms, with all that it depends on. */
  let overDrawn = '';
  /** As the browser last told: to measure has the page laid out, which takes longer than all else for a small frame. */
  let told: Size = { width: 0, height: 0 };
  const size = (): Size => (told.width > 0 && told.height > 0 ? told : measured());

  /** Radius about the target that holds everything, for clipping and the depth cue. */
  const contentRadius = (): number => distance(state().view.target, content.bounds.center) + content.bounds.radius + 1;

  function eye(): Eye {
    const { width, height } = size();
    return openEye(state().view, width / Math.max(1, height), contentRadius());
  }

  const occluded = ({ software }: AtomScene): boolean =>
    state().occlusion === 'always' ||
    (state().occlusion === 'auto' && !software && (content.frame?.numbers.length ?? 0) <= MAXIMUM_OCCLUDED_ATOMS);

  function draw(): void {
    if (drawing || disposed) return;
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      if (disposed) return;
      drawNow();
      options.onPicture();
    });
  }

  function drawNow(): void {
    const { width, height } = size();
    if (width === 0 || height === 0) return;
    const current = eye();
    const { view } = state();
    scene?.setOcclusion(occluded(scene));
    scene?.render(current, view.perspective, view.extent, contentRadius());
    // The browser takes its time for its first text: it comes after the first picture.
    if (content.frame !== undefined && overDrawn === '') afterPicture(() => drawOverlay(eye(), size()));
    else drawOverlay(current, { width, height });
    options.onDrawn();
  }

  function drawOverlay(current: Eye, { width, height }: Size): void {
    if (disposed) return;
    const ratio = Math.min(3, devicePixelRatio);
    const over = scene === undefined ? undefined : options.over(current);
    if (over === undefined && overDrawn === '') return;
    // Mostly the atoms move and nothing else; and to draw text has the styles of the page worked out.
    const next = JSON.stringify([width, height, ratio, options.theme(), over]);
    if (next === overDrawn) return;
    overDrawn = next;
    if (overlay.width !== Math.round(width * ratio) || overlay.height !== Math.round(height * ratio)) {
      overlay.width = Math.round(width * ratio);
      overlay.height = Math.round(height * ratio);
    }
    // What has no graphics card draws lines faster by itself.
    const context = overlay.getContext('2d', { willReadFrequently: scene?.software });
    if (context === null) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    if (over !== undefined) options.drawOver(context, over, { width, height });
  }

  function image(): HTMLCanvasElement | undefined {
    if (scene === undefined) return undefined;
    const { width, height } = size();
    const current = eye();
    const { imageScale, imageBackground, view } = state();
    const picture = scene.capture(
      current,
      view.perspective,
      view.extent,
      contentRadius(),
      imageScale,
      imageBackground === 'transparent',
    );
    drawNow();
    const result = h('canvas', { width: picture.width, height: picture.height });
    const context = result.getContext('2d');
    if (context === null) return undefined;
    context.putImageData(picture, 0, 0);
    context.scale(picture.width / width, picture.height / height);
    const over = options.over(current);
    if (over !== undefined) options.drawOver(context, over, { width, height });
    options.drawLegend(context, { width, height });
    return result;
  }

  function explain(title: string, lines: readonly string[]): void {
    fill(
      message,
      h('h3', {}, title),
      ...lines.map((line) => h('p', {}, line)),
      button('resume', 'Try again', () => start(), { caption: 'Try again', class: 'secondary' }),
    );
    message.hidden = false;
  }

  /** Opens (or opens again) the WebGL scene on a fresh canvas: a canvas whose context was lost may never get another. */
  function start(): void {
    scene?.dispose();
    scene = undefined;
    content.attach(undefined);
    canvas = h('canvas', {
      class: 'viewer-canvas',
      tabindex: 0,
      role: 'application',
      'aria-roledescription': '3-D view',
      'aria-label': `${options.label}. Press question mark for the keys.`,
    });
    fill(element, canvas, overlay, ...options.panels, message);
    message.hidden = true;
    try {
      const { width, height } = size();
      scene = openScene(canvas, width, height);
    } catch {
      explain('The 3-D view needs WebGL 2, and this window has none.', [
        'Plots, tables and measurements keep working. To get the view:',
        '• run “Preferences: Configure Runtime Arguments” and remove "disable-hardware-acceleration", then restart the editor;',
        '• update the graphics driver, or take the graphics card off the block list with the argument --ignore-gpu-blocklist;',
        '• in a virtual machine or over remote desktop start the editor with --enable-unsafe-swiftshader.',
      ]);
      options.onStart(undefined);
      return;
    }
    watchContext();
    scene.setTheme(options.theme());
    content.attach(scene);
    options.onStart(canvas);
    draw();
  }

  /** Graphics cards take contexts back. */
  function watchContext(): void {
    canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      // The old canvas of a fresh start loses its context on purpose.
      if (disposed || event.target !== canvas) return;
      explain('The graphics card took the 3-D view back.', [
        'This happens after sleep, a driver update, or when many 3-D views are open. Everything else on this page keeps working.',
      ]);
    });
    canvas.addEventListener('webglcontextrestored', () => {
      message.hidden = true;
      content.restyle();
      draw();
    });
  }

  const observer = new ResizeObserver(() => {
    told = measured();
    const { width, height } = told;
    if (width === 0 || height === 0) return;
    scene?.resize(width, height);
    options.onResize();
    // At once: a resized canvas is empty until it is drawn.
    drawNow();
  });
  observer.observe(element);
  // When whoever made the viewer has put it into the page, where it has its size.
  queueMicrotask(() => {
    if (!disposed) start();
  });

  return {
    element,
    get canvas() {
      return canvas;
    },
    get renderer() {
      return scene?.renderer ?? '';
    },
    size,
    eye,
    placeOf: (point, current) => {
      const { width, height } = size();
      const { x, y } = current.project(point);
      return [((x + 1) / 2) * width, ((1 - y) / 2) * height];
    },
    draw,
    image,
    compose: (into) => {
      // Drawn and read in one task: the drawing buffer is not kept beyond it.
      drawNow();
      const context = into.getContext('2d');
      if (context === null) return;
      const { width, height } = size();
      // In its middle, should the panel have another shape now.
      const scale = Math.min(into.width / width, into.height / height);
      context.resetTransform();
      context.clearRect(0, 0, into.width, into.height);
      context.translate((into.width - width * scale) / 2, (into.height - height * scale) / 2);
      context.scale(scale, scale);
      for (const each of [canvas, overlay]) context.drawImage(each, 0, 0, width, height);
      options.drawLegend(context, { width, height });
    },
    setTheme: (theme) => scene?.setTheme(theme),
    dispose: () => {
      disposed = true;
      observer.disconnect();
      scene?.dispose();
      scene = undefined;
    },
  };
}
