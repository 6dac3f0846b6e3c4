/** The messages of a run, folded away, with the number of its warnings. */
import { fill, h, icon } from '../../dom';
import type { Message } from '../history';

export function createMessageList(): { readonly element: HTMLElement; update(messages: readonly Message[]): void } {
  const element = h('details', { class: 'messages' });
  let shown = '';
  return {
    element,
    update: (messages) => {
      const warnings = messages.filter((each) => each.type === 'warning').length;
      element.hidden = messages.length === 0;
      const text = `${messages.length}/${warnings}/${messages.at(-1)?.t ?? 0}`;
      if (shown === text) return;
      shown = text;
      fill(
        element,
        h(
          'summary',
          {},
          `Messages${warnings === 0 ? '' : ` · ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`}`,
        ),
        h('ol', {}, ...messages.map(item)),
      );
    },
  };
}

function item(message: Message): HTMLElement {
  const code = message.type === 'warning' && message.code !== undefined ? `${message.code} ` : '';
  return h(
    'li',
    { class: message.type },
    h('time', {}, new Date(message.t).toLocaleTimeString()),
    message.type === 'warning' ? icon('warning') : undefined,
    h('span', {}, `${code}${message.message}`),
  );
}
