/**
 * Entry named by `extensionTestsPath`: VS Code calls run() inside the extension host, desktop or served to a browser, and
 * turns a rejection into a non-zero exit code. TEST_GREP picks tests; TEST_RESULTS names a file for the counts.
 */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'tdd', color: false, timeout: 120_000, grep: process.env.TEST_GREP ?? '' });
  // One bundle: the suites are loaded from it, not from files that mocha would look for.
  mocha.suite.emit('pre-require', globalThis, __filename, mocha);
  await import('./language.suite');
  await import('./trajectory.suite');
  await import('./jobs.suite');
  await import('./tasks.suite');
  return new Promise((resolve, reject) => {
    const runner = mocha.run((failures) => {
      const { passes, pending, tests, duration } = runner.stats ?? { passes: 0, pending: 0, tests: 0, duration: 0 };
      const file = process.env.TEST_RESULTS;
      if (file)
        writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending, ms: duration }));
      if (tests === 0) reject(new Error('no test ran'));
      else if (failures > 0) reject(new Error(`${failures} test(s) failed`));
      else resolve();
    });
  });
}
