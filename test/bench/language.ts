/**
 * How long a keystroke in a file of a thousand lines takes until it is diagnosed, formatted, expanded. Prints plain lines.
 * Budget: parsed and checked within 50 ms.
 */
import { check } from '../../language/check/check';
import { parse } from '../../language/syntax/parser';
import { format } from '../../language/syntax/printer';

const EDITS = 200;

/** A file with every kind of block, again and again. */
function thousandLines(): string {
  const blocks: string[] = [];
  for (let i = 0; blocks.join('\n').split('\n').length < 1000; i++) {
    blocks.push(
      `potential p${i} {
  elements        = [H, C, N, O]
  cutoff          = 6.${i % 10} Å   # number ${i}
  cutoff_function = poly2

  radial { width = 0.5 Å; center = linspace(0.8, 5.5, 10) Å }
  radial H O { eta = [4, 16] Å^-2; shift = 0.97 Å }
  angular { kind = narrow; eta = [0.01, 0.07] Å^-2; lambda = [-1, 1]; zeta = [1, 4] }
  network { hidden = [25, 25]; activation = tanh }
  network O { hidden = [30, 30] }
}

dataset d${i} {
  files    = ["data/*.xyz"]
  test     = 10 %
  split_by = trajectory
}

train t${i} {
  potential    = p${i}
  dataset      = d${i}
  force_weight = 10
  optimizer adam { learning_rate = 0.003 }
  epochs       = 30
}

md m${i} {
  potential = p${i}
  structure = "start.xyz"
  ensemble langevin { temperature = 300 K; friction = 5 1/ps }
  timestep  = 0.5 fs
  duration  = 20 ps
}
`,
    );
  }
  return blocks.join('\n');
}

function measure(name: string, run: (text: string) => unknown, text: string): void {
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let i = 0; i < EDITS; i++) {
    // An edit somewhere: a letter typed, as a person would.
    const at = Math.floor(text.length * ((i * 0.618034) % 1));
    const edited = `${text.slice(0, at)}x${text.slice(at)}`;
    const start = performance.now();
    const used = process.cpuUsage();
    run(edited);
    const { user, system } = process.cpuUsage(used);
    wall.push(performance.now() - start);
    cpu.push((user + system) / 1000);
  }
  console.log(`${name.padEnd(18)} wall ${describe(wall)}   cpu ${describe(cpu)}`);
}

function describe(times: number[]): string {
  const sorted = times.sort((a, b) => a - b);
  const at = (fraction: number): string => sorted[Math.floor(fraction * (sorted.length - 1))].toFixed(1).padStart(6);
  return `p50${at(0.5)} ms  p95${at(0.95)} ms`;
}

const text = thousandLines();
console.log(`language: ${text.split('\n').length} lines, ${text.length} characters, ${EDITS} edits`);
measure('parse', parse, text);
measure('parse and check', (edited) => check(parse(edited)), text);
measure('format', format, text);
