/**
 * A tree to its definition and its diagnostics. Pure, and never in vain: it takes any tree, throws nothing, and every span
 * it names lies in the text. Each family of diagnostics is a file beside this one.
 *
 * What a section says by itself is found once and remembered with it, so that after an edit only the sections that it
 * touched are read again. What depends on other blocks or on files is asked anew each time, of the readings.
 */
import type { Definition } from '../definition/definition';
import { assemble } from '../definition/assembly';
import type { Diagnostic, Fix } from '../diagnostic';
import { moved } from '../syntax/sections';
import type { Section, Span, SyntaxError, SyntaxTree } from '../syntax/tree';
import { checkSplit } from './datasets';
import { checkData, isDataKnown } from './data';
import { checkDescriptor, checkDescriptors } from './descriptors';
import { checkDynamics } from './dynamics';
import { checkElements } from './elements';
import { checkExploration, checkOracle, checkTrust, exploredPotential } from './exploration';
import { checkInputs, checkOutputs } from './files';
import { checkIsotopeElements, checkIsotopes } from './isotopes';
import { checkBesideLoad, checkFolder } from './loading';
import { checkNames, namesOf } from './names';
import { checkNetworks } from './networks';
import { checkPairs } from './pairs';
import { checkPriors } from './priors';
import {
  isSimulation,
  referred,
  type BlockReading,
  type Context,
  type Environment,
  type FileContext,
  type Finding,
  type Names,
  type Placed,
} from './reading';
import { readBlocks } from './structure';
import { checkRate, checkRateRuns } from './rates';
import { checkRuns } from './runs';
import { windowsOfRun } from './sampling';
import { checkTraining } from './training';
import { checkUmbrella, checkWindows } from './umbrella';

export type { Environment } from './reading';

/**
 * Checks a file. Blocks in error, and what refers to them, are not in the definition. `environment` answers for files
 * beside the one that is checked; without it their existence is not checked.
 */
export function check(tree: SyntaxTree, environment?: Environment): Checked {
  const file: Placed[] = [];
  for (const { section, start } of tree.sections)
    for (const { reading, isGood } of readingOf(section).blocks) file.push({ reading, section, start, isGood });
  const names = namesOf(file);
  const diagnostics: Diagnostic[] = [];
  for (const { section, start } of tree.sections)
    for (const finding of readingOf(section).findings) diagnostics.push(diagnosticOf(finding, names, start));
  const hasSyntaxErrors = tree.errors.length > 0;
  const contextOf = ({ section, start }: Placed, heard: (finding: Finding) => void = () => undefined): FileContext => {
    const report = (finding: Finding): void => {
      diagnostics.push(diagnosticOf(finding, names, start));
      heard(finding);
    };
    return { section, start, names, environment, hasSyntaxErrors, report };
  };
  const good = file.filter((placed) => {
    const { reading } = placed;
    let { isGood } = placed;
    const context = contextOf(placed, ({ severity }) => (isGood &&= severity !== 'error'));
    checkNames(context, placed);
    checkInputs(context, reading);
    if (reading.name === 'potential') checkFolder(context, reading);
    if (reading.name === 'train') checkTraining(context, reading);
    if (isSimulation(reading)) {
      checkDynamics(context, reading, referred(context, reading, 'potential'));
      checkIsotopeElements(context, reading);
    }
    if (reading.name === 'oracle') checkTrust(context, reading);
    if (reading.name === 'umbrella') checkWindows(context, reading, windowsOfRun(context, reading));
    if (reading.name === 'rate') checkRateRuns(context, reading);
    if (reading.name === 'explore') {
      checkDynamics(context, reading, exploredPotential(context, reading));
      checkExploration(context, reading);
    }
    return isGood;
  });
  const checked = new Checked(diagnostics, good, environment);
  // As long as nothing is known of data, no definition is needed.
  if (good.some((placed) => isDataKnown(contextOf(placed), placed.reading)))
    checkData(good, checked.definition, contextOf);
  if (environment?.lastRun !== undefined || environment?.outside !== undefined)
    checkRuns(good, () => checked.definition, contextOf);
  diagnostics.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  return checked;
}

/** What comes out of a file. The definition is made when it is first asked for: to diagnose a keystroke none is needed. */
export class Checked {
  private assembled: Definition | undefined;

  constructor(
    readonly diagnostics: readonly Diagnostic[],
    private readonly good: readonly Placed[],
    private readonly environment: Environment | undefined,
  ) {}

  get definition(): Definition {
    return (this.assembled ??= assemble(this.good, this.environment));
  }

  /** The readings of potentials that are in the definition, and where their sections begin. */
  potentialReading(name: string): { readonly reading: BlockReading; readonly start: number } | undefined {
    return this.good.findLast(({ reading }) => reading.name === 'potential' && reading.label?.text === name);
  }
}

interface SectionReading {
  readonly blocks: readonly { readonly reading: BlockReading; readonly isGood: boolean }[];
  readonly findings: readonly Finding[];
}

const readings = new WeakMap<Section, SectionReading>();

function readingOf(section: Section): SectionReading {
  let reading = readings.get(section);
  if (reading === undefined) {
    reading = readSection(section);
    readings.set(section, reading);
  }
  return reading;
}

/** All that can be said of a section without looking at anything else. */
function readSection(section: Section): SectionReading {
  const findings = section.errors.map(findingOf);
  const context: Context = { section, report: (finding) => findings.push(finding) };
  const isGood = ({ block }: BlockReading): boolean =>
    !findings.some(({ severity, span }) => severity === 'error' && span.start <= block.end && span.end >= block.start);
  const blocks = readBlocks(context, checkDescriptor);
  for (const reading of blocks) {
    checkOutputs(context, reading);
    if (reading.name === 'dataset') checkSplit(context, reading);
    if (isSimulation(reading)) checkIsotopes(context, reading);
    if (reading.name === 'oracle') checkOracle(context, reading);
    if (reading.name === 'rate') checkRate(context, reading);
    if (reading.name === 'umbrella') checkUmbrella(context, reading);
    if (reading.name !== 'potential') continue;
    checkBesideLoad(context, reading);
    checkElements(context, reading);
    checkNetworks(context, reading);
    checkPriors(context, reading);
    checkPairs(context, reading);
    checkDescriptors(context, reading, (potential) => !isGood(potential));
  }
  return { blocks: blocks.map((reading) => ({ reading, isGood: isGood(reading) })), findings };
}

function findingOf({ code, message, start, end, insert, remove }: SyntaxError): Finding {
  const fixes: Fix[] = [];
  if (insert !== undefined)
    fixes.push({
      title: `Insert \`${insert.trim()}\``,
      edits: [{ span: { start: end, end }, text: insert }],
      preferred: true,
    });
  if (remove !== undefined) fixes.push({ title: 'Remove it', edits: [{ span: remove, text: '' }], preferred: true });
  return { code, severity: 'error', message, span: { start, end }, fixes };
}

function diagnosticOf({ span: { start, end }, fixes, ...rest }: Finding, names: Names, by: number): Diagnostic {
  const span: Span = { start, end };
  if (typeof fixes !== 'function') return moved(fixes === undefined ? { ...rest, span } : { ...rest, span, fixes }, by);
  // Some take as long as the whole check, and hardly any is ever asked for.
  let settled: readonly Fix[] | undefined;
  return {
    ...moved({ ...rest, span }, by),
    get fixes() {
      return (settled ??= moved(fixes(names), by));
    },
  };
}
