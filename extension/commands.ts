/** The commands, a flat table. Each takes what a code lens, a tree item, an explorer entry or nobody gives it. */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { PointedAt } from '../protocol/panels';
import { YAML_DUMP } from '../protocol/frames';
import { LENS_COMMANDS } from '../protocol/requests';
import type { LensArguments } from '../protocol/requests';
import { isResumable } from '../protocol/resumable';
import type { Context } from './context';
import { convert } from './conversion';
import { COMMANDS, SETTINGS, STRUCTURE_FILE } from './identifiers';
import type { CommandId } from './identifiers';
import { describeRun, STATE_ICONS } from './jobs/progress';
import { actionFolder, titleOf } from './jobs/runs';
import type { Run } from './jobs/runs';
import { lensArguments, lensesOf } from './lenses';
import { newPotential } from './new-potential';
import { OFFERS } from './offers';
import { MAXIMUM_COMPARED } from './panels/comparison';
import { openText } from './panels/page';
import { canonical } from './paths';
import { filesToPick } from './pick-file';
import { pointedAt } from './views/text-pointing';

/** `selected`: of a tree, all items that are selected with the one that was pointed at. */
type Command = (context: Context, argument: unknown, selected?: unknown) => unknown;

const commands: Readonly<Record<CommandId, Command>> = {
  [COMMANDS.run]: async (context, argument) => {
    const action = await actionOf(context, argument);
    if (!action || action.kind === 'potential') return;
    const uri = vscode.Uri.parse(action.uri, true);
    const run = await context.jobs.start(uri, action.kind, action.label);
    if (run && vscode.workspace.getConfiguration(undefined, uri).get<boolean>(SETTINGS.openOnRun, true))
      await context.results.show(run);
  },
  [COMMANDS.resume]: async (context, argument) => {
    const run = await runOf(context, argument, ({ state }) => isResumable(state));
    const resumed = run && (await context.jobs.resume(run));
    if (resumed) await context.results.show(resumed);
  },
  [COMMANDS.stop]: async (context, argument) => {
    const run = await runOf(context, argument, ({ state }) => state === 'running');
    if (run) await context.jobs.stop(run);
  },
  [COMMANDS.showResults]: async (context, argument) => {
    const run = await runOf(context, argument);
    if (run) await context.results.show(run);
  },
  [COMMANDS.showInResults]: async (context) => {
    const at = await pointedStructures(context);
    if (!at) {
      void vscode.window.showInformationMessage(
        'Which structure? Put the cursor into a frame of a data file, or open the file in the trajectory viewer.',
      );
      return;
    }
    const used = (run: Run): boolean =>
      run.manifest.data.some(
        ({ file }) => context.pointing.realPath(path.resolve(path.dirname(run.definition), file)) === at.file,
      );
    // Of one run after the other, those that are open already.
    const run = context.runs.all.find((each) => used(each) && context.results.isOpen(each.folder));
    const chosen = run ?? (await runOf(context, undefined, used));
    if (!chosen) return;
    context.pointing.point(at);
    await context.results.show(chosen);
  },
  [COMMANDS.compareRuns]: async (context, argument, selected) => {
    const runs = await runsToCompare(context, argument, selected);
    if (runs.length >= 2) context.comparisons.show(runs);
  },
  [COMMANDS.showExpansion]: async (context, argument) => {
    const potential = await lensOf(argument, LENS_COMMANDS.expand);
    if (potential) await context.expansions.show(vscode.Uri.parse(potential.uri, true), potential.label);
  },
  [COMMANDS.previewDescriptors]: async (context, argument) => {
    const potential = await lensOf(argument, LENS_COMMANDS.preview);
    if (potential) context.previews.show(vscode.Uri.parse(potential.uri, true), potential.label);
  },
  [COMMANDS.openTrajectory]: async (context, argument) => {
    const uri = await trajectoryOf(context, argument);
    if (uri) await context.trajectories.open(uri, { column: vscode.ViewColumn.Active });
  },
  [COMMANDS.analyzeTrajectory]: async (context, argument) => {
    const uri = await trajectoryOf(context, argument);
    if (uri) context.analyses.show(uri.fsPath);
  },
  [COMMANDS.openDefinition]: async (context, argument) => {
    const run = await runOf(context, argument);
    if (run)
      await openText(vscode.Uri.file(path.join(run.folder, 'definition.potential')), 0, vscode.ViewColumn.Active);
  },
  [COMMANDS.revealRun]: async (context, argument) => {
    const run = await runOf(context, argument);
    if (run) await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(run.folder));
  },
  [COMMANDS.convert]: convert,
  [COMMANDS.newPotential]: newPotential,
  [COMMANDS.refreshRuns]: (context) => context.discover(),
  [COMMANDS.showLog]: (context) => context.log.show(),
};

export function registerCommands(context: Context): vscode.Disposable {
  const registered = Object.entries(commands).map(([id, command]) =>
    vscode.commands.registerCommand(id, async (argument: unknown, selected: unknown) => {
      try {
        await command(context, argument, selected);
      } catch (error) {
        // The one place where a failed command ends: it says so, and nothing else is touched.
        context.tell(id, error);
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

const runNode = v.object({ type: v.literal('run'), folder: v.string() });
const actionNode = v.object({ type: v.literal('action'), folder: v.string() });

/** The arguments of a code lens, or those of the lens that a person picks: the lenses are what a file offers. */
async function lensOf(argument: unknown, command: keyof typeof OFFERS): Promise<LensArguments | undefined> {
  const given = v.safeParse(lensArguments, argument);
  if (given.success) return given.output;
  const editor = vscode.window.activeTextEditor;
  const uri = argument instanceof vscode.Uri ? argument : editor?.document.uri;
  if (!uri) return undefined;
  const offered = await lensesOf(uri, command);
  if (offered.length === 0) {
    void vscode.window.showInformationMessage(OFFERS[command].nothing);
    return undefined;
  }
  if (offered.length === 1) return offered[0].lens;
  // The block at the cursor first.
  const cursor = editor?.document.uri.toString() === uri.toString() ? editor.selection.active.line : -1;
  const nearest = offered.filter(({ line }) => line <= cursor).at(-1);
  const ordered = [...(nearest ? [nearest] : []), ...offered.filter((offer) => offer !== nearest)];
  const items = ordered.map(({ lens, line }) => ({
    label: `${lens.kind} ${lens.label}`,
    description: `line ${line + 1}`,
    lens,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: OFFERS[command].question }))?.lens;
}

async function actionOf(context: Context, argument: unknown): Promise<LensArguments | undefined> {
  const node = v.safeParse(actionNode, argument);
  if (!node.success) return lensOf(argument, LENS_COMMANDS.run);
  const newest = context.runs.all.find((run) => actionFolder(run) === node.output.folder);
  if (!newest) return undefined;
  const { kind, label } = newest.manifest;
  return { uri: vscode.Uri.file(newest.definition).toString(), kind, label };
}

/** The run of a tree item, the newest fitting one of a code lens, or the one that a person picks. */
async function runOf(
  context: Context,
  argument: unknown,
  fits: (run: Run) => boolean = () => true,
): Promise<Run | undefined> {
  const node = v.safeParse(runNode, argument);
  if (node.success) return context.runs.get(node.output.folder) ?? context.runs.find(node.output.folder);
  const lens = v.safeParse(lensArguments, argument);
  const file = lens.success ? await canonical(vscode.Uri.parse(lens.output.uri, true).fsPath) : undefined;
  const fitting = context.runs.all.filter(
    (run) =>
      fits(run) &&
      (!lens.success ||
        (run.definition === file &&
          run.manifest.kind === lens.output.kind &&
          run.manifest.label === lens.output.label)),
  );
  if (lens.success || fitting.length < 2) {
    if (fitting.length === 0) void vscode.window.showInformationMessage('There is no such run.');
    return fitting.at(0);
  }
  const items = fitting.map((run) => ({
    label: `$(${STATE_ICONS[run.state].icon}) ${titleOf(run)}`,
    description: describeRun(run),
    run,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Which run', matchOnDescription: true }))?.run;
}

/** The selected runs, or those that a person picks besides the one of `argument`; the oldest first, others are new ideas. */
async function runsToCompare(context: Context, argument: unknown, selected: unknown): Promise<readonly Run[]> {
  const chosen = v.safeParse(v.array(v.looseObject({ type: v.string(), folder: v.string() })), selected);
  const folders = chosen.success ? chosen.output.filter(({ type }) => type === 'run').map(({ folder }) => folder) : [];
  const all = [...context.runs.all].reverse();
  if (folders.length >= 2) return all.filter(({ folder }) => folders.includes(folder)).slice(0, MAXIMUM_COMPARED);
  const node = v.safeParse(runNode, argument);
  const first = node.success ? context.runs.get(node.output.folder) : undefined;
  // Runs of the same action first: they are what is compared most.
  const near = (run: Run): number => (first && actionFolder(run) === actionFolder(first) ? 0 : 1);
  const items = context.runs.all
    .filter((run) => !first || run.manifest.kind === first.manifest.kind)
    .sort((a, b) => near(a) - near(b))
    .map((run) => ({
      label: `$(${STATE_ICONS[run.state].icon}) ${titleOf(run)}`,
      description: describeRun(run),
      picked: run.folder === first?.folder,
      run,
    }));
  if (items.length < 2) {
    void vscode.window.showInformationMessage('There is no other run to compare with.');
    return [];
  }
  const placeHolder = first ? `Which runs to compare with ${titleOf(first)}` : 'Which runs to compare';
  const picked = await vscode.window.showQuickPick(items, { placeHolder, canPickMany: true, matchOnDescription: true });
  if (!picked) return [];
  const runs = new Set(picked.map(({ run }) => run.folder)).add(first?.folder ?? '');
  const compared = all.filter(({ folder }) => runs.has(folder)).slice(0, MAXIMUM_COMPARED);
  if (compared.length < 2) void vscode.window.showInformationMessage('A comparison takes two runs or more.');
  return compared;
}

/** What the cursor is in, or what the viewer in view shows. */
async function pointedStructures(context: Context): Promise<PointedAt | undefined> {
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (tab instanceof vscode.TabInputCustom) return context.trajectories.shown(tab.uri);
  const editor = vscode.window.activeTextEditor;
  const at = editor && (await pointedAt(context, editor));
  return at && { ...at, file: context.pointing.realPath(at.file) };
}

const ENDINGS = ['xyz', 'extxyz', 'dump', 'lammpstrj', 'lmp', 'data', 'poscar', 'vasp', 'xdatcar'];
/** Names of files with structures, to look for. */
const STRUCTURE_FILES = `{${ENDINGS.flatMap((each) => [`*.${each}`, `*.${each}.gz`]).join(',')},dump.*,POSCAR*,CONTCAR*,XDATCAR*}`;

/** Whether a file is a dump of LAMMPS, by its first bytes: the name of a YAML file tells nothing, and a large one has no text here. */
async function isYamlDump(uri: vscode.Uri): Promise<boolean> {
  if (uri.scheme !== 'file') return false;
  return YAML_DUMP.test(await text(createReadStream(uri.fsPath, { end: 255 })).catch(() => ''));
}

/** The file of an explorer entry, of a run, of the editor in view, or the one of the workspace that a person picks. */
async function trajectoryOf(context: Context, argument: unknown): Promise<vscode.Uri | undefined> {
  if (argument instanceof vscode.Uri) return argument;
  if (argument === undefined) {
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    const uri = tab instanceof vscode.TabInputText || tab instanceof vscode.TabInputCustom ? tab.uri : undefined;
    if (uri && (STRUCTURE_FILE.test(uri.path) || (await isYamlDump(uri)))) return uri;
    const items = await filesToPick(STRUCTURE_FILES);
    if (items.length === 0) void vscode.window.showInformationMessage('There is no file with structures here.');
    if (items.length < 2) return items.at(0)?.file;
    return (await vscode.window.showQuickPick(items, { placeHolder: 'Which structures to look at' }))?.file;
  }
  const run = await runOf(context, argument);
  return run?.trajectory === undefined ? undefined : vscode.Uri.file(run.trajectory);
}
