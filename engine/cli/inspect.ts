/** `nearsight inspect FILE…`: what is in labelled data, and what a careful colleague would ask about it before training. */
import { Command } from 'commander';
import { describeFinding, reportData, type DataReport } from '../analysis/data-report';
import { chooseCutoff, LONGEST_CUTOFF, surveyDistances } from '../analysis/distances';
import { loadDataset } from '../formats/dataset';
import { conclude, JSON_OPTION, refuse } from './command';
import type { CommonOptions, Outcome } from './command';
import { datasetOfFiles } from './dataset';
import type { Output } from './output';
import { table } from './table';
import { parseUnits, UNITS_OPTION } from './units';

interface Options extends CommonOptions {
  readonly units?: string;
}

export const inspectCommand = new Command('inspect')
  .description('what is in labelled data: counts, distances, duplicates, contradictions, outliers')
  .argument('<files...>', 'data files or patterns')
  .option(...UNITS_OPTION)
  .option(...JSON_OPTION)
  .action((files: string[], options: Options) => conclude(options, (output) => inspect(files, options, output)));

/** Atoms by which a cutoff is chosen. */
const SURVEYED_ATOMS = 20_000;

async function inspect(files: readonly string[], options: Options, output: Output): Promise<Outcome> {
  const units = parseUnits(options.units);
  if (!units.ok) return refuse(output, units.problems);
  const loaded = await loadDataset(datasetOfFiles('data', files, units.value), process.cwd());
  if (!loaded.ok) return refuse(output, loaded.problems);
  const { structures, energyKey, forcesKey, warnings } = loaded.value;
  output.problems(warnings);
  const report = reportData(structures);
  const elements = report.elements.map(({ element }) => element);
  let atoms = 0;
  const surveyed = structures.filter(({ numbers }, s) => (atoms += numbers.length) <= SURVEYED_ATOMS || s === 0);
  const cutoff = chooseCutoff(surveyDistances(surveyed, elements, LONGEST_CUTOFF), elements);
  output.print(describe(report, { energyKey, forcesKey }, cutoff));
  const problems = report.findings.map((finding) => ({
    code: finding.code,
    message: describeFinding(finding, structures),
  }));
  output.problems(problems);
  return {
    exitCode: 0,
    result: {
      ...report,
      findings: report.findings.map(({ structures: indices, ...finding }) => ({
        ...finding,
        frames: indices.map((s) => structures[s].source),
      })),
      energy_key: energyKey ?? null,
      forces_key: forcesKey ?? null,
      cutoff: cutoff.cutoff,
      neighbors: cutoff.neighbors,
      warnings,
    },
  };
}

function describe(
  report: DataReport,
  { energyKey = 'none', forcesKey = 'none' }: { readonly energyKey?: string; readonly forcesKey?: string },
  { cutoff, neighbors }: { readonly cutoff: number; readonly neighbors: number },
): string {
  const { structures, atoms, energies, forces, elements, config_types, nearest } = report;
  const parts = [
    `${structures} structures, ${atoms} atoms: ${elements.map((one) => `${one.atoms} ${one.element}`).join(', ')}`,
    `energies: ${energies} (${energyKey}), forces: ${forces} structures (${forcesKey})`,
    `nearest: ${nearest.map(({ pair, distance }) => `${pair.join('–')} ${distance.toFixed(3)} Å`).join(', ') || 'no two atoms within 5 Å'}`,
    `automatic cutoff: ${cutoff} Å, ${neighbors.toFixed(1)} neighbours on average`,
  ];
  if (config_types.length > 1)
    parts.push(
      '',
      table([
        ['config_type', 'structures', 'atoms'],
        ...config_types.map((one) => [
          one.config_type === '' ? '–' : one.config_type,
          String(one.structures),
          String(one.atoms),
        ]),
      ]),
    );
  if (report.findings.length === 0) parts.push('', 'nothing is conspicuous');
  return parts.join('\n');
}
