/** What a potential of mean force looks like to people: as text and CSV, and what speaks against it. eV, K; the coordinate in its own unit. */
import { BOLTZMANN } from '../../language/constants';
import { describeForceConstants } from '../../language/check/rates';
import { fromInternal, formatNumber } from '../../language/schema/units';
import type { Pmf } from '../../protocol/pmf';
import type { Problem } from '../../protocol/result';
import { forceConstantRatio } from '../analysis/force-constants';
import type { WindowSettings } from '../formats/umbrella-windows';
import { table } from './table';

export const DISCONNECTED =
  'The windows do not hang together by overlaps: how high their parts lie over each other is not known. Sample windows in between.';

/** What speaks against a profile. */
export function problemsOf({ meta }: Pmf, convention: WindowSettings['convention'], file: string): Problem[] {
  const place = { file };
  const problems: Problem[] = [];
  const halved = describeForceConstants(forceConstantRatio(meta.windows, meta.temperature));
  if (halved !== undefined && convention !== 'whole')
    problems.push({ code: 'PD1204', message: `${halved} Say so with \`convention whole\`.`, place });
  if (!meta.connected)
    problems.push({
      code: 'RN023',
      message: DISCONNECTED,
      place,
    });
  else if (!meta.converged)
    problems.push({
      code: 'RN023',
      message: `The first and the second half of the samples differ by up to ${meta.difference.toPrecision(2)} eV, more than their errors explain: sample longer.`,
      place,
    });
  return problems;
}

const withError = (value: number, error: number, digits = 4): string =>
  `${value.toFixed(digits)} ± ${error.toFixed(digits)}`;

/** A profile for people: barrier and windows; energies in eV and kJ/mol. */
export function describePmf({ meta, coordinate, pmf, error }: Pmf): string {
  const { name, unit } = meta.coordinate;
  const kJ = (energy: number): number => fromInternal(energy, 'kJ/mol', 'energy');
  const x = (value: number): string => formatNumber(Number(value.toPrecision(4)));
  const { barrier } = meta;
  const lines = [
    `${name}${unit === '' ? '' : ` (${unit})`} at ${meta.temperature} K, ${meta.windows.length} windows, ${coordinate.length} bins`,
  ];
  if (barrier === null) lines.push('no barrier: the profile has one minimum');
  else {
    const row = (title: string, height: number, uncertainty: number): string[] => [
      title,
      withError(height, uncertainty),
      withError(kJ(height), kJ(uncertainty), 2),
      (height / (BOLTZMANN * meta.temperature)).toFixed(2),
    ];
    lines.push(
      table([
        ['barrier', 'eV', 'kJ/mol', 'k_B T'],
        row(`from ${x(barrier.reactant)} over ${x(barrier.top)}`, barrier.forward, barrier.forward_error),
        row(`from ${x(barrier.product)} over ${x(barrier.top)}`, barrier.backward, barrier.backward_error),
      ]),
    );
  }
  lines.push(
    table([
      ['window', 'κ', 'values', 'left out', 'inefficiency', 'mean', 'deviation', 'overlap with next'],
      ...meta.windows.map((window) => [
        x(window.center),
        x(window.force_constant),
        String(window.samples),
        String(window.discarded),
        window.inefficiency.toFixed(1),
        x(window.mean),
        x(window.deviation),
        window.overlap === null ? '' : `${Math.round(100 * window.overlap)} %`,
      ]),
    ]),
    table([
      ['ξ', 'W (eV)', 'error', ...(meta.jacobian ? ['W + 2 k_B T ln r'] : [])],
      ...[...coordinate].map((xi, b) => [
        x(xi),
        number(pmf[b]),
        number(error[b]),
        ...(meta.jacobian ? [number(withoutSphere(meta.temperature, xi, pmf[b]))] : []),
      ]),
    ]),
  );
  return lines.join('\n\n');
}

const number = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(4));

/** The profile without the room that a sphere of radius r has: W + 2 k_B T ln(r/Å). */
const withoutSphere = (temperature: number, r: number, w: number): number =>
  w + 2 * BOLTZMANN * temperature * Math.log(r);

export function toCsv({ meta, coordinate, pmf, error }: Pmf): string {
  const { unit } = meta.coordinate;
  const heading = `coordinate${unit === '' ? '' : unit === 'Å' ? '_angstrom' : `_${unit}`},pmf_eV,error_eV${meta.jacobian ? ',pmf_with_jacobian_eV' : ''}`;
  const rows = [...coordinate].map((xi, b) =>
    [xi, pmf[b], error[b], ...(meta.jacobian ? [withoutSphere(meta.temperature, xi, pmf[b])] : [])].join(','),
  );
  return `${[heading, ...rows].join('\n')}\n`;
}
