/**
 * Colours of the editor's theme for canvases and WebGL, which cannot read CSS variables themselves. Everything else
 * is styled with `--vscode-*` variables in style.css.
 */

export interface Theme {
  readonly dark: boolean;
  readonly highContrast: boolean;
  readonly background: string;
  readonly foreground: string;
  /** Axis labels and other secondary text. */
  readonly muted: string;
  readonly grid: string;
  readonly border: string;
  readonly focus: string;
  /** Curves and sets of points, in their order (sets: that of SETS); the same as `--series-…` in style.css. */
  readonly series: readonly string[];
  readonly warning: string;
  readonly font: string;
}

const variable = (style: CSSStyleDeclaration, names: readonly string[], fallback: string): string => {
  for (const name of names) {
    const value = style.getPropertyValue(`--vscode-${name}`).trim();
    if (value !== '') return value;
  }
  return fallback;
};

const SERIES = [
  { name: 'charts-blue', dark: '#59a4f9', light: '#0063d3' },
  { name: 'charts-orange', dark: '#e5a35a', light: '#b95a00' },
  { name: 'charts-green', dark: '#89d185', light: '#388a34' },
  { name: 'charts-purple', dark: '#b180d7', light: '#652d90' },
  { name: 'charts-red', dark: '#f14c4c', light: '#e51400' },
  { name: 'charts-yellow', dark: '#cca700', light: '#8f7400' },
] as const;

/** Reads the theme as it is now. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const classes = document.body.classList;
  const dark = !classes.contains('vscode-light') && !classes.contains('vscode-high-contrast-light');
  const highContrast = classes.contains('vscode-high-contrast') || classes.contains('vscode-high-contrast-light');
  const background = variable(style, ['editor-background'], dark ? '#1f1f1f' : '#ffffff');
  const foreground = variable(style, ['editor-foreground', 'foreground'], dark ? '#cccccc' : '#3b3b3b');
  return {
    dark,
    highContrast,
    background,
    foreground,
    muted: highContrast ? foreground : variable(style, ['descriptionForeground'], dark ? '#9d9d9d' : '#6b6b6b'),
    grid: withAlpha(foreground, highContrast ? 0.28 : 0.09),
    border: variable(style, ['contrastBorder', 'widget-border', 'panel-border'], withAlpha(foreground, 0.2)),
    focus: variable(style, ['focusBorder'], dark ? '#0078d4' : '#005fb8'),
    series: SERIES.map(({ name, light, dark: onDark }) => opaque(variable(style, [name], dark ? onDark : light))),
    warning: variable(style, ['charts-red', 'editorError-foreground'], dark ? '#f48771' : '#c72e0f'),
    font: variable(style, ['font-family'], 'system-ui, sans-serif'),
  };
}

/** The same for pictures on white paper. */
export const onPaper = (theme: Theme): Theme => ({
  ...theme,
  dark: false,
  highContrast: false,
  background: '#ffffff',
  foreground: '#1f1f1f',
  muted: '#5f5f5f',
  focus: '#005fb8',
  series: SERIES.map(({ light }) => light),
  warning: '#c72e0f',
});

let context: CanvasRenderingContext2D | null | undefined;

/** Red, green, blue in 0…1 of any CSS colour; opacity is dropped. */
export function rgb(color: string): [number, number, number] {
  context ??= document.createElement('canvas').getContext('2d');
  if (context === null) return [0.5, 0.5, 0.5];
  context.fillStyle = '#808080';
  context.fillStyle = color;
  const text = context.fillStyle;
  if (text.startsWith('#')) {
    const value = Number.parseInt(text.slice(1), 16);
    return [((value >> 16) & 255) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
  }
  const [r = 128, g = 128, b = 128] = (text.match(/[\d.]+/g) ?? []).map(Number);
  return [r / 255, g / 255, b / 255];
}

/** The same as bytes. */
export const bytesOf = (color: string): number[] => rgb(color).map((x) => Math.round(x * 255));

/** `color` with the given opacity. */
export function withAlpha(color: string, alpha: number): string {
  const [r, g, b] = bytesOf(color);
  return `rgba(${r}, ${g}, ${b}, ${alpha})`;
}

/** Some themes take chart colours from see-through ones, which would be too faint for a line. */
const opaque = (color: string): string => withAlpha(color, 1);

/** Calls `listener` after every change of the theme; returns a function that ends this. */
export function onThemeChange(listener: (theme: Theme) => void): () => void {
  let waiting = false;
  const observer = new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      listener(readTheme());
    });
  });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  // The editor writes its colours as variables onto <html style>.
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  return () => observer.disconnect();
}

/** Whether the person asked for less motion. */
export const reducedMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
