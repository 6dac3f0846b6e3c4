/**
 * The few helpers that build the document. Text goes in as text nodes, never as HTML, and no `style` attribute is ever
 * set: the content-security policy forbids inline styles, so styling is classes and `element.style.x = …`.
 */

export type Child = Node | string | undefined | false;
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

function assign(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) if (child !== undefined && child !== false) element.append(child);
}

/** An element with attributes (`true` → empty attribute, `false`/`undefined` → none) and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  assign(element, attributes);
  append(element, children);
  return element;
}

/** The head of a column, `name` or `name (unit)`, which may take two lines: then its unit stays in one of them. */
export function columnHead(text: string, attributes: Attributes = {}): HTMLTableCellElement {
  const unit = text.lastIndexOf(' (') + 1;
  const parts = unit === 0 ? [text] : [text.slice(0, unit), h('span', { class: 'whole' }, text.slice(unit))];
  return h('th', { scope: 'col', ...attributes }, ...parts);
}

/** Replaces the children of `element`. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren();
  append(element, children);
}

/** Sets text only when it differs, so that live regions and layouts stay quiet. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** When what is asked to be drawn now is on the screen. */
export function afterPicture(step: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(step)));
}

/** Outlines on a 16 × 16 grid; drawn with the current text colour. */
const ICONS = {
  play: { fill: 'M4.5 2.8v10.4c0 .5.6.8 1 .5l7.6-5.2a.6.6 0 0 0 0-1L5.5 2.3c-.4-.3-1 0-1 .5Z' },
  pause: { fill: 'M4 3h2.6v10H4zM9.4 3H12v10H9.4z' },
  stop: { fill: 'M4 3.5h8a.5.5 0 0 1 .5.5v8a.5.5 0 0 1-.5.5H4a.5.5 0 0 1-.5-.5V4a.5.5 0 0 1 .5-.5Z' },
  resume: { stroke: 'M3 8a5 5 0 1 0 1.6-3.66M3 2.6v2.6h2.6' },
  previous: { fill: 'M3.5 3H5v10H3.5zM12.5 3.4v9.2L6 8z' },
  next: { fill: 'M11 3h1.5v10H11zM3.5 3.4v9.2L10 8z' },
  loop: {
    stroke:
      'M2.5 8.5V7a2.5 2.5 0 0 1 2.5-2.5h7.5M10.5 2.5l2 2-2 2M13.5 7.5V9a2.5 2.5 0 0 1-2.5 2.5H3.5M5.5 13.5l-2-2 2-2',
  },
  fit: { stroke: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10' },
  reset: { stroke: 'M2.5 7.5 8 2.5l5.5 5M4 6.5v7h8v-7' },
  ballAndStick: {
    stroke: 'M6.1 9.9l3.8-3.8',
    fill: 'M4.5 8.6a2.9 2.9 0 1 0 0 5.8 2.9 2.9 0 0 0 0-5.8ZM11.6 2a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8Z',
  },
  spaceFilling: {
    fill: 'M6 4.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM11 2a3.5 3.5 0 0 0-3.2 2.1 5.6 5.6 0 0 1 3.6 4.9A3.5 3.5 0 0 0 11 2Z',
  },
  perspective: { stroke: 'M5.5 3h5L14 13H2zM3.8 8h8.4M8 3v10' },
  orthographic: { stroke: 'M2.5 3h11v10h-11zM2.5 8h11M8 3v10' },
  forces: { stroke: 'M2.5 13.5 12.5 3.5M7.5 3h5.5v5.5' },
  color: { stroke: 'M8 2.2S3.5 6.8 3.5 9.6a4.5 4.5 0 0 0 9 0C12.5 6.8 8 2.2 8 2.2ZM8 12a2.3 2.3 0 0 1-2.3-2.3' },
  camera: { stroke: 'M1.5 5h3l1.2-2h4.6l1.2 2h3v8h-13zM8 6.5a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6Z' },
  compare: { stroke: 'M2.5 12.5c3 0 3-9 6-9h5M2.5 8.5c4 0 4 4 7 4h4' },
  exclude: { stroke: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM3.8 12.2l8.4-8.4' },
  copy: { stroke: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3' },
  text: { stroke: 'M2.5 3.5h11M2.5 6.5h8M2.5 9.5h11M2.5 12.5h6' },
  information: { stroke: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8ZM8 7.2V11.5M8 4.6v.9' },
  keyboard: { stroke: 'M1.5 4h13v8h-13zM4 6.5h.8M6.6 6.5h.8M9.2 6.5h.8M11.6 6.5h.8M4 9.5h8' },
  open: { stroke: 'M6.5 3h-4v10.5h10.5v-4M9 2.5h4.5V7M13.5 2.5 7.5 8.5' },
  close: { stroke: 'M3.5 3.5l9 9M12.5 3.5l-9 9' },
  warning: { stroke: 'M8 2 14.5 13.5h-13zM8 6v4M8 11.4v.8' },
  check: { stroke: 'M3 8.5l3.2 3.2L13 4.5' },
  search: { stroke: 'M6.8 2.3a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.2 10.2l3.6 3.6' },
  sliders: {
    stroke:
      'M2 4.5h6.2M11.8 4.5H14M2 11.5h2.2M7.8 11.5H14M10 2.8a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4ZM6 9.8a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4Z',
  },
  box: { stroke: 'M2.5 5V2.5H5M7 2.5h2M11 2.5h2.5V5M13.5 7v2M13.5 11v2.5H11M9 13.5H7M5 13.5H2.5V11M2.5 9V7' },
  film: { stroke: 'M2.5 3h11v10h-11zM5 3v10M11 3v10M2.5 6.3H5M2.5 9.7H5M11 6.3h2.5M11 9.7h2.5' },
  save: { stroke: 'M8 2v7.5M4.8 6.5 8 9.7l3.2-3.2M2.5 11v2.5h11V11' },
  link: {
    stroke:
      'M6.5 9.5l3-3M7.5 4.8l1.3-1.3a2.6 2.6 0 0 1 3.7 3.7l-1.3 1.3M8.5 11.2l-1.3 1.3a2.6 2.6 0 0 1-3.7-3.7l1.3-1.3',
  },
  follow: { stroke: 'M2.5 8h8M7.5 4.8 10.7 8l-3.2 3.2M13 3.5v9' },
  cell: { stroke: 'M2.5 5.5l3-3h8v8l-3 3h-8zM2.5 5.5h8v8M10.5 5.5l3-3' },
} as const;

export type IconName = keyof typeof ICONS;

const SVG = 'http://www.w3.org/2000/svg';

/** A decorative icon; what it means must stand in the label of its button. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  assign(svg, { viewBox: '0 0 16 16', class: 'icon', 'aria-hidden': 'true' });
  for (const [kind, d] of Object.entries(ICONS[name])) {
    const path = document.createElementNS(SVG, 'path');
    assign(path, { d, class: kind });
    svg.append(path);
  }
  return svg;
}

/** A button with an icon and, if given, a caption; `label` is what screen readers and tooltips say. */
export function button(
  name: IconName,
  label: string,
  onClick: () => void,
  options: { caption?: string; class?: string; keys?: string } = {},
): HTMLButtonElement {
  const element = h(
    'button',
    {
      type: 'button',
      class: `button ${options.class ?? ''}`,
      'aria-label': label,
      title: options.keys === undefined ? label : `${label} (${options.keys})`,
    },
    icon(name),
    options.caption === undefined ? undefined : h('span', {}, options.caption),
  );
  element.addEventListener('click', onClick);
  return element;
}

/** Shows another icon and label on a button made by `button`. */
export function setButton(element: HTMLButtonElement, name: IconName, label: string, keys?: string): void {
  if (element.getAttribute('aria-label') === label) return;
  element.querySelector('svg')?.replaceWith(icon(name));
  element.setAttribute('aria-label', label);
  element.title = keys === undefined ? label : `${label} (${keys})`;
}

/** A row of buttons of which one is pressed: `aria-pressed`, arrow keys move between them. */
export function segmented<T extends string>(
  label: string,
  choices: readonly { readonly value: T; readonly caption: string }[],
  initial: T,
  onChange: (value: T) => void,
): { readonly element: HTMLElement; set(value: T): void } {
  const element = h('div', { class: 'segmented', role: 'radiogroup', 'aria-label': label });
  const buttons = choices.map(({ value, caption }) => {
    const each = h('button', { type: 'button', role: 'radio' }, caption);
    each.addEventListener('click', () => {
      set(value);
      onChange(value);
    });
    return each;
  });
  function set(value: T): void {
    choices.forEach((choice, index) => {
      const chosen = choice.value === value;
      buttons[index].setAttribute('aria-checked', String(chosen));
      buttons[index].tabIndex = chosen ? 0 : -1;
    });
  }
  element.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const at = buttons.findIndex((each) => each === document.activeElement);
    const to = buttons[(at + step + buttons.length) % buttons.length];
    to.focus();
    to.click();
  });
  append(element, buttons);
  set(initial);
  return { element, set };
}

let region: HTMLElement | undefined;

/** Says something through the polite live region. */
export function announce(text: string): void {
  if (region === undefined) {
    region = h('div', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
    document.body.append(region);
  }
  setText(region, text);
}

/** Whether the control in the focus needs this key itself: all where one writes, arrows of a slider, what presses a button. */
export function keptByControl({ target, key }: KeyboardEvent): boolean {
  if (key === 'Escape') return false;
  if (target instanceof HTMLSelectElement) return true;
  if (target instanceof HTMLButtonElement) return key === ' ' || key === 'Enter';
  if (!(target instanceof HTMLInputElement)) return false;
  if (target.type === 'range') return /^(Arrow|Home|End|Page)/.test(key);
  return target.type !== 'checkbox' || key === ' ';
}
