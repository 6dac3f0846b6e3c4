/** Values of the wrong type, whatever they are the value of (PD0005). */
import type { Fix } from '../diagnostic';
import type { Value } from '../syntax/tree';
import { textOf, type Context } from './reading';

/** Reports a value of the wrong type; `what` completes "`name` …". */
export function wrongType(
  context: Context,
  name: string,
  what: string,
  value: Value,
  fixes: readonly Fix[] = [],
): void {
  const unit = 'unit' in value && value.unit !== undefined && (value.kind === 'list' || value.kind === 'call');
  context.report({
    code: 'PD0005',
    severity: 'error',
    span: value,
    message: `\`${name}\` ${what}, not ${describe(context, value)}${unit ? ' with a unit' : ''}.`,
    fixes,
  });
}

function describe(context: Context, value: Value): string {
  const text = textOf(context, value);
  const shown = text.length <= 40 && !/[\r\n]/u.test(text) ? ` \`${text}\`` : '';
  switch (value.kind) {
    case 'number':
      return `the number${shown}`;
    case 'string':
      return `the text${shown}`;
    case 'name':
      return `the word${shown}`;
    case 'list':
      return `the list${shown}`;
    case 'call':
      return shown === '' ? 'a function' : shown.trim();
    case 'range':
      return `the range${shown}`;
  }
}
