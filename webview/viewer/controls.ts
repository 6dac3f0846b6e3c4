/**
 * The controls of the Display panel. Each shows a value of the state and says what is wished; what is being written, and an
 * open list, stay as they are until that value changes.
 */
import { atomicNumber, symbolOf } from '../../language/elements';
import { h } from '../dom';

export interface Control {
  readonly element: HTMLElement;
  /** Shows the present value. */
  show(): void;
}

/** A control that `write` brings to a value; only if that is another than it last was. */
function control<T>(element: HTMLElement, value: () => T, write: (value: T) => void): Control {
  let shown: T | undefined;
  return {
    element,
    show: () => {
      const next = value();
      if (next === shown) return;
      shown = next;
      write(next);
    },
  };
}

const idOf = (name: string): string => `display-${name}`;

/** The same, seen only where `isShown`. */
export function shownIf(isShown: () => boolean, shown: Control): Control {
  return {
    element: shown.element,
    show: () => {
      shown.element.hidden = !isShown();
      shown.show();
    },
  };
}

export function select<T extends string>(
  name: string,
  label: string,
  value: () => T,
  choices: readonly (readonly [value: T, caption: string])[],
  onChange: (value: T) => void,
): Control {
  const element = h(
    'select',
    { id: idOf(name), 'aria-label': label, title: label },
    ...choices.map(([key, caption]) => h('option', { value: key }, caption)),
  );
  element.addEventListener('change', () => onChange(choices[element.selectedIndex][0]));
  return control(element, value, (key) => (element.value = key));
}

export function check(
  name: string,
  caption: string,
  value: () => boolean,
  onChange: (checked: boolean) => void,
  title?: string,
): Control {
  const box = h('input', { id: idOf(name), type: 'checkbox' });
  box.addEventListener('change', () => onChange(box.checked));
  return control(h('label', { title }, box, caption), value, (checked) => (box.checked = checked));
}

/** Where one writes which element a type is; 0 none. */
export function element(
  name: string,
  caption: string,
  value: () => number,
  onChange: (number: number) => void,
): Control {
  const box = h('input', {
    id: idOf(name),
    class: 'element-input',
    'aria-label': `Element of type ${caption}`,
    placeholder: 'element',
    maxlength: 2,
    spellcheck: 'false',
  });
  box.addEventListener('change', () => {
    const word = box.value.trim();
    const z = atomicNumber(word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
    box.setAttribute('aria-invalid', String(word !== '' && z === undefined));
    if (word === '' || z !== undefined) onChange(z ?? 0);
  });
  return control(h('label', {}, caption, box), value, (z) => (box.value = z === 0 ? '' : symbolOf(z)));
}

interface Limits {
  readonly min?: number;
  readonly max?: number;
  /** Between numbers that one steps to; any number can be written where there are none. */
  readonly step?: number | 'any';
}

/** Where one writes a number; what is out of its limits becomes the limit. */
export function number(
  name: string,
  label: string,
  value: () => number | undefined,
  { min, max, step = 'any' }: Limits,
  onChange: (value: number) => void,
): Control {
  const element = h('input', { id: idOf(name), type: 'number', 'aria-label': label, title: label, min, max, step });
  const write = (next: number | undefined): void => {
    element.value = next === undefined ? '' : String(next);
  };
  element.addEventListener('change', () => {
    const wished = Math.min(max ?? Infinity, Math.max(min ?? -Infinity, element.valueAsNumber));
    if (Number.isFinite(wished)) onChange(wished);
    write(value());
  });
  return control(element, value, write);
}

/** A word between controls. */
export function word(text: () => string): Control {
  const element = h('span', {});
  return control(element, text, (next) => (element.textContent = next));
}

export function slider(name: string, label: string, value: () => number, onChange: (value: number) => void): Control {
  const element = h('input', {
    id: idOf(name),
    type: 'range',
    'aria-label': label,
    title: label,
    min: 0,
    max: 1,
    step: 0.01,
  });
  element.addEventListener('input', () => onChange(element.valueAsNumber));
  return control(element, value, (next) => (element.value = String(next)));
}
