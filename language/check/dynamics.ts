/**
 * Molecular dynamics by itself: time steps that are too long for the lightest atom (PD1001), a thermostat that samples no ensemble
 * (PD1005), and runs without a step (PD1007) or a frame (PD1008).
 */
import { atomicNumber, elements as periodicTable } from '../elements';
import { formatQuantity } from '../schema/units';
import { massesIn } from './isotopes';
import { elementsOf } from './loading';
import { blocksOf, numberOf, replace, type BlockReading, type FileContext } from './reading';
import { rewrite } from './ranges';

/** Hydrogen's fastest vibrations have a period of about 9 fs; those of other atoms are longer as the root of their mass. */
const LONGEST_STEP_OF_HYDROGEN = 1;
const LONGEST_STEP = 10;

export function checkDynamics(context: FileContext, md: BlockReading, potential: BlockReading | undefined): void {
  const timestep = md.attributes.get('timestep')?.quantities?.[0];
  const duration = md.attributes.get('duration')?.quantities?.[0];
  const step = numberOf(md, 'timestep');
  if (duration !== undefined && step !== undefined && duration.value < step)
    context.report({
      code: 'PD1007',
      severity: 'error',
      span: duration.span,
      message: `${formatQuantity(duration.value, 'time')} is shorter than one time step, ${formatQuantity(step, 'time')}: nothing would be simulated.`,
      fixes: rewrite(duration, 1000 * step),
    });
  const every = blocksOf(md, 'output')[0]?.attributes.get('every')?.quantities?.[0];
  if (every !== undefined && duration !== undefined && step !== undefined && duration.value >= step) {
    const steps = Math.round(duration.value / step);
    if (every.value > steps)
      context.report({
        code: 'PD1008',
        severity: 'warning',
        span: every.span,
        message: `The simulation has ${steps} steps: with ${md.name === 'md' ? 'a frame' : 'a value'} every ${every.value} ${md.name === 'md' ? 'only the first is' : 'none would be'} written.`,
        fixes: rewrite(every, Math.max(1, Math.floor(steps / 100))),
      });
  }
  const thermostat = blocksOf(md, 'ensemble').find(({ label }) => label?.text === 'berendsen')?.label;
  if (thermostat !== undefined)
    context.report({
      code: 'PD1005',
      severity: 'warning',
      span: thermostat,
      message:
        'The thermostat of Berendsen does not sample the canonical ensemble: kinetic energies fluctuate too little, and what follows from fluctuations is wrong. `csvr` with the same time relaxes as fast and samples it.',
      fixes: [replace('Use `csvr`', thermostat, 'csvr', true)],
    });
  if (timestep === undefined) return;
  const symbols = potential === undefined ? [] : elementsOf(context, potential);
  if (symbols.length === 0) return;
  const masses = massesIn(md);
  const lightest = symbols
    .map((symbol) => {
      const { name, mass } = periodicTable[atomicNumber(symbol) ?? 0];
      return { name, mass: masses[symbol] ?? mass };
    })
    .reduce((a, b) => (b.mass < a.mass ? b : a));
  const longest = Math.min(LONGEST_STEP, LONGEST_STEP_OF_HYDROGEN * Math.sqrt(lightest.mass / periodicTable[1].mass));
  if (timestep.value <= longest * (1 + 1e-6)) return;
  const advised = Number((longest / 2).toPrecision(1));
  context.report({
    code: 'PD1001',
    severity: 'warning',
    span: timestep.span,
    message: `${formatQuantity(timestep.value, 'time')} is long for ${lightest.name}: at most a twentieth of the fastest vibration, ${formatQuantity(advised, 'time')}, keeps the energy.`,
    fixes: rewrite(timestep, advised),
  });
}
