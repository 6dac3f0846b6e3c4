/**
 * `nearsight`: the command line, and every job of the editor. Exit codes: 0 good, 1 the work failed, 2 bad input.
 * A mistake of the person is a line on stderr; only a bug of ours shows a stack.
 */
import { Command, CommanderError } from 'commander';
import { analyzeCommand } from './analyze';
import { checkCommand } from './check';
import { compareCommand } from './compare';
import { convertCommand } from './convert';
import { evaluateCommand } from './evaluate';
import { expandCommand } from './expand';
import { formatCommand } from './format';
import { inspectCommand } from './inspect';
import { lspCommand } from './lsp';
import { exploreCommand } from './explore';
import { mdCommand } from './md';
import { exportCommand, importCommand } from './n2p2';
import { survivePipes } from './output';
import { rateCommand } from './rate';
import { resumeCommand } from './resume';
import { runsCommand } from './runs';
import { stopCommand } from './stop';
import { trainCommand } from './train';
import { umbrellaCommand } from './umbrella';
import { version } from './version';
import { whamCommand } from './wham';

const commands = [
  checkCommand,
  formatCommand,
  convertCommand,
  expandCommand,
  inspectCommand,
  analyzeCommand,
  trainCommand,
  evaluateCommand,
  mdCommand,
  whamCommand,
  exploreCommand,
  umbrellaCommand,
  rateCommand,
  importCommand,
  exportCommand,
  resumeCommand,
  stopCommand,
  runsCommand,
  compareCommand,
  lspCommand,
];

const program = new Command('nearsight')
  .description('Machine-learning interatomic potentials: write, train, test and run them')
  .version(version)
  .configureHelp({ showGlobalOptions: true });
for (const command of commands) program.addCommand(command.copyInheritedSettings(program).exitOverride());
program.exitOverride();

function reportBug(error: unknown): never {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`This is a bug in nearsight ${version}; please report it with what you did:\n${stack}\n`);
  process.exit(1);
}

survivePipes();
process.on('uncaughtException', reportBug);
// 'node' also inside Electron running as node, whose arguments commander would count otherwise.
program.parseAsync(process.argv, { from: 'node' }).catch((error: unknown) => {
  // Help and version come this way too, with exit code 0; commander has said what was wrong with the arguments.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else reportBug(error);
});
