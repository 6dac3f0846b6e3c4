/** What is said where a file offers nothing for a command. */
import { expect, test } from 'vitest';
import { OFFERS } from '../../../extension/offers';
import { LENS_COMMANDS } from '../../../protocol/requests';
import { runKind } from '../../../protocol/run';

test('where there is nothing to run, every kind of action is named; where there is no potential, none', () => {
  const { [LENS_COMMANDS.run]: run, ...others } = OFFERS;
  for (const kind of runKind.options) {
    expect(run.nothing).toMatch(new RegExp(`\\b${kind}\\b`));
    for (const { nothing } of Object.values(others)) expect(nothing).not.toMatch(new RegExp(`\\b${kind}\\b`));
  }
  for (const { nothing } of Object.values(others)) expect(nothing).toMatch(/^No potential/);
});
