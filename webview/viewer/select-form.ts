/** Where one writes which atoms are to be selected. */
import { button, h, setText } from '../dom';
import { SELECTION_EXAMPLE } from './select-atoms';

/**
 * @param select selects what is written, and says what is wrong with it by an Error
 * @param close the person is done with it
 */
export function createSelectForm(
  select: (text: string) => void,
  close: () => void,
): { readonly element: HTMLElement; toggle(): void } {
  const input = h('input', {
    type: 'text',
    'aria-label': 'Atoms to select',
    'aria-describedby': 'select-problem',
    placeholder: SELECTION_EXAMPLE,
    spellcheck: 'false',
    autocomplete: 'off',
  });
  const problem = h('p', { id: 'select-problem', class: 'problem', role: 'alert', hidden: true });
  const element = h(
    'form',
    { class: 'viewer-select', role: 'dialog', 'aria-label': 'Select atoms', hidden: true },
    input,
    button('check', 'Select', () => submit(), { caption: 'Select' }),
    button('close', 'Close', close),
    problem,
    h(
      'p',
      { class: 'muted' },
      'Elements, indices from 0 and their ranges, numbers of the file: |forces| > 0.5. With and, not, parentheses; a comma adds.',
    ),
  );
  function submit(): void {
    let wrong = '';
    try {
      select(input.value);
    } catch (error) {
      wrong = error instanceof Error ? error.message : String(error);
    }
    setText(problem, wrong);
    problem.hidden = wrong === '';
    input.setAttribute('aria-invalid', String(wrong !== ''));
  }
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  return {
    element,
    toggle: () => {
      element.hidden = !element.hidden;
      if (!element.hidden) input.select();
    },
  };
}
