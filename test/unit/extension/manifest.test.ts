/** package.json and extension/identifiers.ts name the same things, and menus only speak of what exists. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import {
  ANALYSIS_PANEL,
  COMMANDS,
  COMPARISON_PANEL,
  CONTEXT_KEYS,
  INPUT_LANGUAGE,
  LANGUAGE,
  PROBLEM_MATCHER,
  PREVIEW_PANEL,
  RESULTS_PANEL,
  RUNS_VIEW,
  SETTINGS,
  TASK_TYPE,
  TRAJECTORY_EDITOR,
} from '../../../extension/identifiers';
import { describe } from '../../../protocol/result';

const root = path.resolve(__dirname, '../../..');
const entry = v.object({ command: v.string(), when: v.optional(v.string()) });
const manifest = v.parse(
  v.object({
    icon: v.string(),
    activationEvents: v.array(v.string()),
    contributes: v.object({
      languages: v.array(
        v.object({ id: v.string(), configuration: v.string(), icon: v.record(v.string(), v.string()) }),
      ),
      grammars: v.array(v.object({ language: v.string(), path: v.string() })),
      commands: v.array(v.object({ command: v.string(), category: v.string() })),
      menus: v.record(v.string(), v.array(entry)),
      keybindings: v.array(entry),
      views: v.record(v.string(), v.array(v.object({ id: v.string(), icon: v.string() }))),
      viewsContainers: v.object({ activitybar: v.array(v.object({ id: v.string(), icon: v.string() })) }),
      viewsWelcome: v.array(v.object({ view: v.string(), contents: v.string() })),
      customEditors: v.array(v.object({ viewType: v.string(), priority: v.string() })),
      taskDefinitions: v.tuple([v.object({ type: v.string(), required: v.array(v.string()) })]),
      problemMatchers: v.tuple([
        v.object({
          name: v.string(),
          pattern: v.object({
            regexp: v.string(),
            file: v.number(),
            line: v.number(),
            column: v.number(),
            code: v.number(),
            message: v.number(),
            severity: v.number(),
          }),
        }),
      ]),
      configuration: v.object({ properties: v.record(v.string(), v.object({ scope: v.string() })) }),
      walkthroughs: v.array(
        v.object({
          steps: v.array(
            v.object({
              description: v.string(),
              media: v.object({ markdown: v.string() }),
              completionEvents: v.array(v.string()),
            }),
          ),
        }),
      ),
    }),
    capabilities: v.object({ untrustedWorkspaces: v.object({ restrictedConfigurations: v.array(v.string()) }) }),
  }),
  JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')),
);
const { contributes } = manifest;
const ids = Object.values<string>(COMMANDS);
const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);

test('commands', () => {
  expect(contributes.commands.map(({ command }) => command).sort()).toEqual([...ids].sort());
  expect(new Set(contributes.commands.map(({ category }) => category))).toEqual(new Set(['Nearsight']));
});

test('menus, keys, texts and walkthrough speak of commands that exist', () => {
  const used = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].map(({ command }) => command);
  const texts = [...contributes.viewsWelcome.map(({ contents }) => contents), ...steps.map((step) => step.description)];
  const linked = texts.flatMap((text) => [...text.matchAll(/command:(nearsight\.\w+)/g)].map((match) => match[1]));
  const events = steps.flatMap((step) => step.completionEvents.map((event) => event.replace('onCommand:', '')));
  for (const command of [...used, ...linked, ...events]) expect(ids).toContain(command);
});

test('context keys in when clauses are set by somebody', () => {
  const clauses = Object.values(contributes.menus)
    .flat()
    .map(({ when }) => when ?? '');
  const keys = new Set(clauses.flatMap((when) => when.match(/nearsight\.has\w+/g) ?? []));
  expect([...keys].sort()).toEqual(Object.values<string>(CONTEXT_KEYS).sort());
});

test('view, panels, editor, language', () => {
  expect(Object.values(contributes.views).flatMap((views) => views.map(({ id }) => id))).toEqual([RUNS_VIEW]);
  expect(new Set(contributes.viewsWelcome.map(({ view }) => view))).toEqual(new Set([RUNS_VIEW]));
  expect(contributes.customEditors).toEqual([
    expect.objectContaining({ viewType: TRAJECTORY_EDITOR, priority: 'option' }),
  ]);
  expect(contributes.languages.map(({ id }) => id)).toEqual([LANGUAGE, INPUT_LANGUAGE]);
  expect(contributes.grammars.map(({ language }) => language)).toEqual([LANGUAGE, INPUT_LANGUAGE]);
  expect(manifest.activationEvents).toEqual(
    expect.arrayContaining([
      `onLanguage:${LANGUAGE}`,
      `onLanguage:${INPUT_LANGUAGE}`,
      `onWebviewPanel:${RESULTS_PANEL}`,
      `onWebviewPanel:${COMPARISON_PANEL}`,
      `onWebviewPanel:${ANALYSIS_PANEL}`,
      `onWebviewPanel:${PREVIEW_PANEL}`,
    ]),
  );
});

test('tasks', () => {
  expect(contributes.taskDefinitions).toEqual([{ type: TASK_TYPE, required: ['command', 'file'] }]);
});

test('problems in the output of a task are found with place, code and severity', () => {
  const [{ name, pattern }] = contributes.problemMatchers;
  expect(name).toBe(PROBLEM_MATCHER);
  const { regexp, file, line, column, code, message, severity } = pattern;
  const read = (text: string): unknown[] => {
    const parts = new RegExp(regexp).exec(text) ?? [];
    return [file, line, column, code, message, severity].map((group) => parts[group]);
  };
  const place = { file: '/home/a b/x.potential', line: 3, column: 14 };
  const problem = describe({ code: 'PD0102', message: '`cutoff` is a length (not an energy)', place });
  const found = [place.file, '3', '14', 'PD0102', '`cutoff` is a length (not an energy)'];
  expect(read(problem)).toEqual([...found, undefined]);
  expect(read(`${problem} (warning)`)).toEqual([...found, 'warning']);
  // What VS Code calls it.
  expect(read(`${problem} (information)`)).toEqual([...found, 'info']);
  expect(read(describe({ code: 'XD004', message: 'cut off', place: { ...place, file: 'C:\\a.xyz' } }))[0]).toBe(
    'C:\\a.xyz',
  );
  expect(read('epoch 12:30:45 of 100')[0]).toBeUndefined();
});

test('settings: few, and an executable only where the machine says so', () => {
  const { properties } = contributes.configuration;
  expect(Object.keys(properties).sort()).toEqual(Object.values<string>(SETTINGS).sort());
  expect(Object.keys(properties).length).toBeLessThanOrEqual(20);
  expect(properties[SETTINGS.node].scope).toBe('machine-overridable');
  expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain(SETTINGS.node);
});

test('files that the manifest names are there', () => {
  const files = [
    manifest.icon,
    ...contributes.languages.flatMap(({ configuration, icon }) => [configuration, ...Object.values(icon)]),
    ...contributes.grammars.map((grammar) => grammar.path),
    ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
    ...Object.values(contributes.views).flatMap((views) => views.map(({ icon }) => icon)),
    ...steps.map(({ media }) => media.markdown),
  ];
  for (const file of files) expect(existsSync(path.join(root, file)), file).toBe(true);
});
