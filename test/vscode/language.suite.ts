/** The language in the editor: what a person sees while typing. */
import assert from 'node:assert/strict';
import { suite, suiteTeardown, test } from 'mocha';
import * as vscode from 'vscode';
import { extension, open, positionOf, until, workspace, write } from './support';

const errors = (uri: vscode.Uri): vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(uri).filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error);

suite('language', () => {
  suiteTeardown(() => vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor'));

  test('the good example has no errors', async () => {
    await extension();
    const { document } = await open(workspace('ammonia.potential'));
    assert.equal(document.languageId, 'potential');
    // Lenses show that the server has answered; only then is the absence of errors worth something.
    await until('code lenses', async () => (await lenses(document.uri)).length > 0);
    assert.deepEqual(errors(document.uri), []);
  });

  test('a wrong unit is underlined and its quick fix repairs it', async () => {
    const { document } = await open(workspace('wrong.potential'));
    const [error] = await until('the diagnostic', () => errors(document.uri).length > 0 && errors(document.uri));
    assert.match(document.getText(error.range), /eV/);
    const fixes = await until('the quick fix', async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        error.range,
      );
      const found = actions.filter(
        (action) => action.edit && action.kind && vscode.CodeActionKind.QuickFix.contains(action.kind),
      );
      return found.length > 0 && found;
    });
    const fix = fixes.find(({ isPreferred }) => isPreferred) ?? fixes[0];
    assert.ok(fix.edit && (await vscode.workspace.applyEdit(fix.edit)));
    assert.match(document.getText(), /cutoff = 6 (Å|bohr|nm)/);
    await until('the error to go', () => errors(document.uri).length === 0);
  });

  test('a new potential for data names their elements and sets, and is right as it stands', async () => {
    await vscode.commands.executeCommand('nearsight.newPotential', workspace('data/ammonia.xyz'));
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    const { document } = editor;
    assert.equal(document.languageId, 'potential');
    assert.ok(document.isUntitled);
    assert.equal(document.uri.path, workspace('data/ammonia.potential').path);
    assert.match(
      document.getText(),
      /elements = \[H, N\][^]*files    = \["ammonia\.xyz"\]\n  split_by = key\("split"\)/,
    );
    await until('code lenses', async () => (await lenses(document.uri)).length > 0);
    assert.deepEqual(errors(document.uri), []);
    // Its files are found though it isn't saved yet: what isn't there is an error.
    await write(editor, document.getText().replace('ammonia.xyz"', 'nothing.xyz"'));
    await until('the missing file', () => errors(document.uri).length > 0);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  test('completion offers the keys of the block', async () => {
    const editor = await open(workspace('wrong.potential'));
    await write(editor, 'potential p {\n  elements = [H]\n  \n}\n');
    const items = await until('completion', async () => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        editor.document.uri,
        new vscode.Position(2, 2),
      );
      const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      return labels.includes('cutoff') && labels;
    });
    for (const key of ['cutoff_function', 'scaling', 'radial', 'angular', 'network'])
      assert.ok(items.includes(key), key);
    assert.ok(!items.includes('elements'), 'a key that is there already is not offered again');
    assert.ok(!items.includes('epochs'), 'a key of another block is not offered');
  });

  test('hover documents a key', async () => {
    const { document } = await open(workspace('ammonia.potential'));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      positionOf(document, 'cutoff', 2),
    );
    const parts = hovers.flatMap(({ contents }) => contents);
    const text = parts.map((part) => (part instanceof vscode.MarkdownString ? part.value : '')).join('\n');
    assert.match(text, /length|Å/);
  });

  test('formatting', async () => {
    const editor = await open(workspace('wrong.potential'));
    await write(editor, 'potential p{\nelements=[H,N]\n   cutoff   =6 Å # far\n}\n');
    await vscode.commands.executeCommand('editor.action.formatDocument');
    await until('the formatted text', () => /^ {2}cutoff\s+= 6 Å\s+# far$/m.test(editor.document.getText()));
    assert.match(editor.document.getText(), /^potential p \{$/m);
  });

  test('lenses run what can be run', async () => {
    const { document } = await open(workspace('ammonia.potential'));
    const found = await until('code lenses', async () => {
      const all = await lenses(document.uri);
      return all.some(({ command }) => command?.command === 'nearsight.run') && all;
    });
    const runs = found
      .filter(({ command }) => command?.command === 'nearsight.run')
      .map(({ range }) => document.lineAt(range.start.line).text);
    assert.deepEqual(runs, ['train quick {', 'train long {', 'md gas {']);
  });

  test('the expanded symmetry functions are shown beside the text', async () => {
    const { document } = await open(workspace('ammonia.potential'));
    const argument = { uri: document.uri.toString(), kind: 'potential', label: 'ammonia' };
    await vscode.commands.executeCommand('nearsight.showExpansion', argument);
    const shown = await until('the document', () =>
      vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'nearsight-expansion'),
    );
    assert.match(shown.getText(), /H/);
    assert.ok(shown.lineCount > 20, `${shown.lineCount} lines`);
  });
});

suite('preview', () => {
  suiteTeardown(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  test('descriptors are drawn beside the text, over its data, and follow it', async () => {
    const { context } = await extension();
    const editor = await open(workspace('ammonia.potential'));
    const { uri } = editor.document;
    const argument = { uri: uri.toString(), kind: 'potential', label: 'ammonia' };
    await vscode.commands.executeCommand('nearsight.previewDescriptors', argument);
    const before = await until('curves over distributions', () =>
      context.previews.drawn(uri, 'ammonia').findLast(({ distributions }) => distributions > 0),
    );
    assert.ok(before.radial > 0);
    const at = editor.document.positionAt(
      editor.document.getText().indexOf('}', editor.document.getText().indexOf('radial')),
    );
    await editor.edit((edit) => edit.insert(at.translate(0, 1), '\n  radial { width = 0.123 Å; center = 1.234 Å }'));
    await until('one more curve', () =>
      context.previews.drawn(uri, 'ammonia').some(({ radial }) => radial === before.radial + 1),
    );
    await vscode.commands.executeCommand('undo');
  });
});

suite('input.nn', () => {
  suiteTeardown(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  test('a mistake is underlined, and the file is converted', async () => {
    const { document } = await open(workspace('input.nn'));
    assert.equal(document.languageId, 'runner-nn');
    const found = await until('the diagnostic', () =>
      vscode.languages
        .getDiagnostics(document.uri)
        .find(({ code }) => typeof code === 'object' && code.value === 'NN022'),
    );
    assert.equal(document.getText(found.range), '0');
    await vscode.commands.executeCommand('nearsight.convert', document.uri);
    const converted = await until('the converted text', () =>
      vscode.workspace.textDocuments.find(
        ({ uri, languageId }) => uri.scheme === 'untitled' && languageId === 'potential',
      ),
    );
    assert.match(converted.getText(), /cutoff_function = hard/);
  });
});

async function lenses(uri: vscode.Uri): Promise<vscode.CodeLens[]> {
  return (
    (await vscode.commands.executeCommand<vscode.CodeLens[] | undefined>('vscode.executeCodeLensProvider', uri, 100)) ??
    []
  );
}
