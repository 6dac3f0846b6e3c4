/** What one chooses above the plots of predictions: which plot, which quantity where there is room for one only, what tells points apart. */
import { fill, h, segmented } from '../../dom';
import { GROUPINGS } from '../../plots/groups';
import type { Mode } from './parity-card';
import { isForces, type ParityState } from './parity-state';

type Family = 'energy' | 'force' | 'stress';

export interface ParityChoosers {
  readonly mode: HTMLElement;
  readonly quantities: HTMLElement;
  readonly grouping: HTMLElement;
  /** Offers what the data and the committee allow to look at. */
  offer(state: ParityState, hasStress: boolean, isCommittee: boolean): void;
}

export function createParityChoosers(
  initial: ParityState['grouping'],
  on: {
    readonly mode: (mode: Mode) => void;
    readonly family: (family: Family) => void;
    readonly grouping: (grouping: ParityState['grouping']) => void;
  },
): ParityChoosers {
  const mode = h('div', { class: 'parity-mode' });
  const quantities = h('div', { class: 'when-narrow' });
  const grouping = h(
    'select',
    { 'aria-label': 'Tell points apart by' },
    ...GROUPINGS.map((value) => h('option', { value }, `by ${value}`)),
  );
  grouping.value = initial;
  grouping.addEventListener('change', () => on.grouping(GROUPINGS.find((each) => each === grouping.value) ?? 'set'));

  function offer(state: ParityState, hasStress: boolean, isCommittee: boolean): void {
    const modes: readonly Mode[] = [
      'parity',
      'residual',
      'histogram',
      ...(isCommittee ? ['calibration' as const] : []),
    ];
    const plots = modes.map((value) => ({ value, caption: value }));
    fill(mode, segmented<Mode>('Plot', plots, state.mode, on.mode).element);
    const families = [
      { value: 'energy', caption: 'Energy' },
      { value: 'force', caption: 'Forces' },
      ...(hasStress ? [{ value: 'stress', caption: 'Stress' } as const] : []),
    ] as const;
    const family = isForces(state.quantity) ? 'force' : state.quantity;
    fill(quantities, segmented<Family>('Quantity', families, family, on.family).element);
  }

  return { mode, quantities, grouping, offer };
}
