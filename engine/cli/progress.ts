/** Events of a run as text: a line for a pipe, a bar with the time left for a terminal. Energies in meV, forces in meV/Å, stresses in GPa. */
import type { EpochEvent, RunEvent, WindowEvent } from '../../protocol/run';
import { GIGAPASCAL } from '../structure/voigt';

const milli = (value: number | null): string => (value === null ? '–' : (1000 * value).toPrecision(3));

/** eV/Å³ as GPa. */
const pressure = (value: number | null): string => (value === null ? '–' : (GIGAPASCAL * value).toPrecision(3));

/** `31 % energy, 69 % force` */
const describeTerms = (shares: NonNullable<EpochEvent['shares']>): string =>
  (['energy', 'force', 'stress', 'regularization'] as const)
    .filter((term) => shares[term] > 0)
    .map((term) => `${(100 * shares[term]).toFixed(0)} % ${term}`)
    .join(', ');

/** 75 → "1:15", 3700 → "1:01:40" */
function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** A line, or undefined for what isn't worth one. */
export function describeEvent(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'log':
      return event.message;
    case 'warning':
      return `warning${event.code === undefined ? '' : ` ${event.code}`}: ${event.message}`;
    case 'epoch': {
      const { epoch, epochs, elapsed, energy_rmse: energy, force_rmse: force } = event;
      const shares = event.shares === undefined ? '' : `  loss ${describeTerms(event.shares)}`;
      const sets = (['train', 'validation', 'test'] as const).filter(
        (set) => set !== 'validation' || event.loss.validation !== null,
      );
      const errors = (of: typeof energy): string => sets.map((set) => milli(of[set])).join(' | ');
      const stresses = (of: typeof energy): string => sets.map((set) => pressure(of[set])).join(' | ');
      return (
        `epoch ${epoch}/${epochs}  energy ${errors(energy)} meV/atom  force ${errors(force)} meV/Å  ` +
        (event.stress_rmse === undefined ? '' : `stress ${stresses(event.stress_rmse)} GPa  `) +
        `(${sets.join(' | ')})${shares}  ${clock(elapsed)}`
      );
    }
    case 'step':
      return (
        `step ${event.step}/${event.steps}  ${event.time.toFixed(1)} fs  ${event.temperature.toFixed(1)} K  ` +
        `potential ${event.potential_energy.toFixed(4)} eV  conserved ${event.conserved.toFixed(6)} eV`
      );
    case 'flag':
      return (
        `flag at step ${event.step}: atom ${event.atom}, ${milli(event.disagreement)} meV/Å` +
        (event.rejected ? ', the walk ended where nothing is labelled' : '')
      );
    case 'label':
      return (
        `labelled ${event.frame + 1}: energy off by ${milli(event.energy_error)} meV/atom, ` +
        `forces by ${milli(event.force_rmse)} meV/Å  ${event.seconds.toFixed(1)} s`
      );
    case 'round':
      return (
        `round ${event.round}/${event.rounds}  step ${event.step}/${event.steps}  labelled ${event.labelled}` +
        (event.quarantined > 0 ? `  given up ${event.quarantined}` : '') +
        `  test force ${milli(event.test_force_rmse)} meV/Å`
      );
    case 'window':
      return `window ${event.window}/${event.windows}  ${event.phase} ${event.step}/${event.steps}  ${describePlace(event)}  ${event.temperature.toFixed(1)} K  ${clock(event.remaining)} left`;
    case 'state':
    case 'progress':
      return undefined;
  }
}

/** Where the coordinate is, and where it is held; angles in degrees. */
function describePlace({ value, center, unit }: WindowEvent): string {
  const [factor, shown] = unit === 'rad' ? [180 / Math.PI, ' deg'] : [1, unit && ` ${unit}`];
  return `at ${(factor * value).toFixed(3)}${shown} of ${(factor * center).toFixed(3)}${shown}`;
}

/**
 * One line of at most `columns` characters, or undefined for events that are no progress.
 * @param last the last epoch: what is done of the present one is drawn into its bar
 */
export function progressBar(event: RunEvent, columns: number, last?: EpochEvent): string | undefined {
  if (event.type === 'progress') {
    if (event.stage === 'epoch' && last !== undefined) {
      const { epoch, epochs } = last;
      return bar(
        `epoch ${epoch}/${epochs}`,
        epoch + event.done / Math.max(1, event.total),
        epochs,
        epochTail(last),
        columns,
      );
    }
    const left = event.remaining === undefined ? '' : `  ${clock(event.remaining)} left`;
    return bar(event.stage, event.done, event.total, left, columns);
  }
  if (event.type === 'epoch') {
    return bar(`epoch ${event.epoch}/${event.epochs}`, event.epoch, event.epochs, epochTail(event), columns);
  }
  if (event.type === 'step') {
    const left = (event.elapsed / Math.max(1, event.step)) * (event.steps - event.step);
    const state = `  ${event.temperature.toFixed(0)} K  ${clock(left)} left`;
    return bar(`step ${event.step}/${event.steps}`, event.step, event.steps, state, columns);
  }
  if (event.type === 'window') {
    const { window, windows, visited, phase, step, steps, remaining } = event;
    const part = phase === 'sampling' ? step / steps : 0;
    const tail = `  ${phase} ${step}/${steps}  ${clock(remaining)} left`;
    return bar(`window ${window} (${visited + 1} of ${windows})`, visited + part, windows, tail, columns);
  }
  return undefined;
}

function epochTail({ epoch, epochs, elapsed, energy_rmse: energy, force_rmse: force }: EpochEvent): string {
  const left = (elapsed / Math.max(1, epoch)) * (epochs - epoch);
  const errors = `${milli(energy.test ?? energy.train)} meV/atom  ${milli(force.test ?? force.train)} meV/Å`;
  return `  ${errors}  ${clock(left)} left`;
}

const BAR_WIDTH = 24;

function bar(title: string, done: number, total: number, tail: string, columns: number): string {
  const fraction = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  const full = Math.round(fraction * BAR_WIDTH);
  const drawn = `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)}`;
  return `${drawn} ${String(Math.floor(100 * fraction)).padStart(3)} %  ${title}${tail}`.slice(
    0,
    Math.max(20, columns - 1),
  );
}
