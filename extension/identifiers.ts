/** Every id that package.json and code share; a test holds the two equal. */
import { CONVERT_COMMAND, LENS_COMMANDS } from '../protocol/requests';

export const LANGUAGE = 'potential';
/** `input.nn` of n2p2 and RuNNer. */
export const INPUT_LANGUAGE = 'runner-nn';

export const COMMANDS = {
  run: LENS_COMMANDS.run,
  resume: LENS_COMMANDS.resume,
  stop: 'nearsight.stop',
  showResults: LENS_COMMANDS.results,
  showInResults: 'nearsight.showInResults',
  compareRuns: 'nearsight.compareRuns',
  showExpansion: LENS_COMMANDS.expand,
  previewDescriptors: LENS_COMMANDS.preview,
  openTrajectory: 'nearsight.openTrajectory',
  analyzeTrajectory: 'nearsight.analyzeTrajectory',
  openDefinition: 'nearsight.openDefinition',
  revealRun: 'nearsight.revealRun',
  newPotential: 'nearsight.newPotential',
  convert: CONVERT_COMMAND,
  refreshRuns: 'nearsight.refreshRuns',
  showLog: 'nearsight.showLog',
} as const;
export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

export const RUNS_VIEW = 'nearsight.runs';
export const RESULTS_PANEL = 'nearsight.results';
export const ANALYSIS_PANEL = 'nearsight.analysis';
export const COMPARISON_PANEL = 'nearsight.comparison';
export const PREVIEW_PANEL = 'nearsight.preview';
export const TRAJECTORY_EDITOR = 'nearsight.trajectory';

/** Tasks, and what reads their output. */
export const TASK_TYPE = 'nearsight';
export const PROBLEM_MATCHER = 'nearsight';

/** Keys of `when` clauses that the extension sets. */
export const CONTEXT_KEYS = { hasRuns: 'nearsight.hasRuns', hasRunning: 'nearsight.hasRunning' } as const;

/** Words in a run's `contextValue` that menus ask for. */
export const RUN_ITEM = {
  action: 'action',
  run: 'run',
  running: 'running',
  resumable: 'resumable',
  trajectory: 'trajectory',
} as const;

export const SETTINGS = {
  node: 'nearsight.node',
  openOnRun: 'nearsight.results.openOnRun',
  notifications: 'nearsight.notifications',
  trace: 'nearsight.trace.server',
} as const;

/** Names of files with structures, as in the manifest. */
export const STRUCTURE_FILE =
  /(^|\/)([^/]*\.((ext)?xyz|dump|lammpstrj|lmp|data|poscar|vasp|xdatcar)|dump\.[^/]*|(POSCAR|CONTCAR|XDATCAR)[^/]*?)(\.gz)?$/u;
