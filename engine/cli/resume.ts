/** `nearsight resume RUN`: goes on from the last checkpoint; ends like the action that it resumes, bit for bit. */
import { Command } from 'commander';
import { noRun, readManifest } from '../runs/run-folder';
import { conclude, refuse } from './command';
import type { Outcome } from './command';
import { prepareEvaluation } from './evaluate';
import { prepareExploration } from './explore';
import { addJobOptions, resumeJob } from './job';
import type { JobOptions } from './job';
import { prepareDynamics } from './md';
import type { Output } from './output';
import { prepareRate } from './rate';
import { prepareTraining } from './train';
import { prepareUmbrella } from './umbrella';

export const resumeCommand = addJobOptions(
  new Command('resume').description('go on with a run that was stopped or interrupted').argument('<run>', 'run folder'),
).action((folder: string, options: JobOptions) => conclude(options, (output) => resume(folder, options, output)));

function resume(folder: string, options: JobOptions, output: Output): Outcome | Promise<Outcome> {
  const kind = readManifest(folder)?.kind;
  switch (kind) {
    case undefined:
      return refuse(output, [noRun(folder)]);
    case 'train':
      return resumeJob(kind, prepareTraining, folder, options, output);
    case 'evaluate':
      return resumeJob(kind, prepareEvaluation, folder, options, output);
    case 'md':
      return resumeJob(kind, prepareDynamics, folder, options, output);
    case 'explore':
      return resumeJob(kind, prepareExploration, folder, options, output);
    case 'rate':
      return resumeJob(kind, prepareRate, folder, options, output);
    case 'umbrella':
      return resumeJob(kind, prepareUmbrella, folder, options, output);
  }
}
