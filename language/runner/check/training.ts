/**
 * Normalization and scaling (NN060 to NN063), and the settings of a training that contradict each other or have no effect (NN070 to
 * NN082), and what n2p2 does silently (NN101, NN102).
 */
import { readNumber, shown } from '../numbers';
import { functionsOf, type Entry, type InputFile } from '../reading';
import type { Word } from '../tree';
import { commentOut, insert, listed, placeOf, preferred, remove, rewrite, type Context } from './context';
import { generationOf, isForTraining, valueOf } from './keywords';

/** @param hasSets whether all structures of input.data say in which set they are */
export function checkTraining(context: Context, hasSets = false): void {
  checkNormalization(context);
  checkScaling(context);
  checkUpdater(context);
  checkSelection(context);
  checkForces(context);
  checkKalman(context);
  checkSplit(context, hasSets);
  checkMemory(context);
  checkSilence(context);
}

const NORMALIZATION = ['mean_energy', 'conv_energy', 'conv_length'] as const;

function checkNormalization({ file, report }: Context): void {
  const present = [...NORMALIZATION, 'conv_charge'].flatMap((name) => file.one(name) ?? []);
  const missing = NORMALIZATION.filter((name) => file.one(name) === undefined);
  const wanted = file.one('normalize_data_set');
  if (present.length > 0 && missing.length > 0) {
    const zero =
      missing.includes('mean_energy') && missing.length === 1
        ? [insert('Insert `mean_energy 0.0`', file, 'mean_energy', '0.0')]
        : [];
    report(
      'NN060',
      'error',
      placeOf(file, present[0]),
      `Normalization needs all of ${listed(NORMALIZATION)}: ${listed(missing)} is missing.`,
      [
        preferred(remove('Remove the normalization', file, ...present)),
        commentOut('Comment the normalization out', file, ...present),
        ...zero,
      ],
    );
  }
  if (wanted !== undefined && missing.length === 0 && valueOf(file, 'normalize_data_set') !== 'stats-only')
    report(
      'NN061',
      'warning',
      placeOf(file, wanted),
      'The file is normalized already: the training would normalize anew, and its weights would be others.',
      [preferred(remove('Remove `normalize_data_set`', file, wanted)), commentOut('Comment it out', file, wanted)],
      { related: [{ span: placeOf(file, present[0]), message: 'the normalization' }] },
    );
}

function checkScaling({ file, report }: Context): void {
  const sigma = file.one('scale_symmetry_functions_sigma');
  const others = ['scale_symmetry_functions', 'center_symmetry_functions'].flatMap((name) => file.one(name) ?? []);
  if (sigma !== undefined && others.length > 0)
    report(
      'NN062',
      'warning',
      placeOf(file, sigma),
      `\`scale_symmetry_functions_sigma\` has no effect beside ${listed(others.map(({ name }) => name))}.`,
      [
        preferred(remove('Remove it', file, sigma)),
        remove(`Remove ${listed(others.map(({ name }) => name))}`, file, ...others),
      ],
      { unnecessary: true },
    );
  const [low, high] = [file.one('scale_min_short'), file.one('scale_max_short')];
  const [lowWord, highWord] = [low?.arguments.at(0), high?.arguments.at(0)];
  if (low === undefined || high === undefined || lowWord === undefined || highWord === undefined) return;
  const [minimum, maximum] = [lowWord, highWord].map(({ text }) => readNumber(text, file.dialect));
  if (!minimum.isExact || !maximum.isExact || minimum.value < maximum.value) return;
  report(
    'NN063',
    'warning',
    placeOf(file, high, highWord),
    `scale_max_short, ${highWord.text}, is not above scale_min_short, ${lowWord.text}.`,
    [
      preferred(
        minimum.value > maximum.value
          ? rewrite('Exchange the two', file, [low, lowWord, highWord.text], [high, highWord, lowWord.text])
          : rewrite(`Write \`${shown(minimum.value + 1)}\``, file, [high, highWord, shown(minimum.value + 1)]),
      ),
    ],
  );
}

const wordOf = (entry: Entry): Word => entry.arguments.at(0) ?? entry.written;

function checkUpdater({ file, report }: Context): void {
  const jacobian = file.one('jacobian_mode');
  if (valueOf(file, 'updater_type') === '0' && jacobian !== undefined && jacobian.arguments.at(0)?.text !== '0')
    report(
      'NN070',
      'error',
      placeOf(file, jacobian, wordOf(jacobian)),
      'Gradient descent (`updater_type 0`) goes with `jacobian_mode 0` alone: n2p2 stops at anything else.',
      [
        preferred(
          rewrite('Write `jacobian_mode 0`', file, [
            jacobian,
            wordOf(jacobian),
            jacobian.arguments.length > 0 ? '0' : 'jacobian_mode 0',
          ]),
        ),
      ],
    );
  const repeated = file.one('repeated_energy_update');
  const forces = file.one('use_short_forces');
  if (repeated !== undefined && forces !== undefined)
    report(
      'NN071',
      'error',
      placeOf(file, repeated),
      '`repeated_energy_update` is not implemented together with forces: n2p2 stops at it.',
      [preferred(remove('Remove it', file, repeated))],
    );
  const strategy = file.one('update_strategy');
  if (strategy !== undefined && strategy.arguments.at(0)?.text === '1' && generationOf(file) !== '2G')
    report(
      'NN073',
      'error',
      placeOf(file, strategy, wordOf(strategy)),
      'Updates element by element are for 2G potentials alone.',
      [preferred(rewrite('Write `0`', file, [strategy, wordOf(strategy), '0']))],
    );
}

/** Properties with settings of their own beside the common ones. */
const PROPERTIES = ['', '_energy', '_force', '_charge'] as const;

/** All modes that a property goes through. */
function modesOf(file: InputFile, property: string): ReadonlySet<string> {
  const entry = file.one(`selection_mode${property}`) ?? file.one('selection_mode');
  const words = entry?.arguments ?? [];
  return new Set(words.length === 0 ? ['0'] : words.filter((_, i) => i % 2 === 0).map(({ text }) => text));
}

function checkSelection({ file, report }: Context): void {
  if (!isForTraining(file)) return;
  const isUsed = (property: string): boolean =>
    // What is common serves a property that has mode 2.
    (property === '' ? PROPERTIES : [property]).some((one) => modesOf(file, one).has('2'));
  const idle = PROPERTIES.filter((property) => !isUsed(property)).flatMap((property) =>
    [`rmse_threshold${property}`, `rmse_threshold_trials${property}`].flatMap((name) => file.one(name) ?? []),
  );
  const [first] = idle as readonly (Entry | undefined)[];
  if (first !== undefined)
    report(
      'NN075',
      'warning',
      placeOf(file, first),
      `Thresholds count with \`selection_mode 2\` alone: ${listed(idle.map(({ written }) => written.text))} ${idle.length === 1 ? 'has' : 'have'} no effect.`,
      [commentOut(idle.length === 1 ? 'Comment it out' : `Comment these ${idle.length} lines out`, file, ...idle)],
      {
        unnecessary: true,
        related: idle.slice(1).map((entry) => ({ span: placeOf(file, entry), message: 'without effect as well' })),
      },
    );
  const mode =
    file.one('selection_mode') ?? PROPERTIES.flatMap((property) => file.one(`selection_mode${property}`) ?? []).at(0);
  const hasTrials = PROPERTIES.some((property) => file.one(`rmse_threshold_trials${property}`) !== undefined);
  if (mode !== undefined && isUsed('') && !hasTrials)
    report(
      'NN075',
      'warning',
      placeOf(file, mode),
      'Mode 2 needs `rmse_threshold_trials`: how many candidates are looked at before the worst one is taken.',
      [preferred(insert('Insert `rmse_threshold_trials 3`', file, 'rmse_threshold_trials', '3'))],
    );
}

function checkForces({ file, report }: Context): void {
  const part = file.one('force_fraction');
  const ratio = file.one('force_energy_ratio');
  if (part === undefined || ratio === undefined) return;
  report(
    'NN076',
    'warning',
    placeOf(file, part),
    `\`force_energy_ratio\` goes before \`${part.written.text}\`, which is ignored.`,
    [preferred(remove('Remove it', file, part)), remove('Remove `force_energy_ratio`', file, ratio)],
    { unnecessary: true, related: [{ span: placeOf(file, ratio), message: 'this one counts' }] },
  );
}

function checkKalman({ file, report }: Context): void {
  const tau = file.one('kalman_etatau');
  const maximum = file.one('kalman_etamax');
  const [lonely, absent] = tau === undefined ? [maximum, 'kalman_etatau'] : [tau, 'kalman_etamax'];
  if (lonely !== undefined && (tau === undefined || maximum === undefined)) {
    const value = absent === 'kalman_etamax' ? '1.0' : '2.302';
    report(
      'NN077',
      'warning',
      placeOf(file, lonely),
      `\`${lonely.written.text}\` counts together with \`${absent}\` alone.`,
      [preferred(insert(`Insert \`${absent} ${value}\``, file, absent, value))],
    );
  }
  const type = file.one('kalman_type');
  const fading = ['kalman_lambda_short', 'kalman_nue_short'].flatMap((name) => file.one(name) ?? []);
  if (type === undefined || type.arguments.at(0)?.text !== '0' || fading.length === 0) return;
  report(
    'NN078',
    'warning',
    placeOf(file, fading[0]),
    `${listed(fading.map(({ name }) => name))} belong to the filter with fading memory (\`kalman_type 1\`): no effect here.`,
    [preferred(commentOut(fading.length === 1 ? 'Comment it out' : 'Comment both out', file, ...fading))],
    { unnecessary: true },
  );
}

/** Smaller parts are no test, larger ones a waste. */
const SMALLEST_TEST = 1e-3;

function checkSplit({ file, report }: Context, hasSets: boolean): void {
  const entry = file.one('test_fraction');
  const word = entry?.arguments.at(0);
  if (entry === undefined || word === undefined || !isForTraining(file)) return;
  const { value, isExact } = readNumber(word.text, file.dialect);
  if (!isExact || value < 0 || value >= 1) return;
  const fix = preferred(rewrite('Write `0.1`', file, [entry, word, '0.1']));
  if (value < SMALLEST_TEST)
    report(
      'NN079',
      'warning',
      placeOf(file, entry, word),
      'With hardly any test structures nobody sees when the potential learns its data by heart.',
      [fix],
    );
  else if (value > 0.5)
    report(
      'NN079',
      'warning',
      placeOf(file, entry, word),
      'More than half of the structures are kept out of the training.',
      [fix],
    );
  else if (!hasSets)
    report(
      'NN080',
      'information',
      placeOf(file, entry),
      'Each MPI rank draws its test structures itself: with another number of ranks the division is another one. `begin set=train` and `begin set=test` in input.data say it for good.',
    );
}

/** What n2p2 does without being asked for it, and hardly says. */
function checkSilence({ file, report }: Context): void {
  const forces = file.one('use_short_forces');
  if (forces !== undefined && isForTraining(file) && file.one('force_weight') === undefined)
    report(
      'NN101',
      'information',
      placeOf(file, forces),
      'Without `force_weight` n2p2 takes 1, and says so in the log alone. What is right depends on the units: better say it.',
      [preferred(insert('Insert `force_weight 1.0`', file, 'force_weight', '1.0'))],
    );
  for (const name of ['use_old_weights_short', 'use_old_weights_charge']) {
    const old = file.one(name);
    if (old === undefined || !isForTraining(file)) continue;
    report(
      'NN102',
      'information',
      placeOf(file, old),
      'The training goes on from the weights of weights.ZZZ.data, but its optimizer begins anew: the covariance of a Kalman filter is not kept, and the first updates may undo what was learned.',
    );
  }
}

/** Neighbours within the cutoff that the estimate assumes. */
const NEIGHBORS = 100;

function checkMemory({ file, report }: Context): void {
  const entry = file.one('memorize_symfunc_results');
  if (entry === undefined || !isForTraining(file)) return;
  const functions = functionsOf(file);
  if (functions.length === 0) return;
  const centers = new Set(functions.map(({ value }) => value.center)).size;
  const perAtom = functions.length / centers;
  const usesForces = file.one('use_short_forces') !== undefined;
  // Value, and with forces the derivatives by the three coordinates of the atom and of every neighbour.
  const megabytes = (1000 * perAtom * 8 * (usesForces ? 1 + 3 * (NEIGHBORS + 1) : 1)) / 1e6;
  report(
    'NN081',
    'information',
    placeOf(file, entry),
    `Keeps about ${shown(megabytes, 2)} MB for each 1,000 atoms of the data: ${shown(perAtom, 3)} functions${usesForces ? ` and their derivatives, with ${NEIGHBORS} neighbours an atom` : ''}.`,
    [commentOut('Compute them anew at every step: less memory, more time', file, entry)],
  );
}
