/** The course of molecular dynamics: energies in eV and meV, the temperature in K; against simulated time. */
import type { StepEvent } from '../../../protocol/run';
import type { Values } from '../../plots/points';
import { largest, type Abscissa, type Course, type CurveChart, type Line, type Source } from '../curve-section';
import type { History } from '../history';

const ofSteps =
  (value: (step: StepEvent, start: StepEvent) => number) =>
  ({ steps }: History): Values =>
    steps.map((step) => value(step, steps[0]));

const potential = ofSteps((step, start) => step.potential_energy - start.potential_energy);
const kinetic = ofSteps((step, start) => step.kinetic_energy - start.kinetic_energy);
const temperature = ofSteps((step) => step.temperature);
const conserved = ofSteps((step, start) => (step.conserved - start.conserved) * 1000);

/** Of one run its energies together; of several each quantity in a chart of its own. */
function charts(sources: readonly Source[]): CurveChart[] {
  const [only] = sources;
  const each = (values: Line['values']): Line[] => sources.map((source) => ({ ...source, values }));
  const single = sources.length === 1;
  const line = (label: string, color: number, values: Line['values']): Line => ({
    label,
    color,
    dash: label === 'kinetic' ? 'dashed' : 'solid',
    history: only.history,
    values,
  });
  return [
    {
      tab: 'Energies',
      title: single ? 'Energy change' : 'Potential energy, change',
      unit: 'eV',
      lines: single ? [line('potential', 0, potential), line('kinetic', 1, kinetic)] : each(potential),
    },
    {
      tab: 'Temperature',
      title: 'Temperature',
      unit: 'K',
      digits: 4,
      lines: single ? [line('T', 1, temperature)] : each(temperature),
    },
    {
      tab: 'Conserved',
      title: 'Conserved quantity, change',
      unit: 'meV',
      lines: single ? [line('ΔE', 2, conserved)] : each(conserved),
    },
  ];
}

function abscissa(histories: readonly History[]): Abscissa {
  const longest = largest(histories, ({ steps }) => steps.at(-1)?.time);
  const [unit, factor] = longest >= 1e4 ? ['ps', 1e-3] : ['fs', 1];
  return { label: `time (${unit})`, places: ({ steps }) => steps.map(({ time }) => time * factor) };
}

export const dynamics: Course = {
  name: 'Course',
  log: false,
  bySet: false,
  captions: { epoch: 'time', time: 'elapsed' },
  clock: 'time on the clock',
  events: ({ steps }) => steps,
  abscissa,
  charts,
  sources: (history) => [{ label: '', color: 0, dash: 'solid', history, set: () => 'train' }],
  waiting: 'The first step is being prepared.',
};
