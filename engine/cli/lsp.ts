/** `nearsight lsp`: the language server, for editors that start one by a command. It is the bundle beside this one, in this process. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Command } from 'commander';

export const lspCommand = new Command('lsp')
  .description('run the language server on standard input and output, for any editor that speaks LSP')
  .option('--stdio', 'what editors usually say; there is no other way')
  .argument('[others...]', 'what a client adds of its own, such as --clientProcessId=N')
  .allowUnknownOption()
  .action((_others: readonly string[], { stdio }: { readonly stdio?: boolean }) => {
    // The server reads the arguments of the process.
    if (stdio !== true) process.argv.push('--stdio');
    createRequire(__filename)(join(__dirname, 'server.js'));
  });
