/** What the file has for the atom that is pointed at, beside it. Places are on the stage, in CSS pixels. */
import type { FrameData } from '../../protocol/frames';
import { fill, h } from '../dom';
import { describeAtom } from './measure';

export interface Tooltip {
  readonly element: HTMLElement;
  show(frame: FrameData, atom: number, x: number, y: number): void;
  hide(): void;
}

export function createTooltip(size: () => { readonly width: number; readonly height: number }): Tooltip {
  const element = h('div', { class: 'tooltip', role: 'tooltip', hidden: true });
  return {
    element,
    show: (frame, atom, x, y) => {
      const [first, ...rest] = describeAtom(frame, atom);
      fill(element, h('strong', {}, first), ...rest.map((line) => h('div', {}, line)));
      element.hidden = false;
      const { width, height } = size();
      const { offsetWidth, offsetHeight } = element;
      element.style.left = `${Math.max(4, Math.min(x + 14, width - offsetWidth - 6))}px`;
      element.style.top = `${y + 18 + offsetHeight > height ? Math.max(4, y - offsetHeight - 10) : y + 18}px`;
    },
    hide: () => (element.hidden = true),
  };
}
